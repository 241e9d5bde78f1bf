package io.k8saws.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares text with files under {@code src/test/resources/golden}; {@code -Dgolden.update=true} writes them instead. */
public final class Golden {

    private static final Path DIRECTORY = Path.of("src/test/resources/golden");

    private Golden() {}

    public static String read(String name) throws IOException {
        return Files.readString(DIRECTORY.resolve(name));
    }

    public static void assertMatches(String name, String actual) throws IOException {
        Path file = DIRECTORY.resolve(name);
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(DIRECTORY);
            Files.writeString(file, actual);
        }
        assertThat(file).as("golden file; write it with -Dgolden.update=true").exists();
        assertThat(actual).as("differs from %s", file).isEqualTo(Files.readString(file));
    }
}
