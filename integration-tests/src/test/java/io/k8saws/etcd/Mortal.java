package io.k8saws.etcd;

import io.k8saws.etcd.restore.HostFacts;
import io.k8saws.etcd.restore.MemberHost;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.SnapshotRestore;
import java.time.Duration;
import java.util.function.Supplier;

/** A program that dies at its n-th call to a machine, whichever that is; nothing that it does from then on is done. */
final class Mortal {
    private final int fatal;
    private final boolean after;
    private boolean counting;
    private int calls;

    /**
     * A program that plans, for now, and does not die of that.
     *
     * @param fatal the call that it dies at, from 1 on
     * @param after whether that call is still served
     */
    Mortal(int fatal, boolean after) {
        this.fatal = fatal;
        this.after = after;
    }

    /** A machine as this program sees it. */
    MemberHost on(MemberHost host) {
        return new Host(host);
    }

    /** Calls count from now on. */
    void begin() {
        counting = true;
    }

    int calls() {
        return calls;
    }

    private <T> T call(Supplier<T> work) {
        if (!counting) {
            return work.get();
        }
        calls++;
        if (calls > fatal || (calls == fatal && !after)) {
            throw new IllegalStateException("the program is dead");
        }
        T done = work.get();
        if (calls == fatal) {
            throw new IllegalStateException("the program has died");
        }
        return done;
    }

    private void call(Runnable work) {
        call(() -> {
            work.run();
            return true;
        });
    }

    private final class Host implements MemberHost {
        private final MemberHost host;

        Host(MemberHost host) {
            this.host = host;
        }

        @Override
        public String member() {
            return host.member();
        }

        @Override
        public HostFacts facts(NewCluster cluster, Duration limit) {
            return call(() -> host.facts(cluster, limit));
        }

        @Override
        public void prepare(SnapshotRestore restore, Duration limit) {
            call(() -> host.prepare(restore, limit));
        }

        @Override
        public void stop(Duration limit) {
            call(() -> host.stop(limit));
        }

        @Override
        public void swap(NewCluster cluster, Duration limit) {
            call(() -> host.swap(cluster, limit));
        }

        @Override
        public void start(Duration limit) {
            call(() -> host.start(limit));
        }

        @Override
        public void awaitHealthy(Duration limit) {
            call(() -> host.awaitHealthy(limit));
        }
    }
}
