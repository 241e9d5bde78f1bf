package io.k8saws.etcd;

import io.k8saws.etcd.restore.EtcdRelease;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.nio.file.Path;
import java.util.Arrays;

/** The versions of etcd that the testbed has. */
enum EtcdVersion {
    OLDER(EtcdRelease.V3_4, "etcd-debian", "etcdctl-debian", "etcdctl-debian"),
    PREVIOUS(EtcdRelease.V3_5, "etcd-3.5", "etcdctl", "etcdutl-3.5"),
    NEWER(EtcdRelease.V3_6, "etcd", "etcdctl", "etcdutl");

    private final EtcdRelease release;
    private final String server;
    private final String client;
    private final String files;

    EtcdVersion(EtcdRelease release, String server, String client, String files) {
        this.release = release;
        this.server = server;
        this.client = client;
        this.files = files;
    }

    /** The version whose data has a form. */
    static EtcdVersion of(EtcdRelease release) {
        return Arrays.stream(values())
                .filter(version -> version.release == release)
                .findFirst()
                .orElseThrow();
    }

    EtcdCluster start(int members) {
        return switch (this) {
            case OLDER -> Testbed.olderEtcd(members);
            case PREVIOUS -> Testbed.previousEtcd(members);
            case NEWER -> Testbed.etcd(members);
        };
    }

    EtcdCluster startWithTls(int members) {
        return switch (this) {
            case OLDER -> Testbed.olderEtcdWithTls(members);
            case PREVIOUS -> Testbed.previousEtcdWithTls(members);
            case NEWER -> Testbed.etcdWithTls(members);
        };
    }

    /** The name of the server's program. */
    String server() {
        return server;
    }

    Path program() {
        return Testbed.program(server);
    }

    /** A client of the first member. */
    Tool client(EtcdCluster etcd) {
        return client(etcd, 0);
    }

    Tool client(EtcdCluster etcd, int member) {
        return Tool.client(client, etcd, member);
    }

    /** The program of this version that works on files. */
    Tool files() {
        return Tool.of(files);
    }
}
