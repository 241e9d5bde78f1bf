package io.k8saws.etcd.restore;

import java.nio.file.Path;

/** What is done when the program is told to end in the middle of a drill: its etcd and all that was restored go, too. */
final class LastWill {
    private final Thread hook;

    private LastWill(Thread hook) {
        this.hook = hook;
    }

    static LastWill of(EtcdProcess process, Path scratch) {
        Thread hook = new Thread(
                () -> {
                    process.close();
                    DataDirectory.deleteQuietly(scratch);
                },
                "k8saws-drill-end");
        Runtime.getRuntime().addShutdownHook(hook);
        return new LastWill(hook);
    }

    void revoke() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it is being done
        }
    }
}
