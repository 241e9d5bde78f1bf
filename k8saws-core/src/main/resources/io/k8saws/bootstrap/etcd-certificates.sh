# ---- the runbook ----

take_renewed
step check-certificates check_certificates
trap - EXIT
well_again
