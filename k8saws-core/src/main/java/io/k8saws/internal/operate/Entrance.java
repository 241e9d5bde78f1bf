package io.k8saws.internal.operate;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.bootstrap.KeyMaterial;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.BucketFiles;
import io.k8saws.internal.resource.LoadBalancers;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.kubeconfig.Credentials;
import io.k8saws.kubeconfig.Kubeconfig;
import io.k8saws.kubeconfig.PemSource;
import io.k8saws.network.WellKnownPorts;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The way into a cluster's API: with a certificate of one's own making, from the authority in the cluster's bucket. Safe to use from many threads. */
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
        String trusted = keys.trusted(ClusterKey.AUTHORITY_KUBERNETES).stream()
                .map(generation -> authority(generation).certificatePem())
                .collect(Collectors.joining());
        IssuedCertificate certificate = authority.issue(request(validity), clock);
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

    private static CertificateRequest request(Duration validity) {
        return new CertificateRequest(
                USER,
                Optional.empty(),
                new Subject(USER, Optional.of(ADMINS)),
                new AltNames(List.of(), List.of()),
                List.of(Usage.CLIENT),
                validity,
                KeyAlgorithm.ECDSA_P256,
                AuthorityRole.KUBERNETES,
                KeyReader.OPERATOR,
                new CertificateFile.PemFiles(USER + ".crt", USER + ".key"));
    }

    private CertificateAuthority authority(KeyGeneration generation) {
        String key = KeyMaterial.object(generation);
        return BucketFiles.read(aws, scope, key)
                .map(text -> KeyMaterial.authority(text, clock))
                .orElseThrow(() -> new K8sAwsException(
                        "Make credentials for cluster " + scope.cluster(),
                        "its key " + generation + " is not in its bucket",
                        "plan and apply the cluster",
                        Map.of("bucket", scope.bucket(), "key", key),
                        null));
    }
}
