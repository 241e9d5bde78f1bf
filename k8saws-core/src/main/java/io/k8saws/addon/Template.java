package io.k8saws.addon;

import com.samskivert.mustache.Mustache;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.internal.text.YamlDocuments;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The manifests that lie beside this class, with their places filled. A place that nobody fills is a mistake. */
final class Template {

    private Template() {}

    /** The objects of an add-on. */
    static List<Map<String, Object>> fill(String name, Map<String, Object> values) {
        String text = Mustache.compiler()
                .escapeHTML(false)
                .emptyStringIsFalse(true)
                .strictSections(true)
                .compile(text(name + ".yaml"))
                .execute(values);
        return YamlDocuments.read(text);
    }

    /** What every template may name. */
    static Map<String, Object> values(ClusterSpec spec, AddonSite site, String version) {
        Map<String, Object> values = new HashMap<>();
        values.put("version", version);
        values.put("clusterName", spec.name());
        values.put("region", spec.region());
        values.put("apiHost", site.apiHost());
        values.put("apiPort", String.valueOf(site.apiPort()));
        values.put("podCidr", spec.cni().podCidr().toString());
        values.put("serviceCidr", spec.cni().serviceCidr().toString());
        return values;
    }

    private static String text(String name) {
        try (InputStream stream = Template.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("Read the manifest " + name + ": it is not in the library's jar. "
                        + "Repackage the jar with its resources.");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Read the manifest " + name + " from the library's jar", e);
        }
    }

    /** A map that can be changed, all the way down. */
    static Map<String, Object> changeable(Map<?, ?> map) {
        Map<String, Object> result = new LinkedHashMap<>();
        map.forEach((key, value) -> result.put(String.valueOf(key), changeableValue(value)));
        return result;
    }

    private static Object changeableValue(Object value) {
        if (value instanceof Map<?, ?> map) {
            return changeable(map);
        }
        if (value instanceof List<?> list) {
            List<Object> result = new ArrayList<>();
            list.forEach(element -> result.add(changeableValue(element)));
            return result;
        }
        return value;
    }
}
