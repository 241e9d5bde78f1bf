package io.k8saws.etcd;

import io.k8saws.etcd.restore.LocalHost;
import io.k8saws.etcd.restore.MemberHost;
import io.k8saws.etcd.restore.MemberProcess;
import io.k8saws.testkit.EtcdCluster;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** A member of the testbed's cluster. */
record TestbedMember(EtcdCluster etcd, int number) implements MemberProcess {
    /** A host for each member. */
    static List<MemberHost> hosts(EtcdCluster etcd) {
        return IntStream.range(0, etcd.size())
                .<MemberHost>mapToObj(
                        i -> LocalHost.of(etcd.name(i), etcd.dataDirectory(i), new TestbedMember(etcd, i)))
                .toList();
    }

    @Override
    public String version() {
        return "3.6.10";
    }

    @Override
    public boolean isRunning() {
        return etcd.isRunning(number);
    }

    @Override
    public void start(Duration limit) {
        etcd.restart(number);
    }

    @Override
    public void stop(Duration limit) {
        etcd.kill(number);
    }

    @Override
    public void awaitHealthy(Duration limit) {
        etcd.waitUntilHealthy(limit);
    }
}
