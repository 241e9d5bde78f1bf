package io.k8saws.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the modules lie and what was compiled from them. */
final class Sources {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Sources() {}

    /** Directories of all modules that have code. */
    static List<Path> modules() {
        try (Stream<Path> children = Files.list(ROOT)) {
            return children.filter(directory -> Files.isRegularFile(directory.resolve("pom.xml")))
                    .filter(directory -> Files.isDirectory(directory.resolve("src")))
                    .filter(directory -> !directory.endsWith("consumer-check"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + ROOT, e);
        }
    }

    /** The classes of all modules below the given directory of each. */
    static JavaClasses compiled(String directory) {
        return new ClassFileImporter()
                .importPaths(modules().stream()
                        .map(module -> module.resolve(directory))
                        .toList());
    }

    /** Those of the given classes that were compiled from the given module. */
    static JavaClasses of(Path module, JavaClasses classes) {
        String prefix = module.toUri().toString();
        return classes.that(DescribedPredicate.describe("come from " + module, type -> type.getSource()
                .map(source -> source.getUri().toString().startsWith(prefix))
                .orElse(false)));
    }

    /** Number of source files below a directory; 0 when there is no such directory. */
    static long count(Path directory) {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java")).count();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot walk " + directory, e);
        }
    }
}
