package io.k8saws.bootstrap;

import java.util.Optional;

/** The systemd units of machines. */
final class Units {
    /** systemd's own places come after ours; it is $PATH, too, and so containerd finds runc (systemd.exec, ExecSearchPath, version 250). */
    private static final String SEARCH_PATH =
            AssetCatalogue.PROGRAMS + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Units() {}

    /** Runs the machine's script at each boot, and again when it failed. */
    static NodeFile node() {
        return NodeFile.unit("k8saws-node.service", """
                [Unit]
                Description=k8saws: makes this machine a part of its cluster
                Wants=network-online.target
                After=network-online.target

                [Service]
                Type=oneshot
                RemainAfterExit=yes
                ExecStart=/bin/bash /opt/k8saws/node.sh
                TimeoutStartSec=infinity
                Restart=on-failure
                RestartSec=30
                StandardOutput=journal+console
                StandardError=journal+console

                [Install]
                WantedBy=multi-user.target
                """);
    }

    static NodeFile notices() {
        return NodeFile.unit("k8saws-notices.service", """
                [Unit]
                Description=k8saws: leaves the cluster before EC2 takes this machine away
                After=network-online.target

                [Service]
                ExecStart=/bin/bash /opt/k8saws/notices.sh
                Restart=on-failure
                RestartSec=5

                [Install]
                WantedBy=multi-user.target
                """);
    }

    /** Not before the machine's runbook has made the first one: at a boot the timer is quicker than the API server. */
    static NodeFile join() {
        return NodeFile.unit("k8saws-join.service", """
                [Unit]
                Description=k8saws: renews what workers join with
                After=network-online.target
                ConditionPathExists=/run/k8saws/published

                [Service]
                Type=oneshot
                ExecStart=/bin/bash /opt/k8saws/join.sh
                """);
    }

    /** The way in lives for two hours; three machines renew it, so it is never older than half an hour. */
    static NodeFile joinTimer() {
        return NodeFile.unit("k8saws-join.timer", """
                [Unit]
                Description=k8saws: renews what workers join with

                [Timer]
                OnActiveSec=1s
                OnUnitActiveSec=30min

                [Install]
                WantedBy=timers.target
                """);
    }

    static NodeFile certificates() {
        return NodeFile.unit("k8saws-certificates.service", """
                [Unit]
                Description=k8saws: keeps this machine's certificates young

                [Service]
                Type=oneshot
                ExecStart=/bin/bash /opt/k8saws/certificates.sh
                Restart=on-failure
                RestartSec=15min
                """);
    }

    /** Machines of one age do so hours apart. */
    static NodeFile certificatesTimer() {
        return NodeFile.unit("k8saws-certificates.timer", """
                [Unit]
                Description=k8saws: keeps this machine's certificates young

                [Timer]
                OnActiveSec=1d
                OnUnitActiveSec=1d
                RandomizedDelaySec=12h

                [Install]
                WantedBy=timers.target
                """);
    }

    /** containerd's own unit, in short (containerd, containerd.service). */
    static NodeFile containerd() {
        return NodeFile.unit("containerd.service", """
                [Unit]
                Description=containerd
                After=network.target local-fs.target

                [Service]
                ExecSearchPath=%s
                ExecStart=containerd
                Type=notify
                Delegate=yes
                KillMode=process
                Restart=always
                RestartSec=5
                LimitNPROC=infinity
                LimitCORE=infinity
                TasksMax=infinity
                OOMScoreAdjust=-999

                [Install]
                WantedBy=multi-user.target
                """.formatted(SEARCH_PATH));
    }

    /** The unit that kubeadm's packages have, in one file (kubernetes/release, kubelet.service and 10-kubeadm.conf). */
    static NodeFile kubelet() {
        return NodeFile.unit("kubelet.service", """
                [Unit]
                Description=kubelet: the node's agent
                Wants=network-online.target containerd.service
                After=network-online.target containerd.service
                StartLimitIntervalSec=0

                [Service]
                Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
                Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
                EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
                ExecSearchPath=%s
                ExecStart=kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
                Restart=always
                RestartSec=10

                [Install]
                WantedBy=multi-user.target
                """.formatted(SEARCH_PATH));
    }

    /** The plug-in starts before the kubelet, and so before the API server that asks it (aws-encryption-provider, "Bootstrap during cluster creation"). */
    static NodeFile kms(String key, String region, Optional<String> endpoint) {
        return NodeFile.unit("k8saws-kms.service", """
                [Unit]
                Description=k8saws: asks AWS KMS for the API server
                Wants=network-online.target
                After=network-online.target
                Before=kubelet.service
                StartLimitIntervalSec=0

                [Service]
                RuntimeDirectory=%1$s
                RuntimeDirectoryMode=0700
                RuntimeDirectoryPreserve=yes
                ExecSearchPath=%2$s:%3$s
                ExecStartPre=rm -f %4$s
                ExecStart=aws-encryption-provider --key=%5$s --region=%6$s --listen=%4$s --health-port=127.0.0.1:8083%7$s
                Restart=always
                RestartSec=5
                OOMScoreAdjust=-999

                [Install]
                WantedBy=multi-user.target
                """.formatted(
                        KmsUse.FOLDER.substring("/run/".length()),
                        AssetCatalogue.ENCRYPTION_PROVIDER,
                        SEARCH_PATH,
                        KmsUse.SOCKET,
                        key,
                        region,
                        endpoint.map(url -> " --kms-endpoint=" + url).orElse("")));
    }

    /**
     * Never enabled, and never on a folder that is no mounted disk: etcd must not start empty on the root disk. On SIGTERM a member lets its clients go, then
     * hands its leadership over; systemd gives each unit 90 seconds for that unless the image says otherwise ({@code DefaultTimeoutStopSec}).
     */
    static NodeFile etcd(String cluster) {
        return NodeFile.unit("etcd-" + cluster + ".service", """
                [Unit]
                Description=etcd: a member of the %1$s cluster
                After=network-online.target
                ConditionPathIsMountPoint=/var/lib/etcd-%1$s
                StartLimitIntervalSec=0

                [Service]
                EnvironmentFile=/etc/k8saws/etcd-%1$s.env
                EnvironmentFile=/etc/k8saws/etcd-%1$s.start
                ExecSearchPath=%2$s
                ExecStart=etcd
                Restart=always
                RestartSec=5
                LimitNOFILE=65536
                OOMScoreAdjust=-999
                """.formatted(cluster, SEARCH_PATH));
    }
}
