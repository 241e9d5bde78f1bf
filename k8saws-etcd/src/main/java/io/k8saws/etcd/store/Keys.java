package io.k8saws.etcd.store;

import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.regex.Pattern;

/** The names of objects. */
final class Keys {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");

    private Keys() {}

    /** Whether it could be a key, or the beginning of one up to a slash. */
    static boolean possible(String name) {
        return KEY.matcher(name).matches() && !name.startsWith(DirectoryStore.UNFINISHED);
    }

    /** Refuses what could leave a directory, or would be another name elsewhere. */
    static String require(String key) {
        boolean climbs = List.of(key.split("/", -1)).stream().anyMatch(part -> part.equals(".") || part.equals(".."));
        if (climbs || !KEY.matcher(key).matches() || key.startsWith(DirectoryStore.UNFINISHED)) {
            throw new K8sAwsException(
                    "Name the object " + key,
                    "it is no key",
                    "use letters, digits, . _ - and slashes between them, and no name that begins with "
                            + DirectoryStore.UNFINISHED);
        }
        return key;
    }
}
