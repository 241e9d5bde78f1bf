# ---- makes anew what this machine signs for itself, long before it ends ----

: "${KUBERNETES:=/etc/kubernetes}"
readonly KUBERNETES

# is_due FILE: whether two thirds of a certificate's life are over.
is_due() {
  local from to
  from=$(date -d "$(openssl x509 -noout -startdate -in "$1" | cut -d = -f 2)" +%s)
  to=$(date -d "$(openssl x509 -noout -enddate -in "$1" | cut -d = -f 2)" +%s)
  ((3 * ($(date +%s) - from) >= 2 * (to - from)))
}

# The runbook makes them at each run, and starts what reads them only once anew. While it runs by itself, or failed and is about to, there is nothing to do.
renew_certificates() {
  local file=$KUBERNETES/pki/apiserver.crt
  command -v openssl >/dev/null || {
    say "without openssl in the image nobody looks how old the certificates are"
    return 0
  }
  if ! systemctl is-active --quiet k8saws-node.service; then
    say "this machine is not done with its runbook"
  elif is_due "$file"; then
    say "$file has lived for two thirds of its time: running the runbook again"
    systemctl restart --no-block k8saws-node.service
  fi
}

# ---- the runbook ----

renew_certificates
take_renewed
step check-certificates check_certificates
trap - EXIT
well_again
