# ---- takes the certificates that an apply has made anew in the cluster's bucket; a timer runs this each day on each machine that has secret files ----

: "${TAKE_SECONDS:=600}"
readonly TAKE_SECONDS

# etcd and the API server read their files at each new connection, so nothing is started anew. What cannot be had is no failure of this machine: its group may have other
# files by now, which a roll brings, and a bucket that may not be listed does not tell what is gone from what is denied.
take_renewed() {
  if ! systemctl is-active --quiet k8saws-node.service; then
    say "this machine is not done with its runbook, which takes them itself"
    return 0
  fi
  if retry "$TAKE_SECONDS" fetch_secret_bundle; then
    unpack "$RUN/secrets"
  else
    say "going on with the files that are here: $(cat "$RUN/reason" 2>/dev/null)"
  fi
  rm -f "$RUN/secrets" "$RUN/reason"
}
