package io.k8saws.pki;

/**
 * The steps of a {@link Rotation}, in their order. In each one, who verifies trusts {@code trusted}, and who signs signs with {@code signer}:
 *
 * <table>
 * <caption>What is wanted in each phase</caption>
 * <tr><th>phase</th><th>trusted</th><th>signer</th></tr>
 * <tr><td>TRUST_BOTH</td><td>old, new</td><td>old</td></tr>
 * <tr><td>SIGN_WITH_NEW</td><td>old, new</td><td>new</td></tr>
 * <tr><td>REISSUE</td><td>old, new</td><td>new</td></tr>
 * <tr><td>DROP_OLD</td><td>new</td><td>new</td></tr>
 * <tr><td>DONE</td><td>new</td><td>new</td></tr>
 * </table>
 */
public enum RotationPhase {
    /** Every verifier learns to trust the new key beside the old one. Nobody signs with the new one yet. */
    TRUST_BOTH,
    /** Every signer takes the new key: this library, and kube-controller-manager or the API server. */
    SIGN_WITH_NEW,
    /** Everything that the old key has signed is issued again, or ends by itself. */
    REISSUE,
    /** Every verifier forgets the old key. */
    DROP_OLD,
    /** Nobody knows the old key any more; it may be destroyed. */
    DONE;

    boolean trustsBoth() {
        return compareTo(DROP_OLD) < 0;
    }
}
