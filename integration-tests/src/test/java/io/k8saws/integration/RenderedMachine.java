package io.k8saws.integration;

import io.k8saws.bootstrap.ScriptSet;
import io.k8saws.pki.KeyGeneration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** What a machine has after its first steps, below a directory that stands for its root. */
final class RenderedMachine {
    private RenderedMachine() {}

    /** Writes its documents and its secrets. */
    static void write(Path root, ScriptSet set, Map<KeyGeneration, String> keys, Clock clock) throws IOException {
        for (var document : set.documents()) {
            PkiDirectory.write(root.resolve(document.path().substring(1)), document.content());
        }
        String[] parts = set.secrets().orElseThrow().bundle(keys, clock).split("(?m)^(?=[0-7]{4} [0-9]+ /)", -1);
        for (int i = 1; i < parts.length; i++) {
            int line = parts[i].indexOf('\n');
            String path = parts[i].substring(0, line).split(" ")[2];
            PkiDirectory.write(root.resolve(path.substring(1)), parts[i].substring(line + 1, parts[i].length() - 1));
        }
    }
}
