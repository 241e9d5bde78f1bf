package io.k8saws.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("machines")
@DisplayName("A program that starts machines where none can run ends with the reason")
class MachineHostIT {
    /** Where everybody may read, unlike the folders of a build. */
    @TempDir
    private static Path open;

    private static String classPath;

    @BeforeAll
    static void copyClassPath() throws IOException {
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> copies = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path copy = open.resolve(String.valueOf(copies.size()));
            copy(Path.of(entry), entry.endsWith(".jar") ? Path.of(copy + ".jar") : copy);
            copies.add(entry.endsWith(".jar") ? copy + ".jar" : copy.toString());
        }
        classPath = String.join(File.pathSeparator, copies);
    }

    /** What a user's test would do. */
    static final class Start {
        private Start() {}

        public static void main(String[] arguments) {
            try (NodeMachines machines = Testbed.machines("10.0.0.0/16", List.of("10.0.0.0/20"))) {
                System.out.println("started " + machines);
            } catch (TestbedException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void whoIsNotRoot() throws Exception {
        assertThat(startedAs("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"))
                .startsWith("Start node machines: they are made of namespaces and mounts, which only root may make,"
                        + " and this process runs as 'nobody'. Run as root, ");
    }

    @Test
    void rootWithoutTheRightToMakeNamespaces() throws Exception {
        assertThat(startedAs("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"))
                .startsWith(
                        "Start node machines: this host gives root no namespaces with a network of their own: unshare: ")
                .contains("Operation not permitted", "run it with CAP_SYS_ADMIN and CAP_NET_ADMIN");
    }

    @Test
    void hostWithoutLoopDevices() throws Exception {
        String hide = "mount --bind /dev/loop-control /dev/loop-control"
                + " && mount -o remount,bind,nodev /dev/loop-control && exec \"$@\"";
        assertThat(startedAs("unshare", "--mount", "--propagation", "private", "sh", "-c", hide, "sh"))
                .startsWith(
                        "Start node machines: /dev/loop-control cannot be opened, and machines' disks are loop devices."
                                + " Load the kernel's module 'loop'");
    }

    @Test
    void hostWithoutTheImage() throws Exception {
        assertThat(startedAs("env", Surroundings.HOME + "=" + open))
                .startsWith("Start node machines: they are not installed: there is no " + open
                        + "/machines/root. Run 'testbed/install machines' in a checkout of k8saws");
    }

    @Test
    void thisHostLacksNothing() {
        assertThat(MachineHost.look().lack()).isEmpty();
    }

    /** What the program prints when a command starts it. */
    private static String startedAs(String... starter) throws Exception {
        List<String> line = new ArrayList<>(List.of(starter));
        line.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                Start.class.getName()));
        Process process = new ProcessBuilder(line)
                .directory(open.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }

    private static void copy(Path from, Path to) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }
}
