package io.k8saws.kubeconfig;

import io.k8saws.kubeconfig.Yaml.Mapping;
import io.k8saws.kubeconfig.Yaml.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * client-go's merge of what is no cluster, user or context: the first value that is not Go's zero value is taken; preferences are merged field by field, and
 * extensions by name. Fields that client-go does not know, and would lose, follow the same rule.
 */
final class Merging {
    private static final String EXTENSIONS = "extensions";
    private static final String PREFERENCES = "preferences";

    private Merging() {}

    static Mapping firstWins(Mapping first, Mapping second) {
        Mapping result = first;
        for (Map.Entry<String, Yaml.Field> entry : second.fields().entrySet()) {
            String key = entry.getKey();
            Yaml theirs = entry.getValue().value();
            Optional<Yaml> ours = first.get(key);
            if (ours.isEmpty() || (ours.get().isZero() && !theirs.isZero())) {
                result = result.with(key, theirs);
            } else if (key.equals(EXTENSIONS)
                    && ours.get() instanceof Sequence mine
                    && theirs instanceof Sequence more) {
                result = result.with(key, joined(mine, more));
            } else if (key.equals(PREFERENCES)
                    && ours.get() instanceof Mapping mine
                    && theirs instanceof Mapping more) {
                result = result.with(key, firstWins(mine, more));
            }
        }
        return result;
    }

    private static Sequence joined(Sequence mine, Sequence more) {
        Set<String> names = new HashSet<>();
        List<Mapping> joined = new ArrayList<>();
        for (Sequence list : List.of(mine, more)) {
            list.mappings().stream()
                    .filter(extension -> names.add(extension.text("name").orElse("")))
                    .forEach(joined::add);
        }
        return mine.withItems(joined);
    }
}
