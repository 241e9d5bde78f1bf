package io.k8saws.kubeconfig;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.Violation;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that kubectl reads as one, and how they are changed. Immutable and thread-safe; every call reads the files anew.
 *
 * <pre>{@code
 * KubeconfigFiles.fromEnvironment(System.getenv(), home).modify(config -> config
 *         .withCluster("payments", c -> c.withServer("https://api.payments.example.com").withCertificateAuthority(ca))
 *         .withUser("payments-admin", u -> u.withCredentials(Credentials.exec("aws-iam-authenticator", "token", "-i", "payments")))
 *         .withContext("payments", c -> c.withCluster("payments").withUser("payments-admin"))
 *         .withCurrentContext("payments"));
 * }</pre>
 */
public final class KubeconfigFiles {
    private static final Logger LOG = LoggerFactory.getLogger(KubeconfigFiles.class);
    private static final String VARIABLE = "KUBECONFIG";

    private final List<Path> paths;

    private KubeconfigFiles(List<Path> paths) {
        this.paths = paths.stream().distinct().toList();
    }

    /**
     * Names the files.
     *
     * @param paths the files, the most important first; they need not exist; one that is there twice counts once
     * @return the files
     */
    public static KubeconfigFiles of(List<Path> paths) {
        return new KubeconfigFiles(paths);
    }

    /**
     * Names the files that kubectl takes: those in the variable {@code KUBECONFIG}, separated as the system separates paths, or {@code .kube/config} in the
     * home folder if the variable is empty or not set. Nothing between two separators is nothing.
     *
     * @param environment the environment, such as {@code System.getenv()}
     * @param home the home folder
     * @return the files
     */
    public static KubeconfigFiles fromEnvironment(Map<String, String> environment, Path home) {
        String variable = environment.getOrDefault(VARIABLE, "");
        if (variable.isEmpty()) {
            return of(List.of(home.resolve(".kube").resolve("config")));
        }
        return of(Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(variable)
                .filter(path -> !path.isEmpty())
                .map(Path::of)
                .toList());
    }

    /**
     * The files, the most important first.
     *
     * @return an unmodifiable list without duplicates
     */
    public List<Path> paths() {
        return paths;
    }

    /**
     * The files that do not exist now.
     *
     * @return an unmodifiable list in the same order
     */
    public List<Path> missing() {
        return paths.stream().filter(path -> !Files.exists(path)).toList();
    }

    /**
     * The file that gets new entries and the current context: the first one that exists, or, as kubectl has it, the last one of the list if none does.
     *
     * @return a file, which may not exist
     * @throws K8sAwsException if there are no files at all
     */
    public Path defaultFile() {
        return paths.stream()
                .filter(Files::exists)
                .findFirst()
                .or(() -> paths.stream().reduce((earlier, later) -> later))
                .orElseThrow(() -> new K8sAwsException(
                        "Find a kubeconfig to write to", "no file is named", "Name one, for example in KUBECONFIG"));
    }

    /**
     * Reads all files as one kubeconfig for use; see {@link Kubeconfig#load(List)}.
     *
     * @return one kubeconfig with absolute paths
     * @throws InvalidSpecException with everything that is wrong in any of the files
     */
    public Kubeconfig load() {
        Map<Path, Kubeconfig> contents = read();
        if (contents.isEmpty() && !paths.isEmpty()) {
            LOG.warn("No kubeconfig found: {}", paths);
        }
        return merged(contents).resolved();
    }

    /**
     * Changes the files, by kubectl's rules: each changed entry is written to the file it came from, new ones and the current context to the {@link
     * #defaultFile}; an entry that is removed may uncover one of the same name in a later file. Files that do not change are not written.
     *
     * <p>While the function runs, all files are locked as kubectl locks them, so nobody's change gets lost. Each file is replaced in one step; if two files
     * change and the program is killed between them, one has changed.
     *
     * @param change gets what the files say, with paths as they are written, and returns what they shall say
     * @return what they say now
     * @throws io.k8saws.error.ConflictException if somebody else holds one of the locks; nothing has changed, and it makes sense to try again
     * @throws InvalidSpecException with everything that is wrong in any of the files; nothing has changed
     * @throws K8sAwsException if a file cannot be written
     */
    public Kubeconfig modify(UnaryOperator<Kubeconfig> change) {
        // Always in the same order, as kubectl does.
        List<Path> sorted =
                paths.stream().sorted(Comparator.comparing(Path::toString)).toList();
        return locked(sorted, () -> {
            Map<Path, Kubeconfig> contents = read();
            Kubeconfig before = merged(contents);
            Kubeconfig after = change.apply(before);
            new Placement(paths, defaultFile(), contents)
                    .of(before, after)
                    .forEach((file, content) -> SecretFile.write(file, content.toYaml()));
            return merged(read());
        });
    }

    @SuppressWarnings("try") // to hold the lock is all that it is for
    private static Kubeconfig locked(List<Path> left, Supplier<Kubeconfig> work) {
        if (left.isEmpty()) {
            return work.get();
        }
        try (LockFile lock = LockFile.of(left.get(0))) {
            return locked(left.subList(1, left.size()), work);
        }
    }

    private Map<Path, Kubeconfig> read() {
        Map<Path, Kubeconfig> contents = new LinkedHashMap<>();
        List<Violation> wrong = new ArrayList<>();
        for (Path path : paths) {
            if (Files.notExists(path)) {
                continue;
            }
            try {
                contents.put(path, KubeconfigText.load(path));
            } catch (InvalidSpecException e) {
                e.violations().forEach(v -> wrong.add(inFile(path, v)));
            }
        }
        if (!wrong.isEmpty()) {
            throw new InvalidSpecException("Read kubeconfigs", wrong);
        }
        return contents;
    }

    private static Violation inFile(Path file, Violation violation) {
        boolean isFile = violation.path().equals(file.toString());
        return isFile ? violation : new Violation(file + ": " + violation.path(), violation.problem(), violation.fix());
    }

    private static Kubeconfig merged(Map<Path, Kubeconfig> contents) {
        return contents.values().stream().reduce(Kubeconfig::merge).orElse(Kubeconfig.empty());
    }

    /** The paths. */
    @Override
    public String toString() {
        return "KubeconfigFiles" + paths;
    }
}
