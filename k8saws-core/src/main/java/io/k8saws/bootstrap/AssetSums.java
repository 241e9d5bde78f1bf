package io.k8saws.bootstrap;

import io.k8saws.internal.text.Sha256;

/**
 * Reads the files of sums that lie beside programs, when a cluster is planned. An implementation has a deadline of its own, throws a
 * {@link io.k8saws.error.K8sAwsException} that names the address when it cannot read, and is safe to use from many threads.
 */
@FunctionalInterface
public interface AssetSums {
    /**
     * Reads a file.
     *
     * @param address {@code https}, {@code http} or {@code s3}, as in {@link Asset#sumsAddress()}
     * @return the file's text
     * @throws io.k8saws.error.K8sAwsException when it cannot be read
     */
    String read(String address);

    /**
     * Sums that are made up from the addresses, for emulators of AWS on which no machine boots: the same address has the same sum, and nobody is asked. A real machine
     * refuses programs that are checked by such a sum.
     *
     * @return the sums
     */
    static AssetSums madeUp() {
        return Sha256::hex;
    }
}
