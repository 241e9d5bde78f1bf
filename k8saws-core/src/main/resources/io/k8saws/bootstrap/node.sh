# ---- the runbook of a worker: TLS bootstrap with what the control plane puts into the bucket ----

write_documents() {
  fill /etc/k8saws/kubeadm.yaml /etc/kubernetes/kubeadm.yaml
  fill /etc/k8saws/kubelet-patch.yaml /etc/kubernetes/patches/kubeletconfiguration+merge.yaml
}

# A machine that is a node already stays one.
join() {
  systemctl enable kubelet.service
  if [[ -s /var/lib/kubelet/pki/kubelet-client-current.pem ]]; then
    say "this machine is a node already"
    systemctl start kubelet.service
    note_keys
    return 0
  fi
  PATIENT_UNTIL=$((SECONDS + 600))
  retry 3600 join_once
  retry 300 test -s /var/lib/kubelet/pki/kubelet-client-current.pem
  authorities_of /etc/kubernetes/discovery.conf >/etc/k8saws/authorities
  note_keys
  rm -f /etc/kubernetes/discovery.conf /etc/kubernetes/bootstrap-kubelet.conf
}

# The way in is fetched anew at each try: it lives for two hours only.
join_once() {
  (umask 077 && s3_get join/nodes.conf /etc/kubernetes/discovery.conf) || {
    say "the control plane has not put a way in into the bucket yet"
    return 1
  }
  chmod 0600 /etc/kubernetes/discovery.conf
  if ! names_authorities /etc/kubernetes/discovery.conf; then
    say "the way in does not name exactly the authorities $AUTHORITIES"
    ((SECONDS > PATIENT_UNTIL)) || return 1
    say "joining all the same: the control plane seems to be of another phase of a rotation"
  fi
  rm -f /etc/kubernetes/pki/ca.crt # of an earlier try
  kubeadm join phase kubelet-start --config /etc/kubernetes/kubeadm.yaml
}

start_notices() {
  systemctl enable --now k8saws-notices.service
}

step identify identify
step check-clock check_clock
step prepare-kernel prepare_kernel
step install-programs install_programs
step write-documents write_documents
step start-containerd start_containerd
step join join
step start-notices start_notices
put_status 'done' 'done' ''
