package io.k8saws.testkit.inventory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** Collects the lines of an inventory and keeps generated ids out of them. */
final class Lines {
    /** Ids of EC2 and the hexadecimal tails of load balancers and target groups. */
    private static final Pattern GENERATED = Pattern.compile(
            "\\b[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}\\b|\\b[0-9a-f]{16,}\\b|arn:aws:[a-z0-9-]+:[a-z0-9-]*:\\d{12}:");

    /** Shared by all inventories: a client of its own would load the JDK's trust store for every service. Holds nothing that needs closing. */
    static final SdkHttpClient CONNECTIONS = UrlConnectionHttpClient.create();

    private final List<String> lines = new ArrayList<>();

    /**
     * Adds a line.
     *
     * @param kind such as {@code ec2/vpc}
     * @param name what a person calls it
     * @param settings names and values in turns; a null, empty or false value is left out
     */
    void add(String kind, @Nullable String name, @Nullable Object... settings) {
        StringBuilder line = new StringBuilder(kind).append(' ').append(name == null || name.isEmpty() ? "-" : name);
        for (int i = 0; i + 1 < settings.length; i += 2) {
            Object value = settings[i + 1];
            boolean absent = value == null
                    || value.equals("")
                    || value.equals(false)
                    || (value instanceof Collection<?> many && many.isEmpty())
                    || (value instanceof Map<?, ?> map && map.isEmpty());
            if (!absent) {
                line.append(' ').append(settings[i]).append('=').append(value);
            }
        }
        lines.add(GENERATED.matcher(line).replaceAll("<id>"));
    }

    List<String> all() {
        return List.copyOf(lines);
    }

    /** Tags without the name, which stands elsewhere, and without AWS's own. */
    static Map<String, String> tags(Map<String, String> all) {
        Map<String, String> tags = new TreeMap<>(all);
        tags.keySet().removeIf(key -> key.equals("Name") || key.startsWith("aws:"));
        return tags;
    }
}
