package io.k8saws.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.plan.Action;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.progress.ProgressEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jline.builtins.ScreenTerminal;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a person would see: the bytes that are sent go through a terminal emulator, and its screen is read. */
@DisplayName("Progress on a terminal")
class LiveProgressTest {
    private static final int COLUMNS = 100;
    private static final int ROWS = 10;

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final ScreenTerminal emulator = new ScreenTerminal(COLUMNS, ROWS);
    private long now;

    @Test
    @DisplayName("has a line for each running step and one for the whole, and forgets steps that are done")
    void running() throws IOException {
        LiveProgress progress = progress(false, StandardCharsets.UTF_8);
        progress.onEvent(new ProgressEvent.OperationStarted("apply", "payments", 4, Duration.ofMinutes(3)));
        start(progress, "vpc/main", Action.CREATE);
        start(progress, "nat-gateway/eu-west-1a", Action.REPLACE);
        now = Duration.ofSeconds(61).toNanos();
        progress.onEvent(new ProgressEvent.StepWaiting(
                ResourceAddress.parse("nat-gateway/eu-west-1a"), "the gateway", Duration.ofSeconds(60), "pending"));
        progress.redraw();

        assertThat(screen())
                .containsExactly(
                        "  + vpc/main                1 min 1 s",
                        "  ± nat-gateway/eu-west-1a  1 min 1 s  waits for the gateway, last seen: pending",
                        "apply payments  ░░░░░░░░░░░░░░░░░░░░  0/4, 1 min 1 s, about 1 min 59 s left");

        finish(progress, "nat-gateway/eu-west-1a", Outcome.DONE, Duration.ofSeconds(30));
        progress.onEvent(new ProgressEvent.StepRetrying(
                ResourceAddress.parse("vpc/main"), 2, Duration.ofMillis(400), "throttled"));
        progress.redraw();

        assertThat(screen())
                .containsExactly(
                        "  + vpc/main  1 min 1 s  attempt 2 failed, again in 0.4 s: throttled",
                        "apply payments  █████░░░░░░░░░░░░░░░  1/4, 1 min 1 s, about 30 s left");
    }

    @Test
    @DisplayName("keeps above what was not done, and the end of the operation")
    void lasting() throws IOException {
        LiveProgress progress = progress(false, StandardCharsets.UTF_8);
        progress.onEvent(new ProgressEvent.OperationStarted("apply", "payments", 3, Duration.ZERO));
        start(progress, "vpc/main", Action.CREATE);
        start(progress, "subnet/a", Action.CREATE);
        progress.redraw();
        finish(progress, "subnet/a", Outcome.FAILED, Duration.ZERO);
        progress.redraw();

        assertThat(screen())
                .containsExactly(
                        "✗ + subnet/a failed after 2.0 s",
                        "  + vpc/main        0 s",
                        "apply payments  ██████░░░░░░░░░░░░░░  1/3, 1 not done, 0 s");

        finish(progress, "vpc/main", Outcome.DONE, Duration.ZERO);
        finish(progress, "subnet/b", Outcome.SKIPPED, Duration.ZERO);
        progress.onEvent(new ProgressEvent.OperationFinished("apply", "payments", 1, 2, Duration.ofSeconds(75)));

        assertThat(screen())
                .containsExactly(
                        "✗ + subnet/a failed after 2.0 s",
                        "✗ + subnet/b skipped",
                        "✗ apply payments: 1 done, 2 not done in 1 min 15 s");
    }

    @Test
    @DisplayName("tells of each machine that becomes ready, also while no operation runs")
    void components() throws IOException {
        LiveProgress progress = progress(false, StandardCharsets.UTF_8);

        progress.onEvent(new ProgressEvent.ComponentChanged("payments", "etcd-1 i-0a1b", "at mount-disks", false));
        progress.onEvent(new ProgressEvent.ComponentChanged("payments", "etcd-1 i-0a1b", "done", true));

        assertThat(screen()).containsExactly("· etcd-1 i-0a1b: at mount-disks", "✓ etcd-1 i-0a1b: done");
    }

    @Test
    @DisplayName("folds what does not fit the height, and grows again")
    void folds() throws IOException {
        LiveProgress progress = progress(false, StandardCharsets.UTF_8);
        progress.onEvent(new ProgressEvent.OperationStarted("apply", "payments", 30, Duration.ZERO));
        for (int i = 0; i < 19; i++) {
            start(progress, "subnet/" + i, Action.CREATE);
        }
        progress.redraw();

        assertThat(screen())
                .hasSize(9)
                .contains("  + subnet/6        0 s", "  … and 12 more")
                .last()
                .asString()
                .contains("0/30");

        for (int i = 0; i < 11; i++) {
            finish(progress, "subnet/" + i, Outcome.DONE, Duration.ZERO);
        }
        progress.redraw();

        assertThat(screen())
                .hasSize(9)
                .noneMatch(line -> line.contains("more"))
                .last()
                .asString()
                .contains("11/30");
    }

    @Test
    @DisplayName("never wraps a line, in a terminal of any width")
    void narrow() throws IOException {
        for (int width = 1; width <= 120; width++) {
            Board board = new Board(() -> now);
            board.accept(new ProgressEvent.OperationStarted("apply", "payments", 3, Duration.ofSeconds(9)));
            board.accept(new ProgressEvent.StepStarted(
                    ResourceAddress.parse("auto-scaling-group/日本-" + "x".repeat(60)), Action.CREATE, Duration.ZERO));
            board.accept(new ProgressEvent.StepWaiting(
                    ResourceAddress.parse("auto-scaling-group/日本-" + "x".repeat(60)),
                    "y".repeat(90),
                    Duration.ZERO,
                    "z"));
            for (int rows = 0; rows < 4; rows++) {
                int most = width;
                assertThat(board.lines(width, rows))
                        .hasSizeLessThanOrEqualTo(rows)
                        .allMatch(line -> line.columnLength() <= most);
            }
        }
    }

    @Test
    @DisplayName("starts afresh when the window changes")
    void resized() throws IOException {
        LiveProgress progress = progress(false, StandardCharsets.UTF_8);
        progress.onEvent(new ProgressEvent.OperationStarted("apply", "payments", 3, Duration.ZERO));
        start(progress, "vpc/main", Action.CREATE);
        progress.redraw();
        screen();

        progress.windowChanged();
        progress.redraw();

        assertThat(sent.toString(StandardCharsets.UTF_8)).contains("\u001b[J");
        assertThat(screen())
                .containsExactly("  + vpc/main        0 s", "apply payments  ░░░░░░░░░░░░░░░░░░░░  0/3, 0 s");
    }

    @Test
    @DisplayName("is in colours only when they are wanted")
    void colours() throws IOException {
        run(progress(true, StandardCharsets.UTF_8));
        assertThat(sent.toString(StandardCharsets.UTF_8)).contains("\u001b[32m");

        sent.reset();
        run(progress(false, StandardCharsets.UTF_8));
        assertThat(sent.toString(StandardCharsets.UTF_8)).doesNotContainPattern("\u001b\\[[0-9;]*m");
    }

    @Test
    @DisplayName("does without signs that the terminal cannot show")
    void ascii() throws IOException {
        run(progress(false, StandardCharsets.US_ASCII));

        assertThat(screen()).containsExactly("* apply payments: 1 done in 1.0 s");
        assertThat(sent.toByteArray()).doesNotContain('?');
    }

    @Test
    @DisplayName("lets no name move the cursor")
    void hostile() throws IOException {
        LiveProgress progress = progress(false, StandardCharsets.UTF_8);
        progress.onEvent(new ProgressEvent.OperationStarted("apply\n", "pay\u001b[2Jments", 1, Duration.ZERO));
        start(progress, "vpc/a\n\u001b[1;1Hb", Action.CREATE);
        progress.onEvent(new ProgressEvent.StepWaiting(
                ResourceAddress.parse("vpc/a\n\u001b[1;1Hb"), "x\ry", Duration.ZERO, "\u0007"));
        progress.redraw();

        assertThat(screen())
                .containsExactly(
                        "  + vpc/a??[1;1Hb        0 s  waits for x?y, last seen: ?",
                        "apply? pay?[2Jments  ░░░░░░░░░░░░░░░░░░░░  0/1, 0 s");
    }

    @Test
    @DisplayName("leaves a clean line when it is closed in the middle, and ignores what comes later")
    void closed() throws IOException {
        LiveProgress progress = progress(false, StandardCharsets.UTF_8);
        progress.onEvent(new ProgressEvent.OperationStarted("apply", "payments", 1, Duration.ZERO));
        start(progress, "vpc/main", Action.CREATE);
        progress.redraw();

        progress.close();
        progress.close();
        progress.onEvent(new ProgressEvent.OperationStarted("apply", "payments", 1, Duration.ZERO));

        assertThat(screen()).isEmpty();
    }

    @Test
    @DisplayName("does not keep the program alive, and stops its thread when it is closed")
    void thread() throws Exception {
        LiveProgress progress = progress(false, StandardCharsets.UTF_8);
        progress.start();
        progress.onEvent(new ProgressEvent.OperationStarted("apply", "payments", 1, Duration.ZERO));
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("k8saws-console"))
                .toList();
        assertThat(threads).isNotEmpty().allMatch(Thread::isDaemon);

        progress.close();

        for (Thread thread : threads) {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    private void run(LiveProgress progress) {
        progress.onEvent(new ProgressEvent.OperationStarted("apply", "payments", 1, Duration.ZERO));
        start(progress, "vpc/main", Action.CREATE);
        progress.redraw();
        finish(progress, "vpc/main", Outcome.DONE, Duration.ZERO);
        progress.onEvent(new ProgressEvent.OperationFinished("apply", "payments", 1, 0, Duration.ofSeconds(1)));
    }

    private LiveProgress progress(boolean colours, Charset charset) throws IOException {
        Terminal terminal = TerminalBuilder.builder()
                .system(false)
                // This provider's terminal hands on what is written at once; the others' do so on a thread of their
                // own.
                .provider("exec")
                .streams(new ByteArrayInputStream(new byte[0]), sent)
                .type("xterm-256color")
                .encoding(charset)
                .size(new Size(COLUMNS, ROWS))
                .build();
        return new LiveProgress(terminal, colours, () -> now);
    }

    /** The lines on the emulator's screen, without the empty ones at the end. */
    private List<String> screen() {
        // A terminal in its usual mode returns the carriage at a line feed.
        emulator.write(sent.toString(StandardCharsets.UTF_8).replaceAll("(?<!\r)\n", "\r\n"));
        sent.reset();
        return emulator.toString()
                .stripTrailing()
                .lines()
                .map(String::stripTrailing)
                .toList();
    }

    private static void start(LiveProgress progress, String resource, Action action) {
        progress.onEvent(new ProgressEvent.StepStarted(ResourceAddress.parse(resource), action, Duration.ZERO));
    }

    private static void finish(LiveProgress progress, String resource, Outcome outcome, Duration remaining) {
        progress.onEvent(new ProgressEvent.StepFinished(
                ResourceAddress.parse(resource), Action.CREATE, outcome, Duration.ofSeconds(2), remaining));
    }
}
