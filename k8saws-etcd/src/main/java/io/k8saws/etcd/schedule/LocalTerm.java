package io.k8saws.etcd.schedule;

import java.util.Set;

/** A right among threads: nobody takes it away. */
record LocalTerm(Set<String> taken, String name, long fence) implements Leadership.Term {
    @Override
    public void requireHeld() {}

    @Override
    public void close() {
        taken.remove(name);
    }
}
