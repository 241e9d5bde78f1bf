# ---- what every machine does first ----

# Who this machine is, from the metadata service.
identify() {
  retry 120 look_at_oneself
}

look_at_oneself() {
  local instance zone address
  instance=$(imds meta-data/instance-id)
  zone=$(imds meta-data/placement/availability-zone)
  address=$(imds meta-data/local-ipv4)
  remember INSTANCE "$instance"
  remember ZONE "$zone"
  remember ADDRESS "$address"
  remember NODE_NAME "$instance"
  remember PROVIDER_ID "aws:///$zone/$instance"
  say "$instance in $zone with address $address"
}

# Certificates and signatures need a clock that is right within minutes; S3 tells the time without being asked who one is.
check_clock() {
  local there here
  there=$(curl -sS -m 10 -o /dev/null -D - "$S3/" | tr -d '\r' | sed -n 's/^[Dd]ate: //p' | head -n 1) || there=
  [[ -n $there ]] || return 0
  there=$(date -d "$there" +%s)
  here=$(date +%s)
  if ((here - there > 120 || there - here > 120)); then
    fail "the clock is off by $((here - there)) s: set up time synchronisation in the image (169.254.169.123 is Amazon's time server)"
  fi
}

# Flatcar exchanges its system and reboots when it likes to. Here a newer image comes with a new machine, as the plan says.
hold_updates() {
  local unit
  for unit in locksmithd.service update-engine.service; do
    if systemctl cat "$unit" >/dev/null 2>&1; then
      systemctl mask --now "$unit"
    fi
  done
}

prepare_kernel() {
  local module
  swapoff -a
  while read -r module; do
    modprobe "$module" || say "module $module cannot be loaded; it is taken to be built in"
  done </etc/modules-load.d/90-k8saws.conf
  sysctl --load=/etc/sysctl.d/90-k8saws.conf
}

# Programs by their hashes: lines of name, SHA-256, form, target, address.
install_programs() {
  local name sha256 form target address
  while read -r name sha256 form target address; do
    retry 900 install_program "$name" "$sha256" "$form" "$target" "$address"
  done </etc/k8saws/programs
}

install_program() {
  local name=$1 sha256=$2 form=$3 target=$4 address=$5 got=$CACHE/$1
  if [[ -f $got.installed ]] && [[ $(<"$got.installed") == "$sha256" ]]; then
    return 0
  fi
  mkdir -p "$CACHE"
  say "fetching $name from $address"
  fetch_program "$address" "$got"
  verify "$got" "$sha256"
  case $form in
    file) install -D -m 0755 "$got" "$target" ;;
    tar)
      mkdir -p "$target"
      tar -xzf "$got" -C "$target" --no-same-owner
      ;;
    etcd)
      mkdir -p "$target"
      tar -xzf "$got" -C "$target" --no-same-owner --strip-components=1 --wildcards '*/etcd' '*/etcdctl' '*/etcdutl'
      ;;
    *) fail "the list of programs has the unknown form $form" ;;
  esac
  rm -f "$got"
  printf '%s' "$sha256" >"$got.installed"
}

# fetch_program ADDRESS FILE: an address that starts with s3+ is asked with the machine's role.
fetch_program() {
  if [[ $1 == s3+* ]]; then
    signed s3 -H "$NO_BODY" -f -m 600 -o "$2" "${1#s3+}"
  else
    curl -sSfL -m 600 -o "$2" "$1"
  fi
}

# fill FILE TARGET: a document with what only the machine knows in the places of @NAMES@.
fill() {
  local text name
  text=$(<"$1")
  for name in ADDRESS API_HOST NODE_NAME PAUSE_IMAGE PROVIDER_ID; do
    text=${text//"@$name@"/"${!name-}"}
  done
  mkdir -p "$(dirname "$2")"
  (umask 077 && printf '%s\n' "$text" >"$2")
}

# restart_if_changed UNIT FILE...: a service runs with these files as they are now.
restart_if_changed() {
  local unit=$1 now
  shift
  now=$(cat "$@" | sha256sum)
  systemctl enable "$unit"
  if [[ $now != "$(cat "$RUN/$unit.sha256" 2>/dev/null)" ]] || ! systemctl is-active --quiet "$unit"; then
    systemctl restart "$unit"
    printf '%s\n' "$now" >"$RUN/$unit.sha256"
  fi
}

start_containerd() {
  local image
  image=$(kubeadm config images list --image-repository "$REGISTRY" --kubernetes-version "v$KUBERNETES_VERSION" 2>/dev/null | grep '/pause:')
  PAUSE_IMAGE=$image fill /etc/k8saws/containerd.toml /etc/containerd/config.toml
  restart_if_changed containerd.service /etc/containerd/config.toml
  retry 120 test -S /run/containerd/containerd.sock
}

# fetch_secrets: the files that only this machine's role may read, in one bundle. A machine that has them already goes on without the bucket: what it was given may have
# been deleted when its group got other files.
fetch_secrets() {
  local fetched=/etc/k8saws/secrets.fetched limit=1800 code
  if [[ -f $fetched ]] && [[ $(<"$fetched") == "$SECRETS" ]]; then
    limit=60
  fi
  set +e
  (
    set -e
    retry "$limit" fetch_secret_bundle
  )
  code=$?
  set -e
  if ((code == 0)); then
    unpack "$RUN/secrets"
    rm -f "$RUN/secrets"
    printf '%s' "$SECRETS" >"$fetched"
  elif ((limit == 60)); then
    rm -f "$RUN/reason"
    say "going on with the files that are here"
  else
    return "$code"
  fi
}

fetch_secret_bundle() {
  (umask 077 && s3_get "$SECRETS" "$RUN/secrets")
}
