package io.k8saws.internal.operate;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.bootstrap.KeyMaterial;
import io.k8saws.bootstrap.SecretsKey;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.BucketFiles;
import io.k8saws.internal.resource.LoadBalancers;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.kubeconfig.Credentials;
import io.k8saws.kubeconfig.Kubeconfig;
import io.k8saws.kubeconfig.PemSource;
import io.k8saws.network.NetworkPlan;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.network.WellKnownPorts;
import io.k8saws.operate.EtcdAccess;
import io.k8saws.pki.AltNames;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.CertificateFile;
import io.k8saws.pki.CertificateRequest;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.IssuedCertificate;
import io.k8saws.pki.KeyAlgorithm;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.KeyReader;
import io.k8saws.pki.KeyUse;
import io.k8saws.pki.Subject;
import io.k8saws.pki.Usage;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The way into a cluster's API and its etcd: with a certificate of one's own making, from the authority in the cluster's bucket. Safe to use from many threads. */
final class Entrance {
    private static final String USER = "k8saws-admin";
    private static final String ADMINS = "kubeadm:cluster-admins";

    private final AwsClients aws;
    private final ClusterScope scope;
    private final Optional<URI> proxy;
    private final ResiliencePolicy policy;
    private final Clock clock;

    Entrance(AwsClients aws, ClusterScope scope, Optional<URI> proxy, ResiliencePolicy policy, Clock clock) {
        this.aws = aws;
        this.scope = scope;
        this.proxy = proxy;
        this.policy = policy;
        this.clock = clock;
    }

    /** The API's name: the published one, or the load balancer's. */
    String host(ClusterSpec spec) {
        return spec.apiHostName()
                .or(() -> LoadBalancers.dnsName(aws, scope, "api"))
                .orElseThrow(() -> new K8sAwsException(
                        "Find the API of cluster " + scope.cluster(),
                        "there is no load balancer " + LoadBalancers.name(scope, "api"),
                        "plan and apply the cluster"));
    }

    Kubeconfig kubeconfig(ClusterSpec spec, KeyUse keys, Duration validity) {
        CertificateAuthority authority = authority(keys.signer(ClusterKey.AUTHORITY_KUBERNETES));
        String trusted = trusted(keys, ClusterKey.AUTHORITY_KUBERNETES);
        IssuedCertificate certificate =
                authority.issue(request(validity, AuthorityRole.KUBERNETES, Optional.of(ADMINS)), clock);
        String name = scope.cluster();
        String user = USER + "@" + name;
        return Kubeconfig.empty()
                .withCluster(name, cluster -> {
                    var entry = cluster.withServer("https://" + host(spec) + ":" + WellKnownPorts.API)
                            .withCertificateAuthority(PemSource.inline(trusted));
                    return proxy.map(URI::toString).map(entry::withProxyUrl).orElse(entry);
                })
                .withUser(
                        user,
                        entry -> entry.withCredentials(new Credentials.ClientCertificate(
                                PemSource.inline(certificate.certificatePem()),
                                PemSource.inline(certificate.key().orElseThrow().privateKeyPem()))))
                .withContext(name, context -> context.withCluster(name).withUser(user))
                .withCurrentContext(name);
    }

    KubernetesClient client(ClusterSpec spec, KeyUse keys, Duration validity) {
        Config config = Config.fromKubeconfig(kubeconfig(spec, keys, validity).toYaml());
        config.setClientKeyAlgo("EC");
        config.setRequestRetryBackoffLimit(0);
        config.setConnectionTimeout((int) policy.attemptTimeout().toMillis());
        config.setRequestTimeout((int) policy.attemptTimeout().toMillis());
        proxy.ifPresent(address -> config.setHttpsProxy(address.toString()));
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** Members of etcd for events accept clients of the main one's authority, and have certificates of another. */
    EtcdAccess etcd(ClusterSpec spec, KeyUse keys, boolean events, Duration validity) {
        if (events && spec.etcd().events().isEmpty()) {
            throw new K8sAwsException(
                    "Reach the etcd for events of cluster " + scope.cluster(),
                    "there is none: events are in the main one",
                    "ask for the main one");
        }
        IssuedCertificate certificate = authority(keys.signer(ClusterKey.AUTHORITY_ETCD))
                .issue(request(validity, AuthorityRole.ETCD, Optional.empty()), clock);
        int port = events ? WellKnownPorts.ETCD_EVENTS_CLIENT : WellKnownPorts.ETCD_CLIENT;
        List<PlannedEtcdMember> members = NetworkPlan.of(spec).etcdMembers();
        return new EtcdAccess(
                members.stream()
                        .map(member -> URI.create("https://" + member.address() + ":" + port))
                        .toList(),
                members,
                trusted(keys, events ? ClusterKey.AUTHORITY_ETCD_EVENTS : ClusterKey.AUTHORITY_ETCD),
                certificate.certificatePem(),
                certificate.key().orElseThrow().privateKeyPem());
    }

    /** Those that are needed to read what is in etcd now. */
    List<SecretsKey> secretsKeys(ClusterSpec spec, KeyUse keys) {
        List<SecretsKey> all = new ArrayList<>();
        for (KeyGeneration generation : keys.trusted(ClusterKey.SECRETS_ENCRYPTION)) {
            String key = KeyMaterial.object(generation);
            String text =
                    BucketFiles.read(aws, scope, key).orElseThrow(() -> missing("Look at keys of", generation, key));
            all.add(KeyMaterial.secretsKey(generation, text));
        }
        KeyMaterial.secretsKmsKey(spec.kubernetes()).ifPresent(all::add);
        return all;
    }

    private String trusted(KeyUse keys, ClusterKey key) {
        return keys.trusted(key).stream()
                .map(generation -> authority(generation).certificatePem())
                .collect(Collectors.joining());
    }

    private static CertificateRequest request(Duration validity, AuthorityRole signer, Optional<String> group) {
        return new CertificateRequest(
                USER,
                Optional.empty(),
                new Subject(USER, group),
                new AltNames(List.of(), List.of()),
                List.of(Usage.CLIENT),
                validity,
                KeyAlgorithm.ECDSA_P256,
                signer,
                KeyReader.OPERATOR,
                new CertificateFile.PemFiles(USER + ".crt", USER + ".key"));
    }

    private CertificateAuthority authority(KeyGeneration generation) {
        String key = KeyMaterial.object(generation);
        return BucketFiles.read(aws, scope, key)
                .map(text -> KeyMaterial.authority(text, clock))
                .orElseThrow(() -> missing("Make credentials for", generation, key));
    }

    private K8sAwsException missing(String tried, KeyGeneration generation, String key) {
        return new K8sAwsException(
                tried + " cluster " + scope.cluster(),
                "its key " + generation + " is not in its bucket",
                "plan and apply the cluster",
                Map.of("bucket", scope.bucket(), "key", key),
                null);
    }
}
