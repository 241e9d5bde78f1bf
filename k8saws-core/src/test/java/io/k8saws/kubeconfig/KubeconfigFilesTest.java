package io.k8saws.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.ConflictException;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file is written, and that nobody ever sees half of one. */
class KubeconfigFilesTest {
    private static final String FIRST = """
            # the first file
            clusters: [{name: a, cluster: {server: first, certificate-authority: ca.crt}}]
            users: [{name: u, user: {token: t1}}]
            """;
    private static final String SECOND = """
            # the second file
            clusters: [{name: a, cluster: {server: hidden}}, {name: b, cluster: {server: second, certificate-authority: pki/ca.crt}}]
            contexts: [{name: k, context: {cluster: b, user: u}}]
            current-context: k
            """;

    @TempDir
    Path dir;

    private Path file(String name, String content) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    /** Changes the two files and tells what the first and the second say then; "same" for one that was not written. */
    private List<String> modified(UnaryOperator<Kubeconfig> change) throws IOException {
        Path first = file("one/config", FIRST);
        Path second = file("two/config", SECOND);
        KubeconfigFiles.of(List.of(first, second)).modify(change);
        assertThat(leftovers()).isEmpty();
        String one = Files.readString(first);
        String two = Files.readString(second);
        return List.of(one.equals(FIRST) ? "same" : one, two.equals(SECOND) ? "same" : two);
    }

    private List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("config"))
                    .toList();
        }
    }

    @Test
    void nothingIsWrittenWithoutAChange() throws IOException {
        assertThat(modified(config -> config)).containsExactly("same", "same");
        assertThat(modified(config -> config.withCluster("b", b -> b.withServer("second"))))
                .containsExactly("same", "same");
    }

    /** Row K18. */
    @Test
    void aChangedEntryGoesWhereItCameFrom() throws IOException {
        List<String> files = modified(config -> config.withCluster("b", b -> b.withServer("changed")));

        assertThat(files.get(0)).isEqualTo("same");
        assertThat(files.get(1))
                .startsWith("# the second file\n")
                .contains(
                        "server: hidden", "server: changed", "certificate-authority: pki/ca.crt", "current-context: k");
    }

    /** Row K18. */
    @Test
    void aNewEntryGoesIntoTheDefaultFile() throws IOException {
        List<String> files = modified(config -> config.withCluster("c", c -> c.withServer("new"))
                .withContext("new", n -> n.withCluster("c").withUser("u"))
                .withCurrentContext("new"));

        assertThat(files.get(0)).contains("server: new", "current-context: new", "certificate-authority: ca.crt");
        assertThat(files.get(1)).isEqualTo("same");
    }

    @Test
    void noContextIsChosenWhereOneWasChosen() throws IOException {
        List<String> files = modified(Kubeconfig::withoutCurrentContext);

        assertThat(files.get(0)).isEqualTo("same");
        assertThat(Kubeconfig.parse(files.get(1)).currentContext()).isEmpty();
    }

    @Test
    void aRemovedEntryMayUncoverAnother() throws IOException {
        List<String> files = modified(config -> config.withoutCluster("a"));

        assertThat(Kubeconfig.parse(files.get(0)).clusters()).isEmpty();
        assertThat(files.get(1)).isEqualTo("same");
        assertThat(Kubeconfig.load(List.of(dir.resolve("one/config"), dir.resolve("two/config")))
                        .cluster("a"))
                .hasValueSatisfying(a -> assertThat(a.server()).contains("hidden"));
    }

    @Test
    void bothFilesMayChange() throws IOException {
        List<String> files = modified(config -> config.withCluster("a", a -> a.withServer("x"))
                .withoutContext("k")
                .withUser("u", UserEntry::withoutCredentials));

        assertThat(Kubeconfig.parse(files.get(0)).cluster("a").orElseThrow().server())
                .contains("x");
        assertThat(files.get(0)).doesNotContain("t1");
        assertThat(Kubeconfig.parse(files.get(1)).contexts()).isEmpty();
    }

    @Test
    void whatComesFromElsewhereKeepsItsFiles() throws IOException {
        Path other = file(
                "three/config",
                "users: [{name: new, user: {client-certificate: me.crt, client-key: /k, exec: {command: bin/x}}}]\nx: 1\n");

        List<String> files = modified(
                config -> config.merge(KubeconfigFiles.of(List.of(other)).modify(same -> same)));

        assertThat(files.get(0))
                .contains(
                        "client-certificate: " + dir.resolve("three/me.crt"),
                        "command: " + dir.resolve("three/bin/x"),
                        "x: 1");
        assertThat(Files.readString(other)).contains("client-certificate: me.crt");
    }

    /** Row K17, as kubectl has it. */
    @Test
    void theDefaultFileIsTheFirstThatExistsOrTheLast() throws IOException {
        Path a = dir.resolve("a/config");
        Path b = dir.resolve("b/config");
        Path c = dir.resolve("c/config");
        KubeconfigFiles files = KubeconfigFiles.of(List.of(a, b, c));

        assertThat(files.defaultFile()).isEqualTo(c);
        file("b/config", "");
        assertThat(files.defaultFile()).isEqualTo(b);
        file("a/config", "");
        assertThat(files.defaultFile()).isEqualTo(a);
        assertThatThrownBy(() -> KubeconfigFiles.of(List.of()).defaultFile())
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("no file is named");
    }

    @Test
    void makesFileAndFolder() throws IOException {
        Path file = dir.resolve("home/.kube/config");

        Kubeconfig now = KubeconfigFiles.of(List.of(file)).modify(c -> c.withUser("u", u -> u));

        assertThat(Kubeconfig.load(file)).isEqualTo(now);
        assertThat(now.user("u").orElseThrow().origin()).contains(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void onlyTheOwnerMayReadIt() throws IOException {
        Path file = file("config", "current-context: a");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        Kubeconfig.parse("current-context: b").save(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Kubeconfig.load(file).currentContext()).contains("b");
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path target = file("real/config", "");
        Path link = Files.createSymbolicLink(dir.resolve("link"), target);

        Kubeconfig.parse("current-context: b").save(link);

        assertThat(link).isSymbolicLink();
        assertThat(Kubeconfig.load(target).currentContext()).contains("b");
    }

    /** Row K16. */
    @Test
    void whoComesSecondIsRefused() throws IOException {
        Path file = file("config", FIRST);
        try (LockFile lock = LockFile.of(file)) {
            assertThat(dir.resolve("config.lock")).exists();
            assertThatThrownBy(() -> LockFile.of(lock.file()))
                    .isInstanceOfSatisfying(ConflictException.class, e -> assertThat(e.retryable())
                            .isTrue())
                    .hasMessageContaining("another program holds the lock, since ")
                    .hasMessageContaining("delete " + dir.resolve("config.lock"));
            assertThatThrownBy(() -> Kubeconfig.empty().save(file)).isInstanceOf(ConflictException.class);
            assertThatThrownBy(() -> KubeconfigFiles.of(List.of(file)).modify(c -> c.withoutUser("u")))
                    .isInstanceOf(ConflictException.class);
        }
        assertThat(file).hasContent(FIRST);
        Kubeconfig.empty().save(file);
        assertThat(Kubeconfig.load(file)).isEqualTo(Kubeconfig.empty());
    }

    @Test
    void oneLockedFileLeavesTheOthersUnlocked() throws IOException {
        Path a = file("a", FIRST);
        Path b = file("b", SECOND);
        try (LockFile lock = LockFile.of(b)) {
            assertThatThrownBy(() -> KubeconfigFiles.of(List.of(a, lock.file())).modify(c -> c.withoutUser("u")))
                    .isInstanceOf(ConflictException.class);
            assertThat(dir.resolve("a.lock")).doesNotExist();
            assertThat(a).hasContent(FIRST);
        }
    }

    @Test
    void aFailureLeavesEverythingAsItWas() throws IOException {
        Path file = file("one/config", FIRST);
        Path junk = file("two/config", "][");

        assertThatThrownBy(() -> KubeconfigFiles.of(List.of(file, junk)).modify(c -> c.withoutUser("u")))
                .isInstanceOf(InvalidSpecException.class);
        assertThatThrownBy(() -> KubeconfigFiles.of(List.of(file)).modify(c -> {
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        assertThatThrownBy(() -> SecretFile.write(file, "new", ready -> {
                    throw new IllegalStateException("too early");
                }))
                .hasMessage("too early");
        assertThat(file).hasContent(FIRST);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aFileThatCannotBeWrittenIsNamed() throws IOException {
        Path notAFolder = file("plain", "");

        assertThatThrownBy(() -> Kubeconfig.empty().save(notAFolder.resolve("config")))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining(notAFolder.resolve("config").toString());
    }

    /** A program that dies before the new file takes the place of the old one. */
    static final class Dying {
        private Dying() {}

        public static void main(String[] args) {
            try (LockFile lock = LockFile.of(Path.of(args[0]))) {
                SecretFile.write(lock.file(), "current-context: new\n", ready -> Runtime.getRuntime()
                        .halt(9));
            }
        }
    }

    @Test
    void aKilledProgramLeavesTheOldFile() throws IOException, InterruptedException {
        Path file = file("config", FIRST);
        Process dying = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Dying.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log").toFile())
                .start();

        assertThat(dying.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(dying.exitValue()).as(Files.readString(dir.resolve("log"))).isEqualTo(9);
        assertThat(file).hasContent(FIRST);
        // As with kubectl, the lock of the dead is deleted by hand.
        assertThatThrownBy(() -> Kubeconfig.empty().save(file)).isInstanceOf(ConflictException.class);
        Files.delete(dir.resolve("config.lock"));
        Kubeconfig.parse("current-context: new").save(file);
        assertThat(Kubeconfig.load(file).currentContext()).contains("new");
    }

    @Test
    void parallelWritersLoseNothing() throws Exception {
        Path file = dir.resolve("config");
        Path other = file("other", "clusters: [{name: c, cluster: {server: '0'}}]");
        KubeconfigFiles files = KubeconfigFiles.of(List.of(file, other));
        int writers = 8;
        int turns = 10;
        ExecutorService threads = Executors.newFixedThreadPool(writers + 1);
        try {
            List<Callable<Integer>> work = IntStream.range(0, writers)
                    .<Callable<Integer>>mapToObj(writer -> () -> {
                        int conflicts = 0;
                        for (int turn = 0; turn < turns; turn++) {
                            String name = writer + "-" + turn;
                            conflicts += untilDone(
                                    files, c -> c.withUser(name, u -> u.withCredentials(Credentials.token(name)))
                                            .withCluster(
                                                    "c",
                                                    x -> x.withServer(String.valueOf(1
                                                            + Integer.parseInt(
                                                                    x.server().orElseThrow())))));
                        }
                        return conflicts;
                    })
                    .toList();
            Future<Integer> reader = threads.submit(() -> {
                int read = 0;
                while (!Thread.currentThread().isInterrupted()) {
                    // Never half a file.
                    files.load();
                    read++;
                }
                return read;
            });
            for (Future<Integer> done : threads.invokeAll(work)) {
                done.get();
            }
            assertThat(reader.isDone()).as("a reader always sees a whole file").isFalse();
        } finally {
            threads.shutdownNow();
        }

        Kubeconfig all = files.load();
        assertThat(all.users()).hasSize(writers * turns);
        assertThat(all.cluster("c").orElseThrow().server()).contains(String.valueOf(writers * turns));
        assertThat(new File(file + ".lock")).doesNotExist();
    }

    private static int untilDone(KubeconfigFiles files, UnaryOperator<Kubeconfig> change) {
        for (int conflicts = 0; ; conflicts++) {
            try {
                files.modify(change);
                return conflicts;
            } catch (ConflictException e) {
                Thread.onSpinWait();
            }
        }
    }
}
