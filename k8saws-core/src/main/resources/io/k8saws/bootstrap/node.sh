# ---- a worker: TLS bootstrap with what the control plane puts into the bucket ----

: "${KUBERNETES:=/etc/kubernetes}"
readonly KUBERNETES

write_documents() {
  fill /etc/k8saws/kubeadm.yaml /etc/kubernetes/kubeadm.yaml
  fill /etc/k8saws/kubelet-patch.yaml /etc/kubernetes/patches/kubeletconfiguration+merge.yaml
}

# A machine that is a node already stays one.
join() {
  systemctl enable kubelet.service
  if [[ -s /var/lib/kubelet/pki/kubelet-client-current.pem ]]; then
    say "this machine is a node already"
    rm -f "$KUBERNETES/discovery.conf" "$KUBERNETES/bootstrap-kubelet.conf"
    systemctl start kubelet.service
    note_keys
    return 0
  fi
  PATIENT_UNTIL=$((SECONDS + 600))
  retry 3600 join_once
  retry 300 has_certificate
  note_keys
  rm -f "$KUBERNETES/discovery.conf" "$KUBERNETES/bootstrap-kubelet.conf"
}

# The way in is fetched anew at each try: it lives for two hours only. A worker may not list the bucket, so S3 says 403 to what is not there, too.
join_once() {
  local code answer
  set +e
  (
    set -e
    umask 077
    s3_get join/nodes.conf "$KUBERNETES/discovery.conf"
  )
  code=$?
  set -e
  if ((code != 0)); then
    answer=$(<"$RUN/reason")
    ((code != 4)) || answer=
    because "there is no way in yet, join/nodes.conf in the cluster's bucket, or this machine's role may not read it." \
      "Look at the control plane's statuses first: each of its machines writes it${answer:+. $answer}"
    return 1
  fi
  chmod 0600 "$KUBERNETES/discovery.conf"
  if ! names_authorities "$KUBERNETES/discovery.conf"; then
    because "the way in does not name exactly the authorities $AUTHORITIES: the control plane seems to be of another phase of a rotation. Roll its machines"
    ((SECONDS > PATIENT_UNTIL)) || return 1
    say "joining all the same"
  fi
  authorities_of "$KUBERNETES/discovery.conf" >"$KEPT/authorities"
  rm -f "$KUBERNETES/pki/ca.crt" # of an earlier try
  kubeadm join phase kubelet-start --config "$KUBERNETES/kubeadm.yaml" || {
    because "kubeadm could not join: the log has its words. Look at the API's load balancer and at the control plane's statuses"
    return 1
  }
}

has_certificate() {
  [[ -s /var/lib/kubelet/pki/kubelet-client-current.pem ]] || {
    because "the kubelet has no certificate yet: 'journalctl -u kubelet' has its words; kube-controller-manager signs it"
    return 1
  }
}

start_notices() {
  systemctl enable --now k8saws-notices.service
}

# ---- the runbook ----

step identify identify
step check-clock check_clock
step hold-updates hold_updates
step prepare-kernel prepare_kernel
step install-programs install_programs
prepare_for_user
step write-documents write_documents
step start-containerd start_containerd
step join join
step start-notices start_notices
put_status 'done' 'done' ''
