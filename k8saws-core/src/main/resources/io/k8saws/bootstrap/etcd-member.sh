# ---- at the end ----

start_timers() {
  systemctl enable k8saws-certificates.timer
  systemctl restart k8saws-certificates.timer
}

# ---- the runbook ----

step identify identify
step check-clock check_clock
step hold-updates hold_updates
step prepare-kernel prepare_kernel
step install-programs install_programs
prepare_for_user
step attach-address attach_address
step fetch-secrets fetch_secrets
step attach-disks attach_disks
step mount-disks mount_disks
step start-etcd start_etcd
step wait-for-quorum wait_for_quorum
step record-initialised record_initialised
step start-timers start_timers
put_status 'done' 'done' ''
