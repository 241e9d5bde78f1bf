# ---- a control-plane machine: kubeadm's phases, the same at every boot ----

: "${PHASE_SECONDS:=60}" # no phase of kubeadm's that writes what machines share goes on for longer
readonly PHASE_SECONDS
readonly CONFIG=/etc/kubernetes/kubeadm.yaml
readonly PKI=/etc/kubernetes/pki

# The API's name: from the spec, or the load balancer's.
find_api() {
  if [[ -n $API_HOST ]]; then
    remember API_HOST "$API_HOST"
  else
    retry 600 ask_load_balancer
  fi
}

ask_load_balancer() {
  local host code
  code=$(signed elasticloadbalancing --data-urlencode Action=DescribeLoadBalancers --data-urlencode Version=2015-12-01 \
    --data-urlencode "Names.member.1=$API_LOAD_BALANCER" -o "$RUN/elb.xml" -w '%{http_code}' "$ELB/" 2>"$RUN/curl") || code=none
  if [[ $code != 200 ]]; then
    because "load balancer $API_LOAD_BALANCER at $ELB: $(answer "$code" "$RUN/elb.xml")"
    return 1
  fi
  host=$(grep -o '<DNSName>[^<]*' "$RUN/elb.xml" | head -n 1)
  remember API_HOST "${host#<DNSName>}"
  say "the API is ${host#<DNSName>}"
}

# This machine calls its own API server by the API's name: a load balancer does not send packets back to their sender, and knows no healthy server at first.
write_documents() {
  sed -i '/# k8saws: /d' /etc/hosts
  printf '%s %s # k8saws: the API server of this machine\n' "$ADDRESS" "$API_HOST" >>/etc/hosts
  fill /etc/k8saws/kubeadm.yaml "$CONFIG"
  fill /etc/k8saws/kubeadm-admin.yaml /etc/kubernetes/kubeadm-admin.yaml
  fill /etc/k8saws/kubelet-patch.yaml /etc/kubernetes/patches/kubeletconfiguration+merge.yaml
}

# What this machine signs itself is made anew at each boot, so that names and times are right. The authorities' files stay.
make_certificates() {
  rm -f "$PKI"/apiserver.{crt,key} "$PKI"/apiserver-kubelet-client.{crt,key}
  kubeadm init phase certs all --config "$CONFIG"
}

make_kubeconfigs() {
  local who
  for who in kubelet controller-manager scheduler; do
    rm -f "/etc/kubernetes/$who.conf"
    kubeadm init phase kubeconfig "$who" --config "$CONFIG"
  done
}

start_kubelet() {
  systemctl enable kubelet.service
  kubeadm init phase kubelet-start --config "$CONFIG"
}

# The API server does not answer before KMS does. The health check encrypts, so that a missing right to do so shows here; only some versions of the plug-in decrypt in it, too.
start_kms() {
  systemctl enable k8saws-kms.service
  systemctl start k8saws-kms.service
  retry 300 kms_works
}

kms_works() {
  curl -sSf -m 10 -o /dev/null http://127.0.0.1:8083/healthz || {
    because "the plug-in for KMS does not encrypt: 'journalctl -u k8saws-kms' has its words. Look at the key's policy, and whether the key is enabled"
    return 1
  }
}

# The controller manager and the scheduler read their kubeconfigs only when they start, so a new one makes a new pod of them. The API server reads its files again by itself.
start_control_plane() {
  local who hash
  mkdir -p /var/log/kubernetes
  for who in controller-manager scheduler; do
    hash=$(sha256sum <"/etc/kubernetes/$who.conf")
    printf 'metadata:\n  annotations:\n    k8saws.io/kubeconfig: "%s"\n' "${hash%% *}" >"/etc/kubernetes/patches/kube-$who+merge.yaml"
  done
  kubeadm init phase control-plane all --config "$CONFIG"
}

wait_until_ready() {
  retry 900 is_ready
}

is_ready() {
  if ! curl -sSf -m 5 -o "$RUN/ready" --cacert "$PKI/ca.crt" "https://$ADDRESS:6443/readyz" 2>"$RUN/curl"; then
    because "the API server of this machine is not ready: $(tail -n 1 "$RUN/curl"). Its words are below /var/log/pods; often etcd has no quorum"
    return 1
  fi
}

# Administrators' files live for an hour, and only while the phases that need them run.
# What the machines share comes from those of the newest version. During an upgrade one of an older version may run this, too, as after a reboot; so each looks before
# each phase whether a newer one is there, and a newer one, which is marked as one of the control plane by now, waits until all that looked before are done.
publish() {
  drop_admin
  kubeadm init phase kubeconfig admin --config /etc/kubernetes/kubeadm-admin.yaml
  kubeadm init phase kubeconfig super-admin --config /etc/kubernetes/kubeadm-admin.yaml
  retry 600 phase mark-control-plane
  retry 300 look_at_versions
  wait_for_older
  retry 300 shared upload-config all
  retry 300 phase kubelet-finalize all
  retry 300 shared bootstrap-token --skip-token-print
  retry 300 shared addon coredns
  if [[ $KUBE_PROXY == yes ]]; then
    retry 300 shared addon kube-proxy
  fi
  drop_admin
}

# The names and versions of the control plane's nodes; what is not yet a release, such as -rc.1, is older than it.
look_at_versions() {
  kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 10s get nodes -l node-role.kubernetes.io/control-plane \
    -o 'jsonpath={range .items[*]}{.metadata.name}{" "}{.status.nodeInfo.kubeletVersion}{"\n"}{end}' >"$RUN/versions" 2>"$RUN/kubectl" || {
    because "the API server of this machine does not list the control plane's nodes: $(tail -n 1 "$RUN/kubectl" | cut -c 1-300)"
    return 1
  }
  sed -i 's/ \([^-]*\)-/ \1~/' "$RUN/versions"
  if [[ -z $(own_version) ]]; then
    because "this machine's node $NODE_NAME is not among the control plane's, or does not say its version yet"
    return 1
  fi
}

own_version() {
  sed -n "s/^$NODE_NAME //p" "$RUN/versions"
}

wait_for_older() {
  local oldest
  oldest=$(cut -d ' ' -f 2 "$RUN/versions" | sort -V | head -n 1)
  if [[ $oldest != "$(own_version)" ]]; then
    say "machines of $oldest are there: waiting until they have seen this one"
    sleep "$((PHASE_SECONDS + 15))"
  fi
}

# shared PHASE...: a phase that writes what machines share, unless one of a newer version is there.
shared() {
  local newest
  look_at_versions
  newest=$(cut -d ' ' -f 2 "$RUN/versions" | sort -V | tail -n 1)
  if [[ $newest != "$(own_version)" ]]; then
    say "'$*' is left to the machines of $newest"
    return 0
  fi
  phase "$@"
}

phase() {
  local code=0
  timeout "$PHASE_SECONDS" kubeadm init phase "$@" --config "$CONFIG" || code=$?
  case $code in
    0) ;;
    124)
      because "kubeadm's phase '$*' did not end in $PHASE_SECONDS s: the log has its words"
      return 1
      ;;
    *)
      because "kubeadm's phase '$*' failed: the log has its words"
      return 1
      ;;
  esac
}

drop_admin() {
  rm -f /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf
}

# Workers join with what a timer puts into the bucket, again and again. Started anew it does so at once.
start_timers() {
  touch "$RUN/published"
  systemctl enable k8saws-join.timer k8saws-certificates.timer
  systemctl restart k8saws-join.timer k8saws-certificates.timer
  systemctl enable --now k8saws-notices.service
}

# ---- the runbook ----

trap drop_admin EXIT
step identify identify
step check-clock check_clock
step hold-updates hold_updates
step prepare-kernel prepare_kernel
step install-programs install_programs
prepare_for_user
step fetch-secrets fetch_secrets
if [[ -n $ETCD_MEMBER ]]; then
  step attach-address attach_address
  step attach-disks attach_disks
  step mount-disks mount_disks
  step start-etcd start_etcd
  step wait-for-quorum wait_for_quorum
fi
step find-api find_api
step write-documents write_documents
step start-containerd start_containerd
step make-certificates make_certificates
step make-kubeconfigs make_kubeconfigs
if [[ $KMS == yes ]]; then
  step start-kms start_kms
fi
step start-kubelet start_kubelet
step start-control-plane start_control_plane
step wait-until-ready wait_until_ready
step publish publish
step start-timers start_timers
if [[ -n $ETCD_MEMBER ]]; then
  step record-initialised record_initialised
fi
put_status 'done' 'done' ''
