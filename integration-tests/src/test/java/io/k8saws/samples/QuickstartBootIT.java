package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.kubeconfig.Kubeconfig;
import io.k8saws.testkit.HostFootprint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("machines")
class QuickstartBootIT {
    private static final Path QUICKSTART =
            Path.of("../quickstart").toAbsolutePath().normalize();

    /** Without a compile, which comes first when something has changed. */
    private static final Duration PROMISED = Duration.ofMinutes(5);

    private static final long LIMIT_MINUTES = 15;
    private static final Pattern READY_NODE = Pattern.compile("(?m)^node/i-[0-9a-f]{17} +Ready +(\\S+) ");
    private static final Pattern ALL_READY = Pattern.compile("(?m)^== (\\d+) s: All is ready$");

    @TempDir
    private Path folder;

    @Test
    @DisplayName(
            "./quickstart --boot goes from nothing to six Ready nodes within five minutes, and leaves the host as it was")
    void boots() throws Exception {
        HostFootprint before = HostFootprint.look();
        Path log = folder.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(QUICKSTART.toString(), "--boot", "--name", "story")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        // Even when the tests run at an endpoint of somebody else, this one starts its own.
        builder.environment().remove("K8SAWS_AWS_ENDPOINT");

        Process story = builder.start();
        try {
            story.getOutputStream().close(); // nobody sits before it, so it ends when all is shown
            assertThat(story.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES))
                    .as("it ends by itself: %s", log)
                    .isTrue();
        } finally {
            List<ProcessHandle> started = story.descendants().toList();
            story.destroyForcibly().waitFor();
            started.forEach(ProcessHandle::destroyForcibly);
        }

        String told = Files.readString(log);
        assertThat(story.exitValue()).as(told).isZero();
        assertThat(told)
                .containsSubsequence(
                        " resources are made",
                        "s: 9 machines run their user data",
                        "s: The API answers, and the add-ons are in the cluster",
                        "s: All is ready",
                        "$ kubectl --kubeconfig k8saws-boot.kubeconfig get nodes,pods --all-namespaces",
                        "The cluster runs until you press Enter.");
        assertThat(READY_NODE.matcher(told).results().map(node -> node.group(1)))
                .as(told)
                .containsExactlyInAnyOrder(
                        "control-plane", "control-plane", "control-plane", "<none>", "<none>", "<none>");
        Matcher ready = ALL_READY.matcher(told);
        assertThat(ready.find()).as(told).isTrue();
        System.out.println("quickstart --boot: " + ready.group());
        assertThat(Duration.ofSeconds(Long.parseLong(ready.group(1)))).isLessThan(PROMISED);
        assertThat(Kubeconfig.load(folder.resolve("k8saws-boot.kubeconfig")).contexts())
                .hasSize(1);
        assertThat(before.changes(Duration.ofSeconds(30))).isEmpty();
    }
}
