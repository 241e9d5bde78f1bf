package io.k8saws.bootstrap;

import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.text.Sha256;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.CertificateFile;
import io.k8saws.pki.CertificateRequest;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.IssuedCertificate;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.KeyPairRequest;
import io.k8saws.pki.KeyUse;
import io.k8saws.pki.Pem;
import io.k8saws.pki.SecretKeyPair;
import io.k8saws.pki.TrustBundle;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The secret files of a group of machines: which there are, from which of the cluster's keys each follows, and under which key of the bucket they lie together. It holds
 * no secret itself; {@link #bundle} makes the files when the keys are there. Two are equal when the same files with the same names, usages and signers are wanted.
 * Immutable.
 */
public final class MachineSecrets {
    private static final String PKI = "/etc/kubernetes/pki/";
    private static final String KEY_MODE = "0600";
    private static final String FILE_MODE = "0644";

    /** The authority that signs, alone: kube-controller-manager refuses a file with several, and the file that verifiers read has two during a rotation. */
    static final String SIGNING_CERTIFICATE = PKI + "ca-signing.crt";

    private static final String AUTHORITIES = "/etc/k8saws/authorities";

    private final String key;
    private final List<Wanted> wanted;
    private final Optional<String> kmsKey;

    private MachineSecrets(String key, List<Wanted> wanted, Optional<String> kmsKey) {
        this.key = key;
        this.wanted = wanted;
        this.kmsKey = kmsKey;
    }

    /**
     * The certificates of a bundle that are not authorities'.
     *
     * @param bundle what {@link #bundle} made
     * @return by the files' paths
     */
    public static Map<String, X509Certificate> certificates(String bundle) {
        Map<String, X509Certificate> found = new TreeMap<>();
        Bundle.read(bundle).stream()
                .filter(file -> file.content().startsWith("-----BEGIN CERTIFICATE-----"))
                .forEach(file -> Pem.certificates(file.content()).stream()
                        .filter(certificate -> certificate.getBasicConstraints() < 0)
                        .forEach(certificate -> found.put(file.path(), certificate)));
        return found;
    }

    /**
     * Tells whether files of a bundle rest on an authority.
     *
     * @param bundle what {@link #bundle} made
     * @param authority its certificate
     * @return whether the bundle has it, or a certificate that it has signed
     */
    public static boolean restsOn(String bundle, X509Certificate authority) {
        return Bundle.read(bundle).stream()
                .filter(file -> file.content().startsWith("-----BEGIN CERTIFICATE-----"))
                .flatMap(file -> Pem.certificates(file.content()).stream())
                .anyMatch(one -> one.equals(authority) || isSigned(one, authority));
    }

    private static boolean isSigned(X509Certificate one, X509Certificate authority) {
        try {
            one.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Where a file's text comes from. */
    private record Wanted(SecretFile file, String what, Set<KeyGeneration> from, Function<Filling, String> text) {}

    /** The keys that files are made from; certificates are issued once, though they are two files. */
    private static final class Filling {
        private final Map<KeyGeneration, String> keys;
        private final Clock clock;
        private final Map<String, IssuedCertificate> issued = new HashMap<>();

        Filling(Map<KeyGeneration, String> keys, Clock clock) {
            this.keys = keys;
            this.clock = clock;
        }

        String text(KeyGeneration generation) {
            String text = keys.get(generation);
            if (text == null) {
                throw new K8sAwsException(
                        "Make the secret files of machines",
                        "the key " + generation + " is missing",
                        "plan and apply again");
            }
            return text;
        }

        CertificateAuthority authority(KeyGeneration generation) {
            return KeyMaterial.authority(text(generation), clock);
        }

        IssuedCertificate issued(CertificateRequest request, KeyGeneration signer) {
            return issued.computeIfAbsent(request.id(), id -> authority(signer).issue(request, clock));
        }
    }

    /** The files of a control-plane machine; what it can make itself is not among them: it has the Kubernetes authority's key, and no other's. */
    static MachineSecrets ofControlPlane(
            String part, ClusterPki pki, KeyUse use, Optional<KmsUse> encryption, Optional<String> member) {
        Drawing drawing = new Drawing(pki, use);
        KeyGeneration authority = use.signer(ClusterKey.AUTHORITY_KUBERNETES);
        drawing.trust("ca.crt");
        drawing.say(LoadedKeys.SIGNS, authority);
        drawing.say(LoadedKeys.SHOWS, authority); // the machine makes its own certificates with it
        drawing.authorities();
        drawing.add(SIGNING_CERTIFICATE, FILE_MODE, "authority", Set.of(authority), f -> f.authority(authority)
                .certificatePem());
        drawing.add(PKI + "ca.key", KEY_MODE, "key", Set.of(authority), f -> f.authority(authority)
                .key()
                .orElseThrow()
                .privateKeyPem());
        pki.keyPairs().forEach(drawing::keyPair);
        drawing.trust("front-proxy-ca.crt");
        drawing.trust(
                pki.trustBundles().stream().anyMatch(bundle -> bundle.file().equals(PKI + "apiserver-etcd-ca.crt"))
                        ? "apiserver-etcd-ca.crt"
                        : "etcd/ca.crt");
        pki.certificates().stream()
                .filter(certificate -> certificate.machine().isEmpty()
                        && Set.of("front-proxy-client", "apiserver-etcd-client").contains(certificate.name()))
                .forEach(drawing::certificate);
        encryption.ifPresent(kms -> {
            List<KeyGeneration> keys = use.trusted(ClusterKey.SECRETS_ENCRYPTION);
            boolean plain = use.of(ClusterKey.SECRETS_ENCRYPTION).signer() == 0;
            keys.forEach(key -> drawing.say(LoadedKeys.TRUSTS, key));
            if (!plain) {
                drawing.say(LoadedKeys.SIGNS, keys.get(0));
            }
            drawing.add(
                    KubeadmConfig.ENCRYPTION,
                    KEY_MODE,
                    "encryption " + (plain ? "plain first " : "") + keys + kms.words(), // the first encrypts
                    Set.copyOf(keys),
                    f -> EncryptionKey.configuration(
                            keys.stream()
                                    .map(one -> KeyMaterial.encryption(one, f.text(one)))
                                    .toList(),
                            plain,
                            kms));
        });
        member.ifPresent(drawing::member);
        return drawing.secrets(NodeRole.CONTROL_PLANE, part);
    }

    /** The files of a machine that runs a member of etcd and nothing else. */
    static MachineSecrets ofMember(String part, ClusterPki pki, KeyUse use, String member) {
        Drawing drawing = new Drawing(pki, use);
        drawing.member(member);
        return drawing.secrets(NodeRole.ETCD, part);
    }

    /** Collects the files of one group. */
    private static final class Drawing {
        private final ClusterPki pki;
        private final KeyUse use;
        private final Map<String, Wanted> files = new java.util.LinkedHashMap<>();
        private final Set<String> said = new TreeSet<>();

        Drawing(ClusterPki pki, KeyUse use) {
            this.pki = pki;
            this.use = use;
        }

        void add(String path, String mode, String what, Set<KeyGeneration> from, Function<Filling, String> text) {
            files.putIfAbsent(path, new Wanted(new SecretFile(path, mode), what, from, text));
        }

        /** What the machine says of a key in its status. */
        void say(String what, KeyGeneration key) {
            said.add(what + key.name());
        }

        /** The names of the Kubernetes authorities with the identifiers of their keys: workers tell by them who has signed their certificates. */
        void authorities() {
            List<KeyGeneration> trusted = use.trusted(ClusterKey.AUTHORITY_KUBERNETES);
            add(AUTHORITIES, KEY_MODE, "names of " + trusted, Set.copyOf(trusted), f -> trusted.stream()
                    .map(one ->
                            one.name() + " " + f.authority(one).keyIdentifier().orElse("-") + "\n")
                    .collect(Collectors.joining()));
        }

        void trust(String file) {
            TrustBundle bundle = pki.trustBundles().stream()
                    .filter(one -> one.file().equals(PKI + file))
                    .findFirst()
                    .orElseThrow();
            List<KeyGeneration> trusted = bundle.authorities().stream()
                    .flatMap(role -> use.trusted(ClusterKey.of(role)).stream())
                    .toList();
            trusted.forEach(key -> say(LoadedKeys.TRUSTS, key));
            add(PKI + file, FILE_MODE, "authorities " + trusted, Set.copyOf(trusted), f -> trusted.stream()
                    .map(one -> f.authority(one).certificatePem())
                    .collect(Collectors.joining()));
        }

        void keyPair(KeyPairRequest pair) {
            KeyGeneration signer = use.signer(ClusterKey.SERVICE_ACCOUNTS);
            List<KeyGeneration> trusted = use.trusted(ClusterKey.SERVICE_ACCOUNTS);
            trusted.forEach(key -> say(LoadedKeys.TRUSTS, key));
            say(LoadedKeys.SIGNS, signer);
            add(pair.publicFile(), FILE_MODE, "public keys " + trusted, Set.copyOf(trusted), f -> trusted.stream()
                    .map(one -> SecretKeyPair.fromPem(f.text(one)).publicKeyPem())
                    .collect(Collectors.joining()));
            add(pair.privateFile(), KEY_MODE, "key", Set.of(signer), f -> SecretKeyPair.fromPem(f.text(signer))
                    .privateKeyPem());
        }

        void certificate(CertificateRequest request) {
            CertificateFile.PemFiles pem = (CertificateFile.PemFiles) request.file();
            KeyGeneration signer = use.signer(ClusterKey.of(request.signer()));
            say(LoadedKeys.SHOWS, signer);
            // all that is in the certificate, so that a wish for another one is another wish
            String what = request.subject() + " " + request.altNames() + " " + request.usages() + " "
                    + request.validity() + " " + request.algorithm();
            add(pem.certificate(), FILE_MODE, what, Set.of(signer), f -> f.issued(request, signer)
                    .certificatePem());
            add(pem.key(), KEY_MODE, what, Set.of(signer), f -> f.issued(request, signer)
                    .key()
                    .orElseThrow()
                    .privateKeyPem());
        }

        void member(String member) {
            boolean events = pki.authorities().stream().anyMatch(one -> one.role() == AuthorityRole.ETCD_EVENTS);
            trust("etcd/ca.crt");
            if (events) {
                trust("etcd-events/ca.crt");
                trust("etcd-events/client-ca.crt");
            }
            pki.certificates().stream()
                    .filter(one -> one.name().endsWith("healthcheck-client")
                            || one.name().startsWith("etcd")
                                    && one.machine().filter(member::equals).isPresent())
                    .forEach(this::certificate);
        }

        MachineSecrets secrets(NodeRole role, String part) {
            String lines = String.join("\n", said) + "\n";
            add(LoadedKeys.FILE, KEY_MODE, lines.replace('\n', ' '), Set.of(), f -> lines);
            List<Wanted> all = new ArrayList<>(files.values());
            String description = all.stream()
                    .map(one -> one.file().mode() + " " + one.file().path() + " " + one.what() + " "
                            + new TreeSet<>(one.from()) + "\n")
                    .collect(Collectors.joining());
            return new MachineSecrets(
                    Bootstrap.secretPrefix(role) + part + "/" + Sha256.hex(description),
                    List.copyOf(all),
                    Optional.empty());
        }
    }

    /**
     * The key of the bundle in the cluster's bucket. It carries a hash of what is wanted, so that a wish for other files has another key; a renewal of the same files
     * has the same.
     *
     * @return such as {@code nodes/pki/etcd/etcd-1/<64 hexadecimal digits>}
     */
    public String key() {
        return key;
    }

    /** The same files, encrypted in the bucket with a KMS key of the user's; that is another wish, so they are written anew. */
    MachineSecrets encryptedWith(String arn) {
        int hash = key.lastIndexOf('/') + 1;
        return new MachineSecrets(
                key.substring(0, hash) + Sha256.hex(key.substring(hash) + " " + arn), wanted, Optional.of(arn));
    }

    /**
     * The KMS key with which S3 encrypts the bundle.
     *
     * @return its ARN; empty for S3's own keys
     */
    public Optional<String> kmsKey() {
        return kmsKey;
    }

    /**
     * The files.
     *
     * @return paths and modes, in a stable order
     */
    public List<SecretFile> files() {
        return wanted.stream().map(Wanted::file).toList();
    }

    /**
     * The keys that are needed to make the files.
     *
     * @return sorted
     */
    public Set<KeyGeneration> needs() {
        return wanted.stream().flatMap(one -> one.from().stream()).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Makes the files: signs certificates, each with a new key. What it returns is secret.
     *
     * @param keys the texts of {@link #needs()}, as {@link KeyMaterial#generate} makes them
     * @param clock tells now
     * @return the text that machines fetch
     * @throws K8sAwsException when a key is missing, cannot be read, or an authority has ended
     */
    public String bundle(Map<KeyGeneration, String> keys, Clock clock) {
        Filling filling = new Filling(keys, clock);
        return Bundle.text(wanted.stream()
                .map(one -> new Bundle.Entry(
                        one.file().path(), one.file().mode(), one.text().apply(filling)))
                .toList());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MachineSecrets secrets && secrets.key.equals(key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    /** Returns the key in the bucket. */
    @Override
    public String toString() {
        return key;
    }
}
