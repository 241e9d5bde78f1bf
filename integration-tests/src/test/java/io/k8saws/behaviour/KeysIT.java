package io.k8saws.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.Cluster;
import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.KeyMaterial;
import io.k8saws.bootstrap.SecretsKey;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.KeyType;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.error.ConflictException;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.backup.AtRestKey;
import io.k8saws.etcd.backup.KubernetesFacts;
import io.k8saws.etcd.backup.SnapshotSource;
import io.k8saws.kubeconfig.Credentials;
import io.k8saws.kubeconfig.Kubeconfig;
import io.k8saws.kubeconfig.PemSource;
import io.k8saws.network.NetworkPlan;
import io.k8saws.operate.EtcdAccess;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.ExpiryReport;
import io.k8saws.pki.InvalidAuthorityException;
import io.k8saws.pki.KeyAlgorithm;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.Pem;
import io.k8saws.pki.SecretKeyPair;
import io.k8saws.pki.Signer;
import io.k8saws.plan.Action;
import io.k8saws.plan.ApplyException;
import io.k8saws.plan.Plan;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import io.k8saws.testkit.fault.RunKilledError;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

@DisplayName("The keys of a cluster are made once, and never lost in silence")
class KeysIT {
    private static final String REGION = "eu-west-1";
    private static final String KMS_KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";
    private static final KeyGeneration AUTHORITY = new KeyGeneration(ClusterKey.AUTHORITY_KUBERNETES, 1);

    private AwsEndpoint endpoint;
    private K8sAws k8s;
    private S3Client s3;

    @BeforeEach
    void open(@AwsEmulator(shared = false) AwsEndpoint aws) {
        endpoint = aws;
        k8s = K8sAws.connect(aws.access(REGION));
        s3 = aws.configure(S3Client.builder()).build();
    }

    @AfterEach
    void close() {
        s3.close();
        k8s.close();
    }

    private static ClusterSpec spec() {
        return ClusterSpec.builder()
                .name("keys")
                .region(REGION)
                .network(n -> n.zones(REGION + "a", REGION + "b", REGION + "c"))
                .build();
    }

    private String bucket() {
        return s3.listBuckets().buckets().get(0).name();
    }

    private String object(String key) {
        return s3.getObjectAsBytes(r -> r.bucket(bucket()).key(key)).asUtf8String();
    }

    @Test
    void eachKeyIsMadeOnce_andNoPlanTellsOne() {
        Plan plan = k8s.plan(spec());
        k8s.apply(plan);

        String keys = s3.listObjectsV2(r -> r.bucket(bucket()).prefix(KeyMaterial.prefix())).contents().stream()
                .map(S3Object::key)
                .map(key -> key.substring(KeyMaterial.prefix().length()))
                .collect(Collectors.joining(" "));
        assertThat(keys)
                .isEqualTo("authority-etcd-1 authority-front-proxy-1 authority-kubernetes-1 secrets-encryption-1"
                        + " service-accounts-1");
        String before = object(KeyMaterial.object(AUTHORITY));
        k8s.apply(k8s.plan(spec().withNetwork(n -> n.cidr("10.0.0.0/16"))));
        assertThat(object(KeyMaterial.object(AUTHORITY))).isEqualTo(before);
        assertThat(k8s.plan(spec()).changes()).isEmpty();
        assertThat(plan.toJson() + plan + plan.toHtml()).doesNotContain("PRIVATE KEY");
    }

    @Test
    void aKeyThatSomebodyDeleted_isNotMadeAnew_andIsTakenWhenItIsRestored() {
        k8s.apply(k8s.plan(spec()));
        String key = KeyMaterial.object(AUTHORITY);
        String bucket = bucket();
        s3.deleteObject(r -> r.bucket(bucket).key(key));

        Plan plan = k8s.plan(spec());
        assertThat(plan.change(new ResourceAddress("key", AUTHORITY.name()))
                        .orElseThrow()
                        .action())
                .isEqualTo(Action.CREATE);
        assertThatThrownBy(() -> k8s.apply(plan))
                .isInstanceOf(ApplyException.class)
                .hasMessageContaining("Restore the object");

        String marker = s3.listObjectVersions(r -> r.bucket(bucket).prefix(key))
                .deleteMarkers()
                .get(0)
                .versionId();
        s3.deleteObject(r -> r.bucket(bucket).key(key).versionId(marker));
        k8s.apply(k8s.plan(spec()));
        assertThat(k8s.plan(spec()).changes()).isEmpty();
    }

    @Test
    void anAuthorityOfYoursIsTaken_onceAndForAll() {
        CertificateAuthority mine = KeyMaterial.authority(
                KeyMaterial.generate(AUTHORITY, Bootstrap.pki(spec()), Clock.systemUTC()), Clock.systemUTC());

        k8s.keepAuthority(spec(), AuthorityRole.KUBERNETES, mine);
        k8s.apply(k8s.plan(spec()));

        assertThat(trustedByKubeconfig()).isEqualTo(mine.certificatePem());
        assertThatThrownBy(() -> k8s.keepAuthority(spec(), AuthorityRole.KUBERNETES, mine))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("has it already");
    }

    @Test
    void certificatesGrowOldByTheClockThatTheLibraryWasOpenedWith() {
        k8s.apply(k8s.plan(spec()));
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(250));
        try (K8sAws then =
                K8sAws.builder().access(endpoint.access(REGION)).clock(later).build()) {
            assertThat(then.plan(spec()).changes())
                    .isNotEmpty()
                    .allMatch(change -> change.resource().kind().equals("secret-bundle"));
        }
        assertThat(k8s.plan(spec()).changes()).isEmpty();
    }

    private static CertificateAuthority own(AuthorityRole role, Clock clock) {
        KeyGeneration first = new KeyGeneration(ClusterKey.of(role), 1);
        return KeyMaterial.authority(KeyMaterial.generate(first, Bootstrap.pki(spec()), clock), Clock.systemUTC());
    }

    @Test
    void anAuthorityThatSomebodyDeleted_isNotReplacedByOneOfYours() {
        k8s.apply(k8s.plan(spec()));
        String bucket = bucket();
        s3.deleteObject(r -> r.bucket(bucket).key(KeyMaterial.object(AUTHORITY)));
        CertificateAuthority mine = own(AuthorityRole.KUBERNETES, Clock.systemUTC());

        assertThatThrownBy(() -> k8s.keepAuthority(spec(), AuthorityRole.KUBERNETES, mine))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("Restore the object");
        assertThatThrownBy(() -> k8s.cluster("keys").keepNextAuthority(AuthorityRole.KUBERNETES, mine))
                .hasMessageContaining("from which the next rotation goes, is not in the cluster's bucket");
        s3.listObjectVersions(r -> r.bucket(bucket).prefix(KeyMaterial.object(AUTHORITY))).versions().stream()
                .map(version -> version.versionId())
                .forEach(id -> s3.deleteObject(
                        r -> r.bucket(bucket).key(KeyMaterial.object(AUTHORITY)).versionId(id)));
        s3.listObjectVersions(r -> r.bucket(bucket).prefix(KeyMaterial.object(AUTHORITY))).deleteMarkers().stream()
                .map(marker -> marker.versionId())
                .forEach(id -> s3.deleteObject(
                        r -> r.bucket(bucket).key(KeyMaterial.object(AUTHORITY)).versionId(id)));
        assertThatThrownBy(() -> k8s.keepAuthority(spec(), AuthorityRole.KUBERNETES, mine))
                .as("without a trace in the bucket, and in use")
                .isInstanceOf(ConflictException.class);
        assertThat(s3.listObjectsV2(r -> r.bucket(bucket).prefix(KeyMaterial.object(AUTHORITY)))
                        .contents())
                .isEmpty();
    }

    @Test
    void aNextAuthorityBeforeTheFirst_isRefused_andTheApplyGoesOn() {
        FaultyHttpClient dies = FaultyHttpClient.wrap(
                UrlConnectionHttpClient.create(),
                Faults.none()
                        .when(
                                call -> call.name().equals("s3:PutObject")
                                        && call.key().equals("state/current.json"),
                                faults -> faults.and(Faults.none().killAfter(1))));
        try (K8sAws dying = K8sAws.connect(AwsAccess.builder()
                .region(REGION)
                .endpoint(endpoint.uri())
                .credentials(endpoint.credentials())
                .httpClient(dies)
                .build())) {
            assertThatThrownBy(() -> dying.apply(dying.plan(spec()))).isInstanceOf(RunKilledError.class);
        }
        k8s.breakLock("keys");

        assertThatThrownBy(() -> k8s.cluster("keys")
                        .keepNextAuthority(AuthorityRole.KUBERNETES, own(AuthorityRole.KUBERNETES, Clock.systemUTC())))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("authority-kubernetes-1, from which the next rotation goes, is not in");
        k8s.apply(k8s.plan(spec()));
        assertThat(k8s.plan(spec()).changes()).isEmpty();
    }

    @Test
    void aNextAuthorityThatHasEnded_holdsTheRotationUpBeforeItBegins_andIsTakenBack() {
        k8s.apply(k8s.plan(spec()));
        Cluster cluster = k8s.cluster("keys");
        assertThat(cluster.forgetNextAuthority(AuthorityRole.KUBERNETES)).isEmpty();
        CertificateAuthority ending = ofTenYears(Duration.ofDays(70));
        KeyGeneration next = cluster.keepNextAuthority(AuthorityRole.KUBERNETES, ending);

        try (K8sAws then = in(Duration.ofDays(60))) {
            assertThatThrownBy(() -> then.cluster("keys").planRotation(ClusterKey.AUTHORITY_KUBERNETES))
                    .hasMessageContaining("Rotate to authority-kubernetes-2 of cluster keys")
                    .hasMessageContaining("what was given for it ends at");
        }
        try (K8sAws then = in(Duration.ofDays(100))) {
            assertThatThrownBy(() -> then.cluster("keys").planRotation(ClusterKey.AUTHORITY_KUBERNETES))
                    .hasCauseInstanceOf(InvalidAuthorityException.class)
                    .hasMessageContaining("it ended at")
                    .hasMessageContaining("forgetNextAuthority");
        }
        assertThat(cluster.planRotation(ClusterKey.AUTHORITY_ETCD).isEmpty())
                .as("another key")
                .isFalse();

        assertThat(cluster.forgetNextAuthority(AuthorityRole.KUBERNETES)).contains(next);
        String bucket = bucket();
        assertThat(s3.listObjectVersions(r -> r.bucket(bucket).prefix(KeyMaterial.object(next)))
                        .versions())
                .as("no version is left")
                .isEmpty();
        k8s.apply(cluster.planRotation(ClusterKey.AUTHORITY_KUBERNETES));
        assertThat(object(KeyMaterial.object(next))).doesNotContain(ending.certificatePem());
        assertThat(cluster.forgetNextAuthority(AuthorityRole.KUBERNETES))
                .as("a rotation goes to it")
                .isEmpty();
        assertThat(object(KeyMaterial.object(next))).contains("PRIVATE KEY");
    }

    /** A state that somebody has put back calls a key the next one that machines already trust. */
    @Test
    void anAuthorityThatMachinesRestOn_isNotForgotten_whateverTheStateSays() {
        k8s.apply(k8s.plan(spec()));
        Cluster cluster = k8s.cluster("keys");
        KeyGeneration next =
                cluster.keepNextAuthority(AuthorityRole.KUBERNETES, own(AuthorityRole.KUBERNETES, Clock.systemUTC()));
        String bucket = bucket();
        String before = object("state/current.json");
        k8s.apply(cluster.planRotation(ClusterKey.AUTHORITY_KUBERNETES));
        s3.putObject(r -> r.bucket(bucket).key("state/current.json"), RequestBody.fromString(before));

        assertThatThrownBy(() -> k8s.cluster("keys").forgetNextAuthority(AuthorityRole.KUBERNETES))
                .hasMessageContaining("Destroy authority-kubernetes-2 of cluster keys")
                .hasMessageContaining("secret files of machines rest on it: [control-plane")
                .hasMessageContaining("Restore the newest version of the object state/current.json");
        assertThat(object(KeyMaterial.object(next))).contains("BEGIN CERTIFICATE");
    }

    @Test
    void anAuthorityWhoseKeyTheClusterHas_isRefused() {
        CertificateAuthority mine = own(AuthorityRole.KUBERNETES, Clock.systemUTC());
        k8s.keepAuthority(spec(), AuthorityRole.KUBERNETES, mine);
        assertThatThrownBy(() -> k8s.keepAuthority(spec(), AuthorityRole.FRONT_PROXY, mine))
                .as("client certificates of the cluster would speak for anybody")
                .isInstanceOfSatisfying(InvalidAuthorityException.class, e -> assertThat(e.reason())
                        .isEqualTo(InvalidAuthorityException.Reason.KEY_IN_USE))
                .hasMessageContaining("authority-kubernetes-1");
        k8s.apply(k8s.plan(spec()));

        assertThatThrownBy(() -> k8s.cluster("keys").keepNextAuthority(AuthorityRole.KUBERNETES, mine))
                .as("a rotation to it would change nothing")
                .isInstanceOfSatisfying(InvalidAuthorityException.class, e -> assertThat(e.reason())
                        .isEqualTo(InvalidAuthorityException.Reason.KEY_IN_USE));
        assertThat(k8s.cluster("keys").forgetNextAuthority(AuthorityRole.KUBERNETES))
                .isEmpty();
    }

    @Test
    void anAnswerThatWasLost_isNoConflictWithOneself() {
        AtomicInteger first = new AtomicInteger();
        FaultyHttpClient loses = FaultyHttpClient.wrap(
                UrlConnectionHttpClient.create(),
                Faults.none()
                        .when(
                                call -> call.name().equals("s3:PutObject")
                                        && call.key().startsWith(KeyMaterial.prefix())
                                        && (first.compareAndSet(0, call.number()) || first.get() == call.number()),
                                faults -> faults.and(Faults.none().cutAfterServed(1))));
        CertificateAuthority mine = own(AuthorityRole.KUBERNETES, Clock.systemUTC());
        try (K8sAws losing = K8sAws.connect(AwsAccess.builder()
                .region(REGION)
                .endpoint(endpoint.uri())
                .credentials(endpoint.credentials())
                .httpClient(loses)
                .build())) {
            losing.keepAuthority(spec(), AuthorityRole.KUBERNETES, mine);
        }
        assertThat(first).as("the answer was lost").doesNotHaveValue(0);
        assertThat(object(KeyMaterial.object(AUTHORITY))).startsWith(mine.certificatePem());
    }

    @Test
    void authoritiesAndCertificatesAreReported_byTheLibrarysClock() {
        k8s.apply(k8s.plan(spec()));
        ExpiryReport now = k8s.cluster("keys").expiry();
        assertThat(now.worst()).isEqualTo(ExpiryReport.Status.FINE);
        assertThat(now.entries())
                .extracting(ExpiryReport.Entry::name)
                .contains(
                        "authority-etcd-1",
                        "authority-front-proxy-1",
                        "authority-kubernetes-1",
                        "control-plane /etc/kubernetes/pki/front-proxy-client.crt",
                        "etcd-1 /etc/kubernetes/pki/etcd/server.crt");
        assertThat(now.toString()).doesNotContain("PRIVATE KEY");

        ExpiryReport nextYear = expiryIn(Duration.ofDays(360));
        assertThat(nextYear.with(ExpiryReport.Status.URGENT)).isNotEmpty().noneMatch(ExpiryReport.Entry::authority);
        assertThat(nextYear.with(ExpiryReport.Status.FINE)).hasSize(3).allMatch(ExpiryReport.Entry::authority);
        assertThat(expiryIn(Duration.ofDays(4000)).entries())
                .as("an authority that has ended can be read, and is told")
                .allMatch(entry -> entry.status() == ExpiryReport.Status.EXPIRED);
    }

    private ExpiryReport expiryIn(Duration time) {
        try (K8sAws then = in(time)) {
            return then.cluster("keys").expiry();
        }
    }

    /** The library as it is opened later. */
    private K8sAws in(Duration time) {
        return K8sAws.builder()
                .access(endpoint.access(REGION))
                .clock(Clock.offset(Clock.systemUTC(), time))
                .build();
    }

    /** An authority that was made for ten years, of which this is left. */
    private static CertificateAuthority ofTenYears(Duration left) {
        return own(AuthorityRole.KUBERNETES, Clock.offset(Clock.systemUTC(), left.minus(Duration.ofDays(3650))));
    }

    @Test
    void anAuthorityThatEndsSoon_isRefusedBeforeAnythingIsWritten_andOneThatEndsLaterIsReported() {
        CertificateAuthority tooShort = ofTenYears(Duration.ofDays(50));
        assertThatThrownBy(() -> k8s.keepAuthority(spec(), AuthorityRole.KUBERNETES, tooShort))
                .isInstanceOfSatisfying(InvalidAuthorityException.class, e -> assertThat(e.reason())
                        .isEqualTo(InvalidAuthorityException.Reason.ENDS_SOON))
                .hasMessageContaining("one that lives for 60 d or more");
        CertificateAuthority silent = CertificateAuthority.withSigner(
                tooShort.certificatePem(),
                (bytes, algorithm) -> {
                    throw new AssertionError("refused before anything is signed");
                },
                Clock.systemUTC());
        assertThatThrownBy(() -> k8s.keepAuthority(spec(), AuthorityRole.KUBERNETES, silent))
                .isInstanceOf(InvalidAuthorityException.class)
                .hasMessageContaining("all that it signs ends with it");
        assertThat(s3.listBuckets().buckets()).isEmpty();

        k8s.keepAuthority(spec(), AuthorityRole.KUBERNETES, ofTenYears(Duration.ofDays(70)));
        k8s.apply(k8s.plan(spec()));
        assertThatThrownBy(() -> k8s.cluster("keys").keepNextAuthority(AuthorityRole.KUBERNETES, tooShort))
                .isInstanceOf(InvalidAuthorityException.class);
        assertThat(expiryIn(Duration.ofDays(11)).with(ExpiryReport.Status.SOON))
                .extracting(ExpiryReport.Entry::name)
                .as("what it has signed ends with it")
                .contains("authority-kubernetes-1")
                .doesNotContain("authority-etcd-1");
    }

    @Test
    void anAuthorityWhoseKeyIsInKms_signsOneForTheCluster_andIsNotAskedInVain() throws Exception {
        try (KmsClient kms = endpoint.configure(KmsClient.builder()).build()) {
            String keyId = kms.createKey(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))
                    .keyMetadata()
                    .keyId();
            PublicKey publicKey = KeyFactory.getInstance("EC")
                    .generatePublic(new X509EncodedKeySpec(
                            kms.getPublicKey(r -> r.keyId(keyId)).publicKey().asByteArray()));
            AtomicInteger asked = new AtomicInteger();
            Signer signer = (bytes, algorithm) -> {
                asked.incrementAndGet();
                return kms.sign(r -> r.keyId(keyId)
                                .messageType(MessageType.RAW)
                                .signingAlgorithm(SigningAlgorithmSpec.fromValue(algorithm.name()))
                                .message(SdkBytes.fromByteArray(bytes)))
                        .signature()
                        .asByteArray();
            };
            CertificateAuthority corporate = CertificateAuthority.create(
                    Bootstrap.pki(spec()).authorities().get(0), publicKey, signer, Clock.systemUTC());
            assertThat(asked).as("for its own certificate").hasValue(1);

            k8s.keepAuthority(spec(), AuthorityRole.KUBERNETES, corporate);
            assertThat(asked).hasValue(2);
            assertThatThrownBy(() -> k8s.keepAuthority(spec(), AuthorityRole.KUBERNETES, corporate))
                    .isInstanceOf(ConflictException.class);
            k8s.apply(k8s.plan(spec()));
            assertThatThrownBy(() -> k8s.keepAuthority(spec(), AuthorityRole.KUBERNETES, corporate))
                    .isInstanceOf(ConflictException.class);
            assertThat(asked).as("what is refused is not signed").hasValue(2);

            CertificateAuthority own = KeyMaterial.authority(object(KeyMaterial.object(AUTHORITY)), Clock.systemUTC());
            own.certificate().verify(publicKey);
            assertThat(trustedByKubeconfig()).isEqualTo(own.certificatePem());
        }
    }

    private String trustedByKubeconfig() {
        PemSource.Inline trusted = (PemSource.Inline) k8s.cluster("keys")
                .kubeconfig()
                .cluster("keys")
                .orElseThrow()
                .certificateAuthority()
                .orElseThrow();
        return new String(trusted.bytes(), StandardCharsets.UTF_8);
    }

    /** An authority of the user's whose key stays with its signer. */
    private static CertificateAuthority elsewhere() {
        SecretKeyPair kms = SecretKeyPair.generate(KeyAlgorithm.ECDSA_P384);
        return CertificateAuthority.create(
                Bootstrap.pki(spec()).authorities().get(1), kms.publicKey(), kms, Clock.systemUTC());
    }

    @Test
    void anAuthorityWhoseKeyStaysElsewhere_signsOneForTheCluster_andTheNextOneBeforeARotation() throws Exception {
        ClusterSpec spec = spec().with(b -> b.keys(k -> k.kmsKey(KMS_KEY).type(KeyType.ECDSA_P384)));
        CertificateAuthority parent = elsewhere();
        k8s.keepAuthority(spec, AuthorityRole.KUBERNETES, parent);
        k8s.apply(k8s.plan(spec));

        CertificateAuthority own = KeyMaterial.authority(object(KeyMaterial.object(AUTHORITY)), Clock.systemUTC());
        own.certificate().verify(parent.certificate().getPublicKey());
        assertThat(KeyAlgorithm.of(own.certificate().getPublicKey())).contains(KeyAlgorithm.ECDSA_P384);
        assertThat(encryption(KeyMaterial.object(AUTHORITY))).contains(KMS_KEY);
        assertThat(trustedByKubeconfig()).as("trusted alone").isEqualTo(own.certificatePem());
        assertThat(k8s.plan(spec).changes()).isEmpty();

        CertificateAuthority parentOfNext = elsewhere();
        Cluster cluster = k8s.cluster("keys");
        KeyGeneration next = cluster.keepNextAuthority(AuthorityRole.KUBERNETES, parentOfNext);
        assertThat(next.number()).isEqualTo(2);
        assertThat(k8s.plan(spec).changes()).as("nothing is done with it yet").isEmpty();
        assertThatThrownBy(() -> cluster.keepNextAuthority(AuthorityRole.KUBERNETES, parent))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("what the next rotation goes to");
        String given = object(KeyMaterial.object(next));
        Plan begins = cluster.planRotation(ClusterKey.AUTHORITY_KUBERNETES);
        assertThat(begins.changes())
                .as("the key is there")
                .noneMatch(change -> change.resource().kind().equals("key"));
        k8s.apply(begins);

        CertificateAuthority second = KeyMaterial.authority(given, Clock.systemUTC());
        second.certificate().verify(parentOfNext.certificate().getPublicKey());
        assertThat(object(KeyMaterial.object(next))).isEqualTo(given);
        assertThat(trustedByKubeconfig()).isEqualTo(own.certificatePem() + second.certificatePem());
    }

    @Test
    void anAuthorityElsewhereThatCannotSignOne_isRefusedBeforeAnythingIsWritten() {
        CertificateAuthority parent = elsewhere();
        CertificateAuthority below =
                parent.subordinate(Bootstrap.pki(spec()).authorities().get(0), Clock.systemUTC());
        CertificateAuthority last = CertificateAuthority.withSigner(
                below.certificatePem(), below.key().orElseThrow(), Clock.systemUTC());

        assertThatThrownBy(() -> k8s.keepAuthority(spec(), AuthorityRole.KUBERNETES, last))
                .isInstanceOfSatisfying(InvalidAuthorityException.class, e -> assertThat(e.reason())
                        .isEqualTo(InvalidAuthorityException.Reason.MAY_NOT_SIGN_AUTHORITIES));
        assertThatThrownBy(() -> k8s.keepAuthority(spec(), AuthorityRole.ETCD_EVENTS, parent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it has none");
        assertThat(s3.listBuckets().buckets()).isEmpty();
    }

    @Test
    void administratorsHaveAnHour_unlessTheyAskForLess() throws Exception {
        k8s.apply(k8s.plan(spec()));
        Cluster cluster = k8s.cluster("keys");

        assertThat(end(cluster.kubeconfig()))
                .isBetween(Instant.now().plusSeconds(3000), Instant.now().plusSeconds(3600));
        assertThat(end(cluster.kubeconfig(Duration.ofMinutes(5))))
                .isBetween(Instant.now().plusSeconds(200), Instant.now().plusSeconds(300));
    }

    @Test
    void aClientOfEtcdHasACertificateOfTheClustersAuthority() throws Exception {
        k8s.apply(k8s.plan(spec()));
        Cluster cluster = k8s.cluster("keys");

        EtcdAccess access = cluster.etcdAccess(Duration.ofMinutes(5));

        assertThat(access.endpoints())
                .isEqualTo(NetworkPlan.of(spec()).etcdMembers().stream()
                        .map(member -> URI.create("https://" + member.address() + ":2379"))
                        .toList())
                .isNotEmpty();
        X509Certificate certificate = Pem.certificates(access.certificate()).get(0);
        certificate.verify(Pem.certificates(access.trusted()).get(0).getPublicKey());
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2"); // client
        assertThat(certificate.getNotAfter().toInstant()).isBefore(Instant.now().plusSeconds(300));
        assertThat(SecretKeyPair.fromPem(access.key()).publicKey()).isEqualTo(certificate.getPublicKey());
        assertThat(access.toString()).doesNotContain("PRIVATE");
        try (Etcd etcd = Etcd.on(cluster).build()) {
            assertThat(etcd.toString())
                    .contains(
                            access.endpoints().get(0).toString(),
                            "certificates of etcd-main of cluster keys in eu-west-1");
        }
        assertThatThrownBy(() -> Etcd.onEvents(cluster)).hasMessageContaining("there is none");
    }

    /** A fingerprint is compared with that of the key in the bucket; the key itself is nowhere. A program that has begun under an older version says the new one after an upgrade. */
    @Test
    void backupsOfEtcdSayTheVersionAndTheKeysOfTheCluster() throws Exception {
        k8s.apply(k8s.plan(spec().withKubernetesVersion("1.35.2")));
        Cluster cluster = k8s.cluster("keys");
        String key = object("nodes/pki/keys/secrets-encryption-1").strip();
        String fingerprint = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(Base64.getDecoder().decode(key)));

        List<SecretsKey> keys = cluster.secretsKeys();

        assertThat(keys).containsExactly(new SecretsKey("secretbox", "secrets-encryption-1", fingerprint));
        assertThat(keys.toString()).doesNotContain(key);
        try (Etcd etcd = Etcd.on(cluster).build()) {
            SnapshotSource source = etcd.snapshotSource();
            List<AtRestKey> told = List.of(new AtRestKey("secretbox", "secrets-encryption-1", fingerprint, 0));
            assertThat(source.kubernetes()).isEqualTo(new KubernetesFacts("v1.35.2", told));

            k8s.apply(k8s.plan(spec()));

            assertThat(cluster.spec().kubernetesVersion()).isEqualTo("1.35.2");
            assertThat(cluster.reread().spec()).isEqualTo(k8s.cluster("keys").spec());
            assertThat(source.kubernetes()).isEqualTo(new KubernetesFacts("v" + spec().kubernetesVersion(), told));
        }
    }

    private static Instant end(Kubeconfig kubeconfig) throws Exception {
        Credentials.ClientCertificate shown = (Credentials.ClientCertificate)
                kubeconfig.users().get(0).credentials().get(0);
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(((PemSource.Inline) shown.certificate()).bytes()));
        return certificate.getNotAfter().toInstant();
    }

    @Test
    void encryptionOfSecretsCannotBeTakenBack() {
        k8s.apply(k8s.plan(spec()));

        assertThatThrownBy(() ->
                        k8s.plan(spec().with(b -> b.kubernetes(k -> k.secretsEncryption(SecretsEncryption.NONE)))))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("nobody could read them");
    }

    private static ClusterSpec encrypting(SecretsEncryption encryption, String... kmsKey) {
        return spec().with(b -> b.kubernetes(k -> k.secretsEncryption(encryption)
                        .secretsKmsKey(Stream.of(kmsKey).findFirst()))
                .assets(a -> a.preinstalled(NodeAsset.AWS_ENCRYPTION_PROVIDER)));
    }

    @Test
    void aRunningClusterGoesToKmsAndBackInStepsInWhichAllApiServersReadAllSecrets() {
        k8s.apply(k8s.plan(encrypting(SecretsEncryption.SECRETBOX)));
        assertThatThrownBy(() -> k8s.plan(encrypting(SecretsEncryption.KMS, KMS_KEY)))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("API servers that run do not know it");

        k8s.apply(k8s.plan(encrypting(SecretsEncryption.SECRETBOX, KMS_KEY)));
        k8s.apply(k8s.plan(encrypting(SecretsEncryption.KMS, KMS_KEY)));

        assertThatThrownBy(() -> k8s.plan(encrypting(SecretsEncryption.SECRETBOX)))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("nobody could read the Secrets");
        k8s.apply(k8s.plan(encrypting(SecretsEncryption.SECRETBOX, KMS_KEY)));
        k8s.apply(k8s.plan(encrypting(SecretsEncryption.SECRETBOX)));
        assertThat(k8s.plan(encrypting(SecretsEncryption.SECRETBOX)).changes()).isEmpty();
    }

    private String encryption(String key) {
        HeadObjectResponse head = s3.headObject(r -> r.bucket(bucket()).key(key));
        return head.serverSideEncryptionAsString() + " " + head.ssekmsKeyId() + " " + head.bucketKeyEnabled();
    }

    private String bundle() {
        return s3.listObjectsV2(r -> r.bucket(bucket()).prefix("nodes/pki/control-plane/"))
                .contents()
                .get(0)
                .key();
    }

    @Test
    void aKmsKeyOfTheBucketIsForWhatIsWrittenFromThenOn_andNoKeyIsMadeAnew() {
        k8s.apply(k8s.plan(spec()));
        String before = object(KeyMaterial.object(AUTHORITY));
        assertThat(encryption(bundle())).doesNotContain("kms");

        ClusterSpec spec = spec().with(b ->
                b.keys(k -> k.kmsKey(KMS_KEY).type(KeyType.ECDSA_P384).serviceAccounts(KeyType.RSA_2048)));
        Plan plan = k8s.plan(spec);
        assertThat(plan.changes())
                .filteredOn(change -> change.resource().kind().equals("key"))
                .isEmpty();
        k8s.apply(plan);

        assertThat(encryption(bundle())).isEqualTo("aws:kms " + KMS_KEY + " true");
        assertThat(object(KeyMaterial.object(AUTHORITY))).isEqualTo(before);
        assertThat(k8s.plan(spec).changes()).isEmpty();
    }

    @Test
    void aClusterThatBeginsWithAKmsKeyHasAllItsKeysUnderIt() {
        ClusterSpec spec = spec().with(b -> b.keys(k -> k.kmsKey(KMS_KEY)));
        k8s.apply(k8s.plan(spec));

        assertThat(s3.listObjectsV2(r -> r.bucket(bucket()).prefix("nodes/pki/"))
                        .contents())
                .hasSizeGreaterThan(5)
                .allSatisfy(object -> assertThat(encryption(object.key())).isEqualTo("aws:kms " + KMS_KEY + " true"));
        assertThat(k8s.plan(spec).changes()).isEmpty();
    }

    @Test
    void aDestroyTakesTheKeysWithIt_andALaterClusterOfTheNameHasItsOwn() {
        k8s.apply(k8s.plan(spec()));
        k8s.apply(k8s.planDestroy("keys"));

        assertThat(s3.listBuckets().buckets()).isEmpty();
        k8s.apply(k8s.plan(spec()));
        assertThat(k8s.plan(spec()).changes()).isEmpty();
    }
}
