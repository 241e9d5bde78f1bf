package io.k8saws.kubeconfig;

import io.k8saws.kubeconfig.Yaml.Mapping;
import java.util.Optional;

/** The two fields, one for a file and one for its content, in which a kubeconfig holds PEM. */
final class Pem {
    private Pem() {}

    static Optional<PemSource> read(Stanza stanza, String fileKey, String dataKey) {
        Optional<PemSource> inline = stanza.body().text(dataKey).map(PemSource.Inline::new);
        return inline.or(() -> stanza.path(fileKey).map(PemSource.InFile::new));
    }

    /** Writes one field and removes the other. */
    static Mapping write(Mapping body, PemSource source, String fileKey, String dataKey) {
        if (source instanceof PemSource.Inline inline) {
            return body.with(dataKey, inline.base64()).without(fileKey);
        }
        PemSource.InFile file = (PemSource.InFile) source;
        return body.with(fileKey, file.path().toString()).without(dataKey);
    }
}
