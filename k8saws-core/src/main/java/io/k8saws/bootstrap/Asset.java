package io.k8saws.bootstrap;

import io.k8saws.cluster.NodeAsset;
import io.k8saws.error.K8sAwsException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program in one version for one architecture, and where it comes from. Immutable.
 *
 * @param asset which program
 * @param version its version without a {@code v}
 * @param architecture {@code amd64}, {@code arm64} or {@code windows-amd64}
 * @param address where machines fetch it: {@code https}, {@code http} or {@code s3}
 * @param sumsAddress where the publisher's, or the mirror's, file of sums lies
 */
public record Asset(NodeAsset asset, String version, String architecture, String address, String sumsAddress) {

    private static final Pattern SUM = Pattern.compile("(?m)^([0-9a-f]{64})(?:[ \\t]+\\*?(\\S+))?[ \\t]*\\r?$");

    /**
     * Returns the name under which a hash is kept.
     *
     * @return such as {@code kubelet/amd64}
     */
    public String key() {
        return asset.label() + "/" + architecture;
    }

    /**
     * Reads the hash of this program from a file of sums: either a bare hash, or lines of hash and file name as {@code sha256sum} writes them.
     *
     * @param sums the file's text
     * @return 64 hexadecimal digits
     * @throws K8sAwsException when the text has no hash for this file
     */
    public String hashIn(String sums) {
        Matcher line = SUM.matcher(sums);
        while (line.find()) {
            String name = line.group(2);
            if (name == null || name.substring(name.lastIndexOf('/') + 1).equals(fileName())) {
                return line.group(1);
            }
        }
        throw new K8sAwsException(
                "Read the SHA-256 of " + fileName() + " from " + sumsAddress,
                "the text has no hash for this file",
                "check the mirror, or give the hash in assets.sha256[" + key() + "]",
                Map.of("asset", key(), "version", version),
                null);
    }

    private String fileName() {
        return address.substring(address.lastIndexOf('/') + 1);
    }

    /** Returns name, version and address. */
    @Override
    public String toString() {
        return key() + " " + version + " " + address;
    }
}
