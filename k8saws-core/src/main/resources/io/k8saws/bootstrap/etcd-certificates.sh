# ---- the runbook ----

step take-renewed take_renewed
trap - EXIT
well_again
