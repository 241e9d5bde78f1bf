package io.k8saws.pki;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares a certificate with what is wanted. */
final class Renewals {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;
    private static final int PART_OF_LIFE = 3;

    private Renewals() {}

    static List<String> reasons(
            CertificateRequest request, X509Certificate certificate, Optional<X509Certificate> authority, Instant now) {
        List<String> reasons = new ArrayList<>();
        Duration left = Duration.between(now, certificate.getNotAfter().toInstant());
        if (left.isNegative() || left.isZero()) {
            reasons.add("it has ended " + ExpiryReport.left(left));
        } else if (left.compareTo(request.validity().dividedBy(PART_OF_LIFE)) < 0) {
            reasons.add("it ends in " + ExpiryReport.left(left));
        }
        authority.filter(a -> !signs(a, certificate)).ifPresent(a -> reasons.add("another authority has signed it"));
        if (!X509.subject(certificate).equals(request.subject().x500Name())) {
            reasons.add("its subject is " + X509.name(certificate) + ", not " + request.subject());
        }
        try {
            compareNames(request, certificate, reasons);
            compareUsages(request, certificate, reasons);
        } catch (CertificateParsingException e) {
            reasons.add("its extensions cannot be read");
        }
        Optional<KeyAlgorithm> algorithm = KeyAlgorithm.of(certificate.getPublicKey());
        if (!algorithm.equals(Optional.of(request.algorithm()))) {
            reasons.add("its key is "
                    + algorithm
                            .map(KeyAlgorithm::toString)
                            .orElse(certificate.getPublicKey().getAlgorithm())
                    + ", not " + request.algorithm());
        }
        return reasons;
    }

    private static boolean signs(X509Certificate authority, X509Certificate certificate) {
        try {
            certificate.verify(authority.getPublicKey());
            return certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static void compareNames(CertificateRequest request, X509Certificate certificate, List<String> reasons)
            throws CertificateParsingException {
        Set<String> has = new HashSet<>();
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names != null) {
            for (List<?> name : names) {
                String text = String.valueOf(name.get(1));
                switch ((Integer) name.get(0)) {
                    case DNS -> has.add(text);
                    case ADDRESS -> has.add(Hosts.address(text).orElse(text));
                    default -> has.add(name.toString());
                }
            }
        }
        Set<String> wanted = new HashSet<>(request.altNames().dnsNames());
        wanted.addAll(request.altNames().addresses());
        difference(wanted, has).ifPresent(names2 -> reasons.add("it lacks the names " + names2));
        difference(has, wanted).ifPresent(names2 -> reasons.add("it has names too many: " + names2));
    }

    private static Optional<String> difference(Set<String> from, Set<String> without) {
        List<String> rest =
                from.stream().filter(name -> !without.contains(name)).sorted().toList();
        return rest.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", rest));
    }

    private static void compareUsages(CertificateRequest request, X509Certificate certificate, List<String> reasons)
            throws CertificateParsingException {
        List<String> has = certificate.getExtendedKeyUsage();
        Set<String> wanted =
                request.usages().stream().map(u -> u.purpose().getId()).collect(Collectors.toSet());
        if (has == null || !wanted.equals(new HashSet<>(has))) {
            reasons.add("its usages are not exactly "
                    + request.usages().stream().map(Usage::toString).collect(Collectors.joining(" and ")));
        }
    }

    /** Not every component reads a changed file by itself (kubeadm, "Certificate Management with kubeadm"). */
    static Optional<String> then(CertificateRequest request) {
        if (request.name().endsWith("healthcheck-client")
                || request.name().equals("admin.conf")
                || request.reader() == KeyReader.OPERATOR) {
            return Optional.empty();
        }
        if (request.renewsItself()) {
            return Optional.of("restart the kubelet on " + request.machine().orElse("the machine"));
        }
        if (request.signer() == AuthorityRole.ETCD || request.signer() == AuthorityRole.ETCD_EVENTS) {
            if (request.machine().isPresent()) {
                return Optional.of("restart the member, one after the other");
            }
        }
        return Optional.of(
                switch (request.name()) {
                    case "controller-manager.conf" -> "restart kube-controller-manager, one after the other";
                    case "scheduler.conf" -> "restart kube-scheduler, one after the other";
                    default -> "restart kube-apiserver, one after the other";
                });
    }
}
