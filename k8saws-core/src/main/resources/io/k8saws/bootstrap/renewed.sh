# ---- takes the certificates that an apply has made anew in the cluster's bucket; a timer runs this each day on each machine that has secret files ----

: "${TAKE_SECONDS:=600}"
readonly TAKE_SECONDS

# etcd and the API server read their files at each new connection, so nothing is started anew.
take_renewed() {
  if ! systemctl is-active --quiet k8saws-node.service; then
    say "this machine is not done with its runbook, which takes them itself"
    return 0
  fi
  retry "$TAKE_SECONDS" fetch_renewed
  if [[ -s $RUN/secrets ]]; then
    unpack "$RUN/secrets"
  else
    say "this machine's group has other files by now: a roll replaces the machine"
  fi
  rm -f "$RUN/secrets"
  check_certificates
}

# An empty file when the bundle is gone.
fetch_renewed() {
  local code
  set +e
  (
    set -e
    fetch_secret_bundle
  )
  code=$?
  set -e
  case $code in
    0) ;;
    4) (umask 077 && : >"$RUN/secrets") ;;
    *) return 1 ;;
  esac
}
