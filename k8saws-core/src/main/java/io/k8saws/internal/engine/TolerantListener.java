package io.k8saws.internal.engine;

import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what {@link ProgressListener} promises: one that throws hears no more, and does not disturb the work. For one operation, whose thread calls it. */
public final class TolerantListener implements ProgressListener {
    private static final Logger LOG = LoggerFactory.getLogger(TolerantListener.class);

    private final ProgressListener listener;
    private boolean failed;

    /**
     * Wraps a listener.
     *
     * @param listener whose exceptions must not matter
     */
    public TolerantListener(ProgressListener listener) {
        this.listener = listener;
    }

    @Override
    public void onEvent(ProgressEvent event) {
        if (failed) {
            return;
        }
        try {
            listener.onEvent(event);
        } catch (RuntimeException e) {
            failed = true;
            LOG.warn("The progress listener failed and is switched off for this operation.", e);
        }
    }
}
