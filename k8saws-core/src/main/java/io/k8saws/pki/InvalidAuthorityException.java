package io.k8saws.pki;

import io.k8saws.error.K8sAwsException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was given as an authority cannot sign certificates that others accept. Nothing was signed. */
public final class InvalidAuthorityException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why an authority is refused. */
    public enum Reason {
        /** The text holds no certificate, or more than one. */
        NOT_ONE_CERTIFICATE,
        /** The certificate is that of a server or client: its basic constraints do not say that it is an authority (RFC 5280, section 4.2.1.9). */
        NOT_AN_AUTHORITY,
        /** Its key usage does not allow it to sign certificates (RFC 5280, section 4.2.1.3). */
        MAY_NOT_SIGN_CERTIFICATES,
        /** It is to sign another authority, and its path length of 0 does not allow it (RFC 5280, section 4.2.1.9). */
        MAY_NOT_SIGN_AUTHORITIES,
        /** Its own extended key usage lacks server or client, and verifiers apply that to all it signs (RFC 5280, section 4.2.1.12). */
        WRONG_USAGE,
        /** It is valid no more. */
        EXPIRED,
        /** It ends so soon that a cluster that gets it would have to exchange it at once. */
        ENDS_SOON,
        /** It is not valid yet: either it is too early or this machine's clock is wrong. */
        NOT_YET_VALID,
        /** The private key or the signer does not belong to the certificate. */
        WRONG_KEY,
        /** Its key is that of another authority of the cluster, of this role or another one. */
        KEY_IN_USE,
        /** Its key is of a kind that this library does not sign with. */
        UNSUPPORTED_KEY
    }

    InvalidAuthorityException(
            Reason reason,
            String tried,
            String why,
            String hint,
            Map<String, String> context,
            @Nullable Throwable cause) {
        super(tried, why, hint, context, cause);
        this.reason = reason;
    }

    /**
     * Returns why.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
