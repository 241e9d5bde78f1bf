# ---- renews what workers join with; a timer runs this on each control-plane machine ----

: "${KUBERNETES:=/etc/kubernetes}" "${RENEW_SECONDS:=600}"
readonly KUBERNETES RENEW_SECONDS

renew_join() {
  retry "$RENEW_SECONDS" renew
}

renew() {
  local admin=$RUN/join-admin.conf file=$RUN/join.conf token
  umask 077
  trap 'rm -f "$RUN/join-admin.conf" "$RUN/join.conf" "$RUN/token"' EXIT
  kubeadm kubeconfig user --config "$KUBERNETES/kubeadm.yaml" --client-name k8saws-join --org kubeadm:cluster-admins \
    --validity-period 10m >"$admin"
  if ! kubeadm token create --config "$KUBERNETES/kubeadm.yaml" --kubeconfig "$admin" >"$RUN/token" 2>"$RUN/kubeadm"; then
    because "kubeadm made no bootstrap token: $(tail -n 1 "$RUN/kubeadm" | cut -c 1-300). Look at this machine's API server and at etcd"
    return 1
  fi
  token=$(tail -n 1 "$RUN/token")
  rm -f "$RUN/token"
  [[ $token =~ ^[a-z0-9]{6}\.[a-z0-9]{16}$ ]] || fail "what kubeadm printed is no bootstrap token: is its version $KUBERNETES_VERSION?"
  sed 's/^/# /' "$KEPT/authorities" >"$file"
  cat >>"$file" <<END
apiVersion: v1
kind: Config
clusters:
  - name: $CLUSTER
    cluster:
      server: https://$API_HOST:6443
      certificate-authority-data: $(base64 -w 0 "$KUBERNETES/pki/ca.crt")
users:
  - name: join
    user:
      token: $token
contexts:
  - name: join
    context:
      cluster: $CLUSTER
      user: join
current-context: join
END
  s3_put join/nodes.conf "$file"
  say "workers may join until two hours from now"
}

# ---- the runbook ----

step renew-join renew_join
trap - EXIT
well_again
