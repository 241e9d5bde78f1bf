package io.k8saws.kubeconfig;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.kubeconfig.Yaml.Mapping;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads texts and files, and tells all that is wrong with them. */
final class KubeconfigText {
    private KubeconfigText() {}

    static Kubeconfig read(String yaml, String tried) {
        Findings findings = new Findings();
        Mapping document = YamlReader.read(yaml, findings);
        if (findings.isEmpty()) {
            Structure.check(document, findings);
        }
        findings.throwIfAny(tried);
        return Kubeconfig.of(document);
    }

    /** Reads a file that must be there; entries know it as their origin. */
    static Kubeconfig load(Path file) {
        String tried = "Read kubeconfig " + file;
        return read(text(file, tried), tried).withOrigin(file);
    }

    private static String text(Path file, String tried) {
        try {
            if (Files.isDirectory(file)) {
                throw broken(tried, file, "is a folder", "name a file");
            }
            // A wrong byte must not be written back as a question mark.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw broken(tried, file, "is not UTF-8", "restore the file");
        } catch (IOException e) {
            throw broken(tried, file, why(e), "check the path and its permissions");
        }
    }

    private static InvalidSpecException broken(String tried, Path file, String problem, String fix) {
        return new InvalidSpecException(tried, List.of(new Violation(file.toString(), problem, fix)));
    }

    /** Why a file could not be read, as a clause about it. */
    static String why(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "is not there";
        }
        return e instanceof AccessDeniedException ? "may not be read" : "cannot be read (" + e.getMessage() + ")";
    }
}
