#!/bin/bash
# What both kinds of machines do first.
set -euo pipefail
exec > >(tee -a /var/log/user-data.log >/dev/console) 2>&1
mirror=http://169.254.170.1
architecture=$(dpkg --print-architecture)
programs=$mirror/dl.k8s.io/v@VERSION@/bin/linux/$architecture
for program in kubelet kubeadm kubectl; do
  curl -sSf -o /usr/bin/$program "$programs/$program"
  echo "$(curl -sSf "$programs/$program.sha256")  /usr/bin/$program" | sha256sum --check
  chmod 755 /usr/bin/$program
done
mkdir -p /opt/cni /etc/cni/net.d /etc/containerd
ln -sfn /usr/lib/cni /opt/cni/bin
cat >/etc/cni/net.d/10-pods.conflist <<CNI
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "@PODS@"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
CNI
cat >/etc/containerd/config.toml <<'TOML'
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:@PAUSE@"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = true
TOML
cat >/etc/systemd/system/kubelet.service <<'UNIT'
[Unit]
After=containerd.service
[Service]
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=2
[Install]
WantedBy=multi-user.target
UNIT
sysctl -w net.ipv4.ip_forward=1
systemctl daemon-reload
systemctl enable --now containerd
systemctl enable kubelet
