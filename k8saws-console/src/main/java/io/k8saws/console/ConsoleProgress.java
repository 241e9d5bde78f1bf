package io.k8saws.console;

import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;

/**
 * Shows on the terminal what long work is doing: a line for each running step with what it waits for, and a last line with how much is done and how long
 * the rest is expected to take. Where there is no terminal (a pipe, a file, a CI run, {@code TERM=dumb}) it writes the plain lines of
 * {@link ProgressListener#lines(Appendable)} instead. The environment variable {@code NO_COLOR} switches colours off.
 *
 * <p>Close it when the work is done, so that the terminal is left as it was; a program that forgets it still ends. Thread-safe.
 */
public final class ConsoleProgress implements ProgressListener, AutoCloseable {
    private final ProgressListener listener;
    private final boolean live;
    private final Runnable close;

    private ConsoleProgress(ProgressListener listener, boolean live, Runnable close) {
        this.listener = listener;
        this.live = live;
        this.close = close;
    }

    /**
     * Shows progress on the program's standard output.
     *
     * @return a listener that updates lines when standard output is a terminal, else one that writes plain lines
     */
    public static ConsoleProgress system() {
        return SystemTerminal.open(System.getenv())
                .map(terminal -> {
                    LiveProgress live =
                            new LiveProgress(terminal, SystemTerminal.colours(System.getenv()), System::nanoTime);
                    live.start();
                    return new ConsoleProgress(live, true, live::close);
                })
                .orElseGet(() -> new ConsoleProgress(ProgressListener.lines(System.out), false, () -> {}));
    }

    /**
     * Tells whether lines are updated in place; a program may then print less by itself.
     *
     * @return false when standard output is no terminal and plain lines are written
     */
    public boolean live() {
        return live;
    }

    @Override
    public void onEvent(ProgressEvent event) {
        listener.onEvent(event);
    }

    /** Removes the updating lines and gives the terminal back. Events that come later are ignored. May be called twice. */
    @Override
    public void close() {
        close.run();
    }
}
