package io.k8saws.kubeconfig;

import io.k8saws.kubeconfig.Yaml.Mapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the files that a kubeconfig refers to into it. */
final class Flattening {
    private final Findings findings = new Findings();

    private Flattening() {}

    static Kubeconfig of(Kubeconfig kubeconfig) {
        Flattening flattening = new Flattening();
        Kubeconfig flat = kubeconfig.map(flattening::flatten);
        flattening.findings.throwIfAny("Flatten a kubeconfig");
        return flat;
    }

    private Stanza flatten(Stanza stanza) {
        return switch (stanza.kind()) {
            case CLUSTER -> flatten(stanza, "certificate-authority");
            case USER -> flatten(flatten(stanza, "client-certificate"), "client-key");
            case CONTEXT -> stanza;
        };
    }

    private Stanza flatten(Stanza stanza, String key) {
        Optional<Path> path = stanza.path(key);
        if (path.isEmpty()) {
            return stanza;
        }
        String at = stanza.kind().list() + "[" + stanza.name() + "]."
                + stanza.kind().body() + "." + key;
        String inline = key + "-data";
        Mapping body = stanza.body();
        if (body.text(inline).isPresent()) {
            findings.add(at, "is there beside " + inline, "remove one of the two");
        } else if (!path.get().isAbsolute()) {
            findings.add(
                    at,
                    path.get() + " is relative, and it is not known to which folder",
                    "write an absolute path, or load the file instead of its text");
        } else {
            try {
                PemSource content = PemSource.inline(Files.readAllBytes(path.get()));
                return stanza.withBody(Pem.write(body, content, key, inline));
            } catch (IOException e) {
                findings.add(at, path.get() + " " + KubeconfigText.why(e), "correct the path, or restore the file");
            }
        }
        return stanza;
    }
}
