# ---- fetch what makes this machine a node, and start it ----

fetch_files() {
  retry 900 fetch_bundle
  unpack "$RUN/bundle"
  rm -f "$RUN/bundle"
}

fetch_bundle() {
  s3_get "nodes/$PART/$BUNDLE" "$RUN/bundle"
  verify "$RUN/bundle" "$BUNDLE" "nodes/$PART/$BUNDLE in the cluster's bucket" "Plan and apply the cluster"
}

start_node() {
  systemctl daemon-reload
  systemctl enable --now --no-block k8saws-node.service
  printf '%s' "$BUNDLE" >"$KEPT/bundle"
}

# The clock comes first: when it is wrong S3 refuses all else, the status too, and only the console can say so.
all_steps() {
  step check-clock check_clock
  step fetch-files fetch_files
  step start-node start_node
}

# until_done FUNCTION: this script runs once in a machine's life, so it does not give up: what it waits for may be put right at any time.
until_done() {
  local code
  while :; do
    set +e
    (
      set -e
      "$1"
    )
    code=$?
    set -e
    ((code != 0)) || return 0
    say "all steps again in $AGAIN_SECONDS s"
    sleep "$AGAIN_SECONDS"
  done
}

: "${AGAIN_SECONDS:=30}"
mkdir -p "$RUN" "$KEPT"
export LC_ALL=C

# ---- the runbook ----

# Flatcar runs user data at each boot. From the second on the unit does all, and the bundle may be gone from the bucket.
if [[ -f $KEPT/bundle ]] && [[ $(<"$KEPT/bundle") == "$BUNDLE" ]]; then
  exit 0
fi
until_done all_steps
