# ---- fetch what makes this machine a node, and start it ----

fetch_files() {
  retry 900 fetch_bundle
  unpack "$RUN/bundle"
  rm -f "$RUN/bundle"
}

fetch_bundle() {
  s3_get "nodes/$PART/$BUNDLE" "$RUN/bundle"
  verify "$RUN/bundle" "$BUNDLE"
}

start_node() {
  systemctl daemon-reload
  systemctl enable --now --no-block k8saws-node.service
  printf '%s' "$BUNDLE" >/etc/k8saws/bundle
}

mkdir -p "$RUN" /etc/k8saws
export LC_ALL=C
# Flatcar runs user data at each boot. From the second on the unit does all, and the bundle may be gone from the bucket.
if [[ -f /etc/k8saws/bundle ]] && [[ $(</etc/k8saws/bundle) == "$BUNDLE" ]]; then
  exit 0
fi
step fetch-files fetch_files
step start-node start_node
