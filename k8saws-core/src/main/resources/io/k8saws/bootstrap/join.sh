# ---- renews what workers join with; a timer runs this on each control-plane machine ----

renew() {
  local admin=$RUN/join-admin.conf file=$RUN/join.conf token
  # shellcheck source=/dev/null
  source "$RUN/facts"
  umask 077
  trap 'rm -f "$RUN/join-admin.conf" "$RUN/join.conf"' EXIT
  kubeadm kubeconfig user --config /etc/kubernetes/kubeadm.yaml --client-name k8saws-join --org kubeadm:cluster-admins \
    --validity-period 10m >"$admin"
  token=$(kubeadm token create --config /etc/kubernetes/kubeadm.yaml --kubeconfig "$admin" 2>/dev/null | tail -n 1)
  [[ $token =~ ^[a-z0-9]{6}\.[a-z0-9]{16}$ ]] || fail "kubeadm made no bootstrap token"
  sed 's/^/# /' /etc/k8saws/authorities >"$file"
  cat >>"$file" <<END
apiVersion: v1
kind: Config
clusters:
  - name: $CLUSTER
    cluster:
      server: https://$API_HOST:6443
      certificate-authority-data: $(base64 -w 0 /etc/kubernetes/pki/ca.crt)
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

retry 600 renew
