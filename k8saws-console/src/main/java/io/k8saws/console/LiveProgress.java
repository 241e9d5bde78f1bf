package io.k8saws.console;

import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/**
 * Draws a {@link Board} on a terminal. Events only change the board; a timer draws it, so that a thousand events a second cost no more than ten, and
 * elapsed times move while nothing happens.
 */
final class LiveProgress implements ProgressListener, AutoCloseable {
    private static final long REDRAW_MILLIS = 100;

    private final Terminal terminal;
    private final Screen screen;
    private final Board board;
    private @Nullable ScheduledExecutorService timer;
    private @Nullable Future<?> ticks;
    private boolean resized;
    private boolean closed;

    LiveProgress(Terminal terminal, boolean colours, LongSupplier nanos) {
        this.terminal = terminal;
        this.screen = new Screen(terminal, colours);
        this.board = new Board(nanos);
    }

    /** Begins to redraw by itself, on a thread that does not keep the program alive. */
    synchronized void start() {
        terminal.handle(Terminal.Signal.WINCH, signal -> windowChanged());
        timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "k8saws-console");
            thread.setDaemon(true);
            return thread;
        });
        ticks = timer.scheduleWithFixedDelay(this::tick, REDRAW_MILLIS, REDRAW_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void onEvent(ProgressEvent event) {
        if (closed) {
            return;
        }
        board.accept(event);
        // The last word must be on the screen before the caller prints its own; a component changes while no operation
        // runs.
        if (event instanceof ProgressEvent.OperationFinished || event instanceof ProgressEvent.ComponentChanged) {
            redraw();
        }
    }

    synchronized void windowChanged() {
        resized = true;
    }

    synchronized void redraw() {
        if (resized) {
            resized = false;
            screen.resize();
        }
        // One row stays free for what the shell had there.
        screen.draw(board.takeLasting(), board.lines(screen.columns(), screen.rows() - 1));
    }

    private synchronized void tick() {
        if (!closed && board.active()) {
            redraw();
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (timer != null && ticks != null) {
            ticks.cancel(false);
            timer.shutdown();
        }
        screen.draw(board.takeLasting(), List.of());
        try {
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Close the terminal: " + e.getMessage() + ".", e);
        }
    }
}
