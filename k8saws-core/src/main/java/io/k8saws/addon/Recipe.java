package io.k8saws.addon;

import io.k8saws.cluster.AddonSpec;
import java.util.List;
import java.util.Map;

/**
 * How one of the library's own add-ons is made from its template.
 *
 * @param name the add-on's and the template's
 * @param version which one
 * @param settings what the user wants otherwise
 * @param values what the template's places are filled with
 * @param programs the containers that the user's environment variables go to; the flags go to the first
 */
record Recipe(String name, String version, AddonSpec settings, Map<String, Object> values, List<String> programs) {
    Recipe {
        values = Map.copyOf(values);
        programs = List.copyOf(programs);
    }
}
