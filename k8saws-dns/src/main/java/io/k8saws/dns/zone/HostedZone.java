package io.k8saws.dns.zone;

import io.k8saws.dns.record.DnsName;
import java.util.Map;
import java.util.Objects;

/**
 * A hosted zone of Route 53. Immutable.
 *
 * @param id its id, such as {@code Z123}, without {@code /hostedzone/}
 * @param name its name
 * @param isPrivate whether only VPCs see it
 * @param tags its tags; empty when nobody asked for them
 */
public record HostedZone(String id, DnsName name, boolean isPrivate, Map<String, String> tags) {
    private static final String PATH = "/hostedzone/";

    /** Copies the tags, and takes the path from the id. */
    public HostedZone {
        Objects.requireNonNull(name, "name");
        id = bareId(id);
        tags = Map.copyOf(tags);
    }

    /**
     * An id without the path that Route 53 writes before it.
     *
     * @param id such as {@code /hostedzone/Z123} or {@code Z123}
     * @return such as {@code Z123}
     */
    public static String bareId(String id) {
        return id.startsWith(PATH) ? id.substring(PATH.length()) : id;
    }

    /** For example {@code example.com (private, Z123)}. */
    @Override
    public String toString() {
        return name + " (" + (isPrivate ? "private, " : "") + id + ")";
    }
}
