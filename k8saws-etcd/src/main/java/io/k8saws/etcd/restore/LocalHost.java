package io.k8saws.etcd.restore;

import java.nio.file.Path;
import java.time.Duration;

/** A member on this machine: for drills, tests, and a program that runs beside etcd. The new directory is prepared inside the data directory, so that it is on the same disk. */
public final class LocalHost implements MemberHost {
    private final String member;
    private final Path dataDirectory;
    private final MemberProcess process;

    private LocalHost(String member, Path dataDirectory, MemberProcess process) {
        this.member = member;
        this.dataDirectory = dataDirectory;
        this.process = process;
    }

    /**
     * A member on this machine.
     *
     * @param member its name
     * @param dataDirectory its data directory, which need not be there
     * @param process its etcd
     * @return the host
     */
    public static LocalHost of(String member, Path dataDirectory, MemberProcess process) {
        return new LocalHost(member, dataDirectory, process);
    }

    private Path prepared(NewCluster cluster) {
        return dataDirectory.resolve("restored-" + cluster.clusterId());
    }

    @Override
    public String member() {
        return member;
    }

    @Override
    public HostFacts facts(NewCluster cluster, Duration limit) {
        DataDirectory current = new DataDirectory(dataDirectory);
        return new HostFacts(
                process.version(),
                process.isRunning(),
                current.isOccupied(),
                current.clusterId(),
                new DataDirectory(prepared(cluster)).clusterId(),
                current.freeBytes());
    }

    @Override
    public void prepare(SnapshotRestore restore, Duration limit) {
        HostFacts facts = facts(restore.cluster(), limit);
        String wanted = restore.cluster().clusterId();
        if (!facts.preparedClusterId().equals(wanted) && !facts.clusterId().equals(wanted)) {
            restore.write(member, prepared(restore.cluster()));
        }
    }

    @Override
    public void stop(Duration limit) {
        if (process.isRunning()) {
            process.stop(limit);
        }
    }

    @Override
    public void swap(NewCluster cluster, Duration limit) {
        DataDirectory current = new DataDirectory(dataDirectory);
        if (current.clusterId().equals(cluster.clusterId())) {
            return;
        }
        if (process.isRunning()) {
            throw new IllegalStateException(
                    "Swap the data directory of member " + member + ": its etcd runs. Stop it first.");
        }
        current.replaceBy(prepared(cluster), "before-" + cluster.clusterId());
    }

    @Override
    public void start(Duration limit) {
        if (!process.isRunning()) {
            process.start(limit);
        }
    }

    @Override
    public void awaitHealthy(Duration limit) {
        process.awaitHealthy(limit);
    }

    /** For example {@code a in /var/lib/etcd on this machine}. */
    @Override
    public String toString() {
        return member + " in " + dataDirectory + " on this machine";
    }
}
