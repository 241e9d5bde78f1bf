package io.k8saws.bootstrap;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The hashes by which machines check what they fetch: by {@link Asset#key()}, 64 hexadecimal digits of SHA-256. Immutable. A plan that holds them pins them.
 *
 * @param values the hashes
 */
public record AssetHashes(Map<String, String> values) {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /**
     * Copies the map.
     *
     * @throws IllegalArgumentException when a value is no SHA-256
     */
    public AssetHashes {
        values.forEach((key, value) -> {
            if (!SHA256.matcher(value).matches()) {
                throw new IllegalArgumentException("Take hashes over: '" + value + "' of " + key
                        + " is not a SHA-256. Give 64 hexadecimal digits in lower case.");
            }
        });
        values = Map.copyOf(values);
    }

    /**
     * Returns the hashes that a spec names itself.
     *
     * @param spec the cluster
     * @return its {@code assets.sha256}
     */
    public static AssetHashes of(ClusterSpec spec) {
        return new AssetHashes(spec.assets().sha256());
    }

    /**
     * Returns these hashes and one more. One that is there already stays, so that what a user trusts is not overruled by a mirror.
     *
     * @param asset the program
     * @param sums the text of its file of sums
     * @return the hashes
     * @throws K8sAwsException when the text has no hash for this program
     */
    public AssetHashes plus(Asset asset, String sums) {
        if (values.containsKey(asset.key())) {
            return this;
        }
        Map<String, String> more = new TreeMap<>(values);
        more.put(asset.key(), asset.hashIn(sums));
        return new AssetHashes(more);
    }

    /**
     * Returns the programs whose hashes are not known yet.
     *
     * @param spec the cluster
     * @return what must be looked up before machines can be described; empty when all is known
     */
    public List<Asset> missing(ClusterSpec spec) {
        return AssetCatalogue.of(spec).stream()
                .filter(asset -> !values.containsKey(asset.key()))
                .toList();
    }

    String of(Asset asset) {
        String hash = values.get(asset.key());
        if (hash == null) {
            throw missing(List.of(asset));
        }
        return hash;
    }

    static K8sAwsException missing(List<Asset> assets) {
        return new K8sAwsException(
                "Describe the machines' programs",
                "no SHA-256 is known for " + assets.stream().map(Asset::key).collect(Collectors.joining(", ")),
                "read them from the files of sums, or give them in assets.sha256",
                Map.of("sums", assets.stream().map(Asset::sumsAddress).collect(Collectors.joining(" "))),
                null);
    }

    /** Returns how many there are. */
    @Override
    public String toString() {
        return values.size() + " hashes";
    }
}
