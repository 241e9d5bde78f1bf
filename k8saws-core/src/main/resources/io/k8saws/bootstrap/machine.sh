# ---- what every machine does first ----

# Who this machine is, from the metadata service.
identify() {
  retry 120 look_at_oneself
}

look_at_oneself() {
  local instance zone address
  if ! { instance=$(imds meta-data/instance-id) && zone=$(imds meta-data/placement/availability-zone) && address=$(imds meta-data/local-ipv4); }; then
    because "the metadata service $IMDS does not say who this machine is. Look at the launch template's metadata options"
    return 1
  fi
  remember INSTANCE "$instance"
  remember ZONE "$zone"
  remember ADDRESS "$address"
  remember NODE_NAME "$instance"
  remember PROVIDER_ID "aws:///$zone/$instance"
  say "$instance in $zone with address $address"
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

# Packages that the cluster's spec names, by the image's own tool. Those that are there are not asked for again.
install_packages() {
  local name missing=()
  while read -r name; do
    has_package "$name" || missing+=("$name")
  done <"$KEPT/packages"
  ((${#missing[@]} == 0)) || retry 900 add_packages "${missing[@]}"
}

has_package() {
  if command -v dpkg-query >/dev/null; then
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
  else
    rpm -q "$1" >/dev/null 2>&1
  fi
}

add_packages() {
  local code=0
  if command -v apt-get >/dev/null; then
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy -o DPkg::Lock::Timeout=120 --no-install-recommends install "$@"; } || code=$?
  elif command -v dnf >/dev/null; then
    dnf -qy install "$@" || code=$?
  else
    fail "this image has neither apt nor dnf: take machines.packages out of the spec, and build '$*' into an image of yours"
  fi
  if ((code != 0)); then
    because "the packages '$*' cannot be installed: the log has the tool's words. Look at the names, and at this machine's way to the packages' mirror"
    return 1
  fi
}

# Commands of the cluster's spec run once on a machine, and again when they failed or are others.
run_commands() {
  local hash
  hash=$(sha256sum <"$KEPT/commands")
  if [[ -f $KEPT/commands.done ]] && [[ $(<"$KEPT/commands.done") == "$hash" ]]; then
    say "they ran before"
    return 0
  fi
  bash "$KEPT/commands" || {
    because "a command of machines.commands failed: the log shows it as the last one"
    return 1
  }
  printf '%s' "$hash" >"$KEPT/commands.done"
}

# prepare_for_user: what the cluster's spec asks for beside the library's own.
prepare_for_user() {
  if [[ -f $KEPT/packages ]]; then
    step install-packages install_packages
  fi
  if [[ -f $KEPT/commands ]]; then
    step run-commands run_commands
  fi
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
  if ! fetch_program "$address" "$got" 2>"$RUN/curl"; then
    because "$name cannot be fetched from $address: $(tail -n 1 "$RUN/curl"). Look at the mirror, and at this machine's way there"
    return 1
  fi
  verify "$got" "$sha256" "$name from $address" "Look at that place. If the file was meant to change, give its hash in assets.sha256"
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
    curl -sSfL --connect-timeout 10 -m 600 -o "$2" "$1"
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
  retry 120 containerd_listens
}

containerd_listens() {
  [[ -S /run/containerd/containerd.sock ]] || {
    because "containerd does not listen: 'journalctl -u containerd' has its words"
    return 1
  }
}
