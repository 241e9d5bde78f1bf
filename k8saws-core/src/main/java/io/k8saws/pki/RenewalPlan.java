package io.k8saws.pki;

import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.text.Columns;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which certificates to issue again, and why. It compares those that are there with what the cluster needs today, so a wrong name or usage is mended by a
 * renewal; kubeadm would copy it from the old certificate. Immutable. A plan made after all is issued is empty.
 *
 * @param at when it was made
 * @param renewals the certificates to issue, in the order of the {@link ClusterPki}
 * @param authoritiesDue the authorities to rotate: nothing but a {@link Rotation} renews them
 */
public record RenewalPlan(Instant at, List<Renewal> renewals, List<AuthorityDue> authoritiesDue) {
    /**
     * A certificate to issue again.
     *
     * @param request what is wanted
     * @param reasons why, at least one
     * @param disruptive whether its holder has to restart
     * @param then what to do when the new one is in its place; empty when nothing
     */
    public record Renewal(CertificateRequest request, List<String> reasons, boolean disruptive, Optional<String> then) {
        /** Copies the list. */
        public Renewal {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * An authority that should be rotated.
     *
     * @param role which one
     * @param reason why
     */
    public record AuthorityDue(AuthorityRole role, String reason) {}

    /** Copies the lists. */
    public RenewalPlan {
        renewals = List.copyOf(renewals);
        authoritiesDue = List.copyOf(authoritiesDue);
    }

    /**
     * Plans the renewal of what has less than a third of its life left, or is not as it should be.
     *
     * @param wanted what the cluster needs
     * @param existing the certificates that are there, by {@link CertificateRequest#id()}; what is missing is issued
     * @param authorities the certificates of the authorities that sign now
     * @param now when
     * @return the plan
     */
    public static RenewalPlan of(
            ClusterPki wanted,
            Map<String, X509Certificate> existing,
            Map<AuthorityRole, X509Certificate> authorities,
            Instant now) {
        List<Renewal> renewals = new ArrayList<>();
        for (CertificateRequest request : wanted.certificates()) {
            Optional<X509Certificate> certificate = Optional.ofNullable(existing.get(request.id()));
            if (request.renewsItself() && certificate.isPresent()) {
                continue;
            }
            List<String> reasons = certificate
                    .map(c -> Renewals.reasons(request, c, Optional.ofNullable(authorities.get(request.signer())), now))
                    .orElse(List.of("it is missing"));
            if (!reasons.isEmpty()) {
                Optional<String> then = Renewals.then(request);
                renewals.add(new Renewal(request, reasons, then.isPresent(), then));
            }
        }
        return new RenewalPlan(now, renewals, due(wanted, authorities, now));
    }

    private static List<AuthorityDue> due(
            ClusterPki wanted, Map<AuthorityRole, X509Certificate> authorities, Instant now) {
        List<AuthorityDue> due = new ArrayList<>();
        for (AuthorityRequest request : wanted.authorities()) {
            X509Certificate certificate = authorities.get(request.role());
            if (certificate == null) {
                due.add(new AuthorityDue(request.role(), "it is missing"));
                continue;
            }
            Duration left = Duration.between(now, certificate.getNotAfter().toInstant());
            Duration longest = wanted.certificates().stream()
                    .filter(c -> c.signer() == request.role())
                    .map(CertificateRequest::validity)
                    .max(Duration::compareTo)
                    .orElse(Duration.ZERO);
            if (left.compareTo(longest) < 0) {
                due.add(new AuthorityDue(
                        request.role(),
                        left.isNegative()
                                ? "it has ended " + ExpiryReport.left(left)
                                : "it ends in " + ExpiryReport.left(left)
                                        + ", sooner than a certificate that it signs now would"));
            }
        }
        return due;
    }

    /**
     * Tells whether there is nothing to do.
     *
     * @return true when no certificate is to be issued and no authority is due
     */
    public boolean isEmpty() {
        return renewals.isEmpty() && authoritiesDue.isEmpty();
    }

    /**
     * Tells whether somebody has to restart for these renewals.
     *
     * @return false when there are none
     */
    public boolean isDisruptive() {
        return renewals.stream().anyMatch(Renewal::disruptive);
    }

    /**
     * Issues what this plan names, each with a new key. Nothing is written anywhere.
     *
     * @param signers the authorities that sign now
     * @param clock tells now
     * @return the certificates in the order of the plan
     * @throws K8sAwsException when an authority is missing or does not sign
     */
    public List<IssuedCertificate> issue(Map<AuthorityRole, CertificateAuthority> signers, Clock clock) {
        return renewals.stream()
                .map(renewal -> ClusterPki.issue(renewal.request(), signers, clock))
                .toList();
    }

    /** In the words of the risks of plans. */
    private static String risk(boolean disruptive) {
        return disruptive ? "DISRUPTIVE" : "SAFE";
    }

    /** Returns a headline and tables of the renewals and of the authorities that are due. */
    @Override
    public String toString() {
        if (isEmpty()) {
            return "Renewals at " + at + ": nothing to do";
        }
        StringBuilder text = new StringBuilder("Renewals at " + at + ": " + renewals.size()
                + " certificates, highest risk "
                + risk(isDisruptive())
                + (authoritiesDue.isEmpty() ? "" : ", " + authoritiesDue.size() + " authorities to rotate")
                + "\n");
        if (!renewals.isEmpty()) {
            Columns table = new Columns("CERTIFICATE", "WHY", "RISK", "THEN");
            renewals.forEach(r -> table.row(
                    r.request().id(),
                    String.join("; ", r.reasons()),
                    risk(r.disruptive()),
                    r.then().orElse("")));
            text.append('\n').append(table);
        }
        if (!authoritiesDue.isEmpty()) {
            Columns table = new Columns("AUTHORITY TO ROTATE", "WHY");
            authoritiesDue.forEach(a -> table.row(a.role().toString(), a.reason()));
            text.append('\n').append(table);
        }
        return text.toString().stripTrailing();
    }
}
