package io.k8saws.pki;

import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.text.Columns;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All authorities, key pairs, certificates and trust bundles of a cluster, as a plan: nothing is signed yet. A pure function of the {@link PkiSpec}; equal
 * specs give equal plans. Immutable.
 *
 * <p>Subjects, usages, names and files are kubeadm's (kubeadm, "PKI certificates and requirements", and kubeadm's source, {@code phases/certs}). Certificates
 * without a machine's name in them are made once and shared by the machines of their role; the others are made for each machine.
 *
 * @param cluster the cluster's name
 * @param authorities the authorities
 * @param keyPairs the key pairs without a certificate
 * @param certificates the certificates, shared ones and then machine by machine
 * @param trustBundles who trusts whom
 */
public record ClusterPki(
        String cluster,
        List<AuthorityRequest> authorities,
        List<KeyPairRequest> keyPairs,
        List<CertificateRequest> certificates,
        List<TrustBundle> trustBundles) {
    /** Members of this group may do everything because RBAC binds it so; the binding can be taken away. */
    private static final String ADMINS = "kubeadm:cluster-admins";

    /** Members of this group may do everything, and no RBAC rule can take that away. */
    private static final String MASTERS = "system:masters";

    private static final String HOME = "/etc/kubernetes/";
    private static final String PKI = HOME + "pki/";

    private static final int KUBELET_BINDING_MINOR = 36;

    static final String KUBELET = "kubelet.conf";

    /** Copies the lists. */
    public ClusterPki {
        authorities = List.copyOf(authorities);
        keyPairs = List.copyOf(keyPairs);
        certificates = List.copyOf(certificates);
        trustBundles = List.copyOf(trustBundles);
    }

    /**
     * Plans the certificates of a cluster.
     *
     * @param spec what must be known of it
     * @return the plan
     */
    public static ClusterPki of(PkiSpec spec) {
        Drawing drawing = new Drawing(spec);
        drawing.draw();
        return new ClusterPki(
                spec.clusterName(),
                drawing.authorities,
                List.of(new KeyPairRequest(
                        "sa", drawing.algorithm("sa"), KeyReader.CONTROL_PLANE, PKI + "sa.key", PKI + "sa.pub")),
                drawing.certificates,
                drawing.bundles());
    }

    /** The names that {@link PkiSpec#keyAlgorithms()} may use. */
    static Set<String> keyNames(PkiSpec spec) {
        Drawing drawing = new Drawing(spec);
        drawing.draw();
        Set<String> names = new LinkedHashSet<>();
        drawing.authorities.forEach(authority -> names.add(authority.name()));
        names.add("sa");
        Stream.of("apiserver", KUBELET).forEach(names::add);
        drawing.certificates.forEach(certificate -> names.add(certificate.name()));
        return names;
    }

    /**
     * Finds a certificate.
     *
     * @param id its id, such as {@code apiserver@cp-1}
     * @return the certificate, or empty when the cluster needs none of this id
     */
    public Optional<CertificateRequest> certificate(String id) {
        return certificates.stream().filter(c -> c.id().equals(id)).findFirst();
    }

    /**
     * Returns what a store keeps under the prefix of one role.
     *
     * @param reader the role
     * @return the certificates whose keys its machines may read
     */
    public List<CertificateRequest> certificatesFor(KeyReader reader) {
        return certificates.stream().filter(c -> c.reader() == reader).toList();
    }

    /**
     * Makes new authorities, each with a key of its own.
     *
     * @param clock tells now; they are valid from five minutes earlier
     * @return one for each of {@link #authorities()}
     */
    public Map<AuthorityRole, CertificateAuthority> createAuthorities(Clock clock) {
        Map<AuthorityRole, CertificateAuthority> made = new EnumMap<>(AuthorityRole.class);
        authorities.forEach(request -> made.put(request.role(), CertificateAuthority.create(request, clock)));
        return Collections.unmodifiableMap(made);
    }

    /**
     * Makes and signs all certificates, each with a key of its own.
     *
     * @param signers an authority for each of {@link #authorities()}: made by {@link #createAuthorities}, or given
     * @param clock tells now
     * @return one for each of {@link #certificates()}, in their order
     * @throws K8sAwsException when an authority is missing or does not sign
     */
    public List<IssuedCertificate> issue(Map<AuthorityRole, CertificateAuthority> signers, Clock clock) {
        return certificates.stream()
                .map(request -> issue(request, signers, clock))
                .toList();
    }

    static IssuedCertificate issue(
            CertificateRequest request, Map<AuthorityRole, CertificateAuthority> signers, Clock clock) {
        CertificateAuthority signer = signers.get(request.signer());
        if (signer == null) {
            throw new K8sAwsException(
                    "Issue certificate " + request.id(),
                    "no authority was given for " + request.signer(),
                    "give one: its certificate with its key, or with a signer");
        }
        return signer.issue(request, clock);
    }

    /** Returns tables of the authorities, key pairs, certificates and trust bundles. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("PKI of " + cluster + "\n");
        Columns authorityTable = new Columns("AUTHORITY", "SUBJECT", "KEY", "VALID", "KEY READ BY", "FILE");
        authorities.forEach(a -> authorityTable.row(
                a.name(),
                Subject.of(a.role().commonName()).toString(),
                a.algorithm().toString(),
                days(a.validity()),
                a.reader().toString(),
                a.files().toString()));
        text.append('\n').append(authorityTable);
        Columns keyTable = new Columns("KEY PAIR", "KEY", "KEY READ BY", "FILES");
        keyPairs.forEach(k -> keyTable.row(
                k.name(), k.algorithm().toString(), k.reader().toString(), k.privateFile() + " " + k.publicFile()));
        text.append('\n').append(keyTable);
        Columns table = new Columns("CERTIFICATE", "SUBJECT", "USAGE", "SIGNER", "KEY", "VALID", "KEY READ BY", "FILE");
        certificates.forEach(c -> {
            table.row(
                    c.id(),
                    c.subject().toString(),
                    String.join("+", c.usages().stream().map(Usage::toString).toList()),
                    c.signer().toString(),
                    c.algorithm().toString(),
                    days(c.validity()),
                    c.reader().toString(),
                    c.file().toString());
            if (!c.altNames().isEmpty()) {
                table.line("  for " + c.altNames());
            }
        });
        text.append('\n').append(table);
        Columns trustTable = new Columns("TRUST BUNDLE", "AUTHORITIES", "VERIFIER");
        trustBundles.forEach(t -> trustTable.row(
                t.file(),
                String.join(
                        ", ",
                        t.authorities().stream().map(AuthorityRole::toString).toList()),
                t.verifier()));
        return text.append('\n').append(trustTable).toString().stripTrailing();
    }

    private static String days(Duration duration) {
        return duration.toDaysPart() > 0
                        && duration.minusDays(duration.toDays()).isZero()
                ? duration.toDays() + " d"
                : duration.toHours() + " h";
    }

    /** Draws the plan: one method for each part of the cluster. */
    private static final class Drawing {
        private final PkiSpec spec;
        private final KeyReader members;
        private final List<AuthorityRequest> authorities = new ArrayList<>();
        private final List<CertificateRequest> certificates = new ArrayList<>();

        Drawing(PkiSpec spec) {
            this.spec = spec;
            this.members = spec.etcdPlacement() == EtcdPlacement.DEDICATED ? KeyReader.ETCD : KeyReader.CONTROL_PLANE;
        }

        KeyAlgorithm algorithm(String name) {
            return spec.keyAlgorithms().getOrDefault(name, spec.keyAlgorithm());
        }

        boolean hasEtcd() {
            return !spec.etcdMembers().isEmpty();
        }

        void draw() {
            authority(AuthorityRole.KUBERNETES, KeyReader.CONTROL_PLANE);
            authority(AuthorityRole.FRONT_PROXY, KeyReader.OPERATOR);
            if (hasEtcd()) {
                authority(AuthorityRole.ETCD, KeyReader.OPERATOR);
            }
            if (spec.separateEvents()) {
                authority(AuthorityRole.ETCD_EVENTS, KeyReader.OPERATOR);
            }
            shared();
            spec.controlPlaneNodes().forEach(this::controlPlaneNode);
            spec.etcdMembers().forEach(this::etcdMember);
        }

        private void authority(AuthorityRole role, KeyReader reader) {
            authorities.add(new AuthorityRequest(
                    role, algorithm(role.file()), spec.authorityValidity(), reader, files(role.file())));
        }

        private void shared() {
            client("apiserver-kubelet-client", kubeletClient(), AuthorityRole.KUBERNETES, KeyReader.CONTROL_PLANE);
            client(
                    "front-proxy-client",
                    Subject.of("front-proxy-client"),
                    AuthorityRole.FRONT_PROXY,
                    KeyReader.CONTROL_PLANE);
            if (hasEtcd()) {
                client(
                        "apiserver-etcd-client",
                        Subject.of("kube-apiserver-etcd-client"),
                        AuthorityRole.ETCD,
                        KeyReader.CONTROL_PLANE);
                healthCheck("etcd/", AuthorityRole.ETCD);
            }
            if (spec.separateEvents()) {
                healthCheck("etcd-events/", AuthorityRole.ETCD_EVENTS);
            }
            kubeconfig(
                    "admin.conf",
                    Optional.empty(),
                    Subject.of("kubernetes-admin", ADMINS),
                    KeyReader.CONTROL_PLANE,
                    CertificateFile.ApiServer.ENDPOINT);
            kubeconfig(
                    "super-admin.conf",
                    Optional.empty(),
                    Subject.of("kubernetes-super-admin", MASTERS),
                    KeyReader.OPERATOR,
                    CertificateFile.ApiServer.ENDPOINT);
            kubeconfig(
                    "controller-manager.conf",
                    Optional.empty(),
                    Subject.of("system:kube-controller-manager"),
                    KeyReader.CONTROL_PLANE,
                    CertificateFile.ApiServer.LOCAL);
            kubeconfig(
                    "scheduler.conf",
                    Optional.empty(),
                    Subject.of("system:kube-scheduler"),
                    KeyReader.CONTROL_PLANE,
                    CertificateFile.ApiServer.LOCAL);
        }

        /** From 1.36 on kubeadm binds the user to system:kubelet-api-admin; before, only the administrators' group may call kubelets. */
        private Subject kubeletClient() {
            String name = "kube-apiserver-kubelet-client";
            return PkiRules.minor(spec) < KUBELET_BINDING_MINOR ? Subject.of(name, ADMINS) : Subject.of(name);
        }

        private void healthCheck(String directory, AuthorityRole signer) {
            client(directory + "healthcheck-client", Subject.of("kube-etcd-healthcheck-client"), signer, members);
        }

        private void controlPlaneNode(PkiMachine node) {
            List<String> names = new ArrayList<>(List.of(
                    node.name(),
                    "kubernetes",
                    "kubernetes.default",
                    "kubernetes.default.svc",
                    "kubernetes.default.svc." + spec.clusterDomain(),
                    spec.serviceAddress()));
            names.addAll(node.addresses());
            names.addAll(spec.apiNames());
            add(
                    "apiserver",
                    Optional.of(node.name()),
                    Subject.of("kube-apiserver"),
                    AltNames.of(names),
                    List.of(Usage.SERVER),
                    AuthorityRole.KUBERNETES,
                    KeyReader.CONTROL_PLANE,
                    files("apiserver"));
            kubeconfig(
                    KUBELET,
                    Optional.of(node.name()),
                    Subject.of("system:node:" + node.name(), "system:nodes"),
                    KeyReader.CONTROL_PLANE,
                    CertificateFile.ApiServer.LOCAL);
        }

        private void etcdMember(PkiMachine member) {
            member(member, "etcd/", AuthorityRole.ETCD);
            if (spec.separateEvents()) {
                member(member, "etcd-events/", AuthorityRole.ETCD_EVENTS);
            }
        }

        /** Both are server and client: a member calls itself by its server certificate, and peers call each other. */
        private void member(PkiMachine member, String directory, AuthorityRole signer) {
            both(member, directory + "server", signer, spec.etcdServerNames());
            both(member, directory + "peer", signer, spec.etcdPeerNames());
        }

        private void both(PkiMachine member, String name, AuthorityRole signer, List<String> more) {
            List<String> names = new ArrayList<>(List.of(member.name(), "localhost"));
            names.addAll(member.addresses());
            names.addAll(List.of("127.0.0.1", "::1"));
            names.addAll(more);
            add(
                    name,
                    Optional.of(member.name()),
                    Subject.of(member.name()),
                    AltNames.of(names),
                    List.of(Usage.SERVER, Usage.CLIENT),
                    signer,
                    members,
                    files(name));
        }

        private void client(String name, Subject subject, AuthorityRole signer, KeyReader reader) {
            add(name, Optional.empty(), subject, AltNames.none(), List.of(Usage.CLIENT), signer, reader, files(name));
        }

        private void kubeconfig(
                String name,
                Optional<String> machine,
                Subject subject,
                KeyReader reader,
                CertificateFile.ApiServer server) {
            add(
                    name,
                    machine,
                    subject,
                    AltNames.none(),
                    List.of(Usage.CLIENT),
                    AuthorityRole.KUBERNETES,
                    reader,
                    new CertificateFile.Kubeconfig(HOME + name, server));
        }

        private void add(
                String name,
                Optional<String> machine,
                Subject subject,
                AltNames altNames,
                List<Usage> usages,
                AuthorityRole signer,
                KeyReader reader,
                CertificateFile file) {
            certificates.add(new CertificateRequest(
                    name,
                    machine,
                    subject,
                    altNames,
                    usages,
                    spec.certificateValidity(),
                    algorithm(name),
                    signer,
                    reader,
                    file));
        }

        private static CertificateFile.PemFiles files(String name) {
            return new CertificateFile.PemFiles(PKI + name + ".crt", PKI + name + ".key");
        }

        /**
         * The API server has one client certificate and one file of authorities for all etcd clusters, also for those of --etcd-servers-overrides. So with a
         * cluster for events its file holds both authorities, and the events members accept clients of both, but peers of their own only.
         */
        List<TrustBundle> bundles() {
            List<TrustBundle> bundles = new ArrayList<>();
            bundles.add(bundle(
                    "ca",
                    List.of(AuthorityRole.KUBERNETES),
                    "API server --client-ca-file, kubelet clientCAFile, all kubeconfigs, kube-root-ca.crt of pods"));
            bundles.add(bundle(
                    "front-proxy-ca", List.of(AuthorityRole.FRONT_PROXY), "API server --requestheader-client-ca-file"));
            if (hasEtcd()) {
                bundles.add(bundle(
                        "etcd/ca",
                        List.of(AuthorityRole.ETCD),
                        "etcd --trusted-ca-file and --peer-trusted-ca-file"
                                + (spec.separateEvents() ? "" : ", API server --etcd-cafile")));
            }
            if (spec.separateEvents()) {
                List<AuthorityRole> both = List.of(AuthorityRole.ETCD, AuthorityRole.ETCD_EVENTS);
                bundles.add(bundle(
                        "etcd-events/ca", List.of(AuthorityRole.ETCD_EVENTS), "events etcd --peer-trusted-ca-file"));
                bundles.add(bundle("etcd-events/client-ca", both, "events etcd --trusted-ca-file"));
                bundles.add(bundle("apiserver-etcd-ca", both, "API server --etcd-cafile"));
            }
            return bundles;
        }

        private static TrustBundle bundle(String name, List<AuthorityRole> authorities, String verifier) {
            return new TrustBundle(PKI + name + ".crt", authorities, verifier);
        }
    }
}
