package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What is known of the Kubernetes whose objects an etcd keeps, and is not in the etcd itself.
 *
 * @param version its version, such as {@code v1.36.1}; empty if it is not known
 * @param atRestKeys the keys with which its API servers encrypt, by name and fingerprint, never the keys
 */
public record KubernetesFacts(String version, List<AtRestKey> atRestKeys) {
    private static final Pattern BASE64_OF_32 = Pattern.compile("[A-Za-z0-9+/_-]{43}=");

    /** Makes a copy of the list, and the version begin with a {@code v}, as API servers write it. */
    public KubernetesFacts {
        version = version.isEmpty() || version.startsWith("v") ? version : "v" + version;
        atRestKeys = requireNoKeys(atRestKeys);
    }

    /** A fingerprint is printed and stored; the key itself, given by mistake as configurations write it, must not be. */
    static List<AtRestKey> requireNoKeys(List<AtRestKey> keys) {
        for (AtRestKey key : keys) {
            if (BASE64_OF_32.matcher(key.fingerprint()).matches()) {
                throw new IllegalArgumentException("Name key " + key.name()
                        + " of encryption at rest: its fingerprint has the form of the key itself, which must not be in a"
                        + " manifest. Give its SHA-256 in hexadecimal digits.");
            }
        }
        return List.copyOf(keys);
    }

    /**
     * Nothing is known.
     *
     * @return a value without facts
     */
    public static KubernetesFacts unknown() {
        return new KubernetesFacts("", List.of());
    }

    /** What a caller has said, with what was read; the fingerprint of a key must be the same where both say it. */
    KubernetesFacts with(KubernetesFacts read, String name) {
        List<String> differences = new ArrayList<>();
        List<AtRestKey> keys = new ArrayList<>(atRestKeys);
        for (AtRestKey found : read.atRestKeys) {
            List<AtRestKey> same =
                    atRestKeys.stream().filter(key -> key.isNamed(found)).toList();
            same.stream()
                    .filter(key -> !key.fingerprint().isEmpty()
                            && !found.fingerprint().isEmpty()
                            && !key.fingerprint().equalsIgnoreCase(found.fingerprint()))
                    .forEach(key -> differences.add("key " + key.name() + " was given with fingerprint "
                            + key.fingerprint() + ", and " + found.fingerprint() + " was read"));
            // a name without a fingerprint says less than what was read
            keys.removeIf(key -> key.isNamed(found) && key.fingerprint().isEmpty());
            if (keys.stream().noneMatch(key -> key.isNamed(found))) {
                keys.add(found);
            }
        }
        if (!differences.isEmpty()) {
            throw new K8sAwsException(
                    "Back up " + name,
                    String.join("; ", differences),
                    "look whether it is the right cluster; if it is, leave out the fingerprints that the library reads by itself",
                    Map.of(),
                    null);
        }
        return new KubernetesFacts(version.isEmpty() ? read.version : version, keys);
    }
}
