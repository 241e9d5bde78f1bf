#!/usr/bin/env bash
# k8saws: makes this machine a member of etcd. It may be run again at any time.
# shellcheck disable=SC2153 # names in capitals come from node.env and from earlier steps
set -euo pipefail
export LC_ALL=C PATH=/opt/bin:$PATH
# shellcheck source=/dev/null
source /etc/k8saws/node.env

# ---- steps, retries, and the three things a machine asks AWS for: who it is, files, its status ----

: "${IMDS:=http://169.254.169.254}" "${RUN:=/run/k8saws}" "${LOG:=/var/log/k8saws.log}" "${CACHE:=/var/cache/k8saws}"
: "${KEPT:=/etc/k8saws}" "${FACTS:=$RUN/facts}" "${KEYS:=$KEPT/keys}"
: "${TELL_SECONDS:=30}" # so often at most the status is written while a step is tried again
readonly IMDS RUN LOG CACHE KEPT FACTS KEYS TELL_SECONDS
readonly NO_USE=9 # the exit code that means: trying again does not help

# Prints a line; steps write all they print to the log, too.
say() {
  printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"
}

# fail REASON: ends a step for good; the reason goes into the status.
fail() {
  say "$*"
  printf '%s' "$*" >"$RUN/reason"
  exit "$NO_USE"
}

# because REASON: says why a try did not succeed. The last one goes into the status.
because() {
  say "$*"
  printf '%s' "$*" >"$RUN/reason"
}

# Certificates and signatures need a clock that is right within minutes. S3 tells the time without being asked who one is. To a wrong clock its certificate is not valid,
# so this one time, for nothing but the header, it need not be.
check_clock() {
  local there here
  there=$(curl -ksS --connect-timeout 10 -m 20 -o /dev/null -D - "$S3/" | tr -d '\r' | sed -n 's/^[Dd]ate: //p' | head -n 1) || there=
  if [[ -z $there ]]; then
    say "S3 does not tell the time"
    return 0
  fi
  there=$(date -d "$there" +%s)
  here=$(date +%s)
  if ((here - there > 120 || there - here > 120)); then
    fail "the clock is off by $((here - there)) s: set up time synchronisation in the image (169.254.169.123 is Amazon's time server)"
  fi
}

# remember NAME VALUE: keeps what a step has found out for the steps after it.
remember() {
  printf '%s=%q\n' "$1" "$2" >>"$FACTS"
}

# step NAME FUNCTION: runs one step in a shell of its own, tells how long it took, and writes the machine's status.
step() {
  local name=$1 start=$SECONDS code
  rm -f "$RUN/reason"
  say "[$name] begins"
  put_status "$name" running ''
  STEP=$name TOLD=$SECONDS
  set +e
  (
    set -e
    if [[ -f $FACTS ]]; then
      # shellcheck source=/dev/null
      source "$FACTS"
    fi
    "$2"
  ) 2>&1 | tee -a "$LOG"
  code=${PIPESTATUS[0]}
  set -e
  if ((code == 0)); then
    say "[$name] took $((SECONDS - start)) s"
    return
  fi
  [[ -s $RUN/reason ]] || printf '%s' "ended with code $code" >"$RUN/reason"
  say "[$name] failed after $((SECONDS - start)) s: $(<"$RUN/reason")"
  put_status "$name" failed "$(<"$RUN/reason")"
  exit 1
}

# retry SECONDS COMMAND...: tries again after growing pauses until it succeeds, or the time is over, or trying does not help.
retry() {
  local limit=$1 start=$SECONDS pause=1 code
  shift
  while :; do
    rm -f "$RUN/reason"
    set +e
    (
      set -e
      "$@"
    )
    code=$?
    set -e
    ((code != NO_USE)) || exit "$NO_USE"
    if ((code == 0)); then
      rm -f "$RUN/reason"
      return 0
    fi
    [[ -s $RUN/reason ]] || printf '%s' "'$*' ended with code $code: the log has its words" >"$RUN/reason"
    if ((SECONDS - start + pause > limit)); then
      printf '%s' " (tried for $limit s)" >>"$RUN/reason"
      return "$code"
    fi
    say "trying again in $pause s: $1"
    tell_why
    sleep "$pause"
    pause=$((pause < 16 ? pause * 2 : 30))
  done
}

# While a step is tried again, the status says why.
tell_why() {
  if [[ -n ${STEP-} ]] && ((SECONDS - TOLD >= TELL_SECONDS)); then
    put_status "$STEP" running "$(<"$RUN/reason")"
    TOLD=$SECONDS
  fi
}

# imds PATH: asks the metadata service (version 2).
imds() {
  local session
  session=$(curl -sSf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$IMDS/latest/api/token") &&
    curl -sSf -m 5 -H "X-aws-ec2-metadata-token: $session" "$IMDS/latest/$1"
}

# json_text NAME: the text that a JSON document on standard input has for a name.
json_text() {
  sed -n "s/.*\"$1\" *: *\"\\([^\"]*\\)\".*/\\1/p" | head -n 1
}

# signed SERVICE CURL-OPTION...: one request, signed by curl with the keys of the machine's role. The keys go through a pipe, so that no list of processes shows them.
signed() {
  local service=$1 role keys
  shift
  role=$(imds meta-data/iam/security-credentials/) && keys=$(imds "meta-data/iam/security-credentials/$role") || return 1
  printf 'user = "%s:%s"\nheader = "X-Amz-Security-Token: %s"\naws-sigv4 = "aws:amz:%s:%s"\n' \
    "$(json_text AccessKeyId <<<"$keys")" "$(json_text SecretAccessKey <<<"$keys")" "$(json_text Token <<<"$keys")" \
    "$REGION" "$service" | curl -sS --connect-timeout 10 -m 120 --config - "$@"
}

# answer CODE FILE: what a request brought, in short, and what to look at: the words in an error of AWS, or curl's own in $RUN/curl when the code is none.
answer() {
  local words
  if [[ $1 == none ]]; then
    words=$(tail -n 1 "$RUN/curl" 2>/dev/null) || words=
    printf '%s' "no answer: ${words:-curl said nothing}. Look at this machine's way there: name server, routes, endpoints, security groups"
    return
  fi
  words=$(tr -cd '[:print:]' <"$2" 2>/dev/null | grep -oE '<(Code|Message)>[^<]*' | sed 's/<[^>]*>//' | paste -s -d ' ') || words=
  printf '%s' "answer $1 ${words:0:300}"
  case $1 in
    401 | 403) printf '%s' ". Look at the rights of this machine's role, at the policy of what it asks, and at the clock" ;;
  esac
}

# S3 wants the hash of the body among what is signed, and curl before version 8 does not send it by itself.
readonly NO_BODY='x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

# s3_get KEY FILE: code 4 says that there is no such object.
s3_get() {
  local code
  code=$(signed s3 -H "$NO_BODY" -o "$2.part" -w '%{http_code}' "$S3/$1" 2>"$RUN/curl") || code=none
  case $code in
    200) mv "$2.part" "$2" ;;
    404)
      rm -f "$2.part"
      printf '%s' "there is no $1 in the cluster's bucket. Plan and apply the cluster" >"$RUN/reason"
      return 4
      ;;
    *)
      because "GET $S3/$1: $(answer "$code" "$2.part")"
      rm -f "$2.part"
      return 1
      ;;
  esac
}

# s3_put KEY FILE [CURL-OPTION...]: code 4 says that a condition in the options does not hold.
s3_put() {
  local key=$1 file=$2 code hash
  shift 2
  hash=$(sha256sum <"$file")
  code=$(signed s3 -X PUT --data-binary "@$file" -H "x-amz-content-sha256: ${hash%% *}" -H 'Content-Type: text/plain' "$@" \
    -o "$RUN/answer" -w '%{http_code}' "$S3/$key" 2>"$RUN/curl") || code=none
  case $code in
    200) ;;
    412) return 4 ;;
    *)
      because "PUT $S3/$key: $(answer "$code" "$RUN/answer")"
      return 1
      ;;
  esac
}

# verify FILE SHA256 SOURCE REMEDY: deletes what is not as it should be. What is wrong twice in the same way is no accident on the way here.
verify() {
  local actual reason
  actual=$(sha256sum "$1")
  actual=${actual%% *}
  if [[ $actual == "$2" ]]; then
    rm -f "$1.wrong"
    return 0
  fi
  rm -f "$1"
  reason="$3 has the SHA-256 $actual, not $2"
  if [[ $actual == "$(cat "$1.wrong" 2>/dev/null)" ]]; then
    rm -f "$1.wrong"
    fail "$reason, twice. $4"
  fi
  printf '%s' "$actual" >"$1.wrong"
  because "$reason"
  return 1
}

# unpack BUNDLE: writes the files of a bundle; each stands after a line of its mode, bytes and path. What is there already stays. The paths are in $RUN/files then.
unpack() {
  local mode bytes path file=$RUN/unpacked
  : >"$RUN/files"
  {
    read -r _
    while read -r mode bytes path; do
      (umask 077 && head -c "$bytes" >"$file")
      read -r _ || true
      [[ $(stat -c %s "$file") == "$bytes" ]] || fail "the bundle ends within $path"
      if cmp -s "$file" "$path"; then
        chmod "$mode" "$path"
      else
        install -D -m "$mode" "$file" "$path.new"
        say "wrote $path"
      fi
      printf '%s\n' "$path" >>"$RUN/files"
      rm -f "$file"
    done
  } <"$1"
  # all at once: who reads a certificate and its key meanwhile has both old or both new, but for a moment
  while read -r path; do
    [[ ! -e $path.new ]] || mv "$path.new" "$path"
  done <"$RUN/files"
}

# json TEXT: the text as a JSON string.
json() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  text=${text//[[:cntrl:]]/ }
  printf '"%s"' "$text"
}

# json_lines: the lines of standard input as elements of a JSON list.
json_lines() {
  local line separator=''
  while IFS= read -r line; do
    [[ -n $line ]] || continue
    printf '%s%s' "$separator" "$(json "$line")"
    separator=,
  done
}

# put_status STEP STATE REASON: tells the cluster's owner where this machine is. A status that cannot be written stops nothing.
put_status() {
  local instance lines keys kept
  [[ ${TELLS-} != failures || $2 != running ]] || return 0
  instance=$(imds meta-data/instance-id) || return 0
  lines=$(tail -n 20 "$LOG" 2>/dev/null | tr -cd '\n[:print:]' | cut -c 1-300) || lines=
  keys=$(cat "$KEYS" 2>/dev/null) || keys=
  {
    printf '{"version":1,"cluster":%s,"role":%s,"part":%s,"instance":%s,"step":%s,"state":%s,"reason":%s,"time":%s,"uptimeSeconds":%s,"keys":[' \
      "$(json "$CLUSTER")" "$(json "$ROLE")" "$(json "$PART")" "$(json "$instance")" "$(json "$1")" "$(json "$2")" \
      "$(json "$3")" "$(json "$(date -u +%Y-%m-%dT%H:%M:%SZ)")" "$SECONDS"
    json_lines <<<"$keys"
    printf '],"log":['
    json_lines <<<"$lines"
    printf ']}\n'
  } >"$RUN/status.json"
  kept=$(cat "$RUN/reason" 2>/dev/null) || kept=
  s3_put "status/$ROLE/$instance.json" "$RUN/status.json" || true
  printf '%s' "$kept" >"$RUN/reason" # of the step, not of this
}

mkdir -p "$RUN"

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

# ---- secret files: what only this machine's role may read ----

fetch_secret_bundle() {
  (umask 077 && s3_get "$SECRETS" "$RUN/secrets")
}

# Of what the machine was given nothing may have ended: what verifies or shows it would be refused by all others, each with words of its own.
check_certificates() {
  local file
  if ! command -v openssl >/dev/null; then
    say "without openssl nobody looks whether certificates have ended"
    return 0
  fi
  while read -r file; do
    if [[ $file == *.crt ]] && has_ended "$file"; then
      fail "$file has ended: $(openssl x509 -noout -subject -enddate -in "$file" | paste -s -d ' ')." \
        "Plan and apply the cluster, which makes certificates anew; this machine takes them at its next try. An authority must be replaced: docs/pki.md says how"
    fi
  done <"$KEPT/secrets.files"
}

# has_ended FILE: whether no certificate in it is valid any more; during a rotation it holds two.
has_ended() {
  local line text=''
  while IFS= read -r line; do
    text+=$line$'\n'
    if [[ $line == '-----END CERTIFICATE-----' ]]; then
      if openssl x509 -noout -checkend 0 <<<"$text" >/dev/null; then
        return 1
      fi
      text=''
    fi
  done <"$1"
}

: "${HAVE_SECONDS:=60}" # so long a machine that has its secret files asks for them
readonly HAVE_SECONDS

# fetch_secrets: the files that only this machine's role may read, in one bundle. A machine that has them already goes on without the bucket: what it was given may have
# been deleted when its group got other files.
fetch_secrets() {
  local fetched=$KEPT/secrets.fetched limit=1800 code
  if [[ -f $fetched ]] && [[ $(<"$fetched") == "$SECRETS" ]]; then
    limit=$HAVE_SECONDS
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
    cp "$RUN/files" "$KEPT/secrets.files"
    printf '%s' "$SECRETS" >"$fetched"
  elif ((limit < 1800)); then
    rm -f "$RUN/reason"
    say "going on with the files that are here"
  else
    return "$code"
  fi
  check_certificates
}

# ---- an etcd member: its address, its disks, and etcd itself ----

: "${DISKS:=/var/lib}"
readonly DISKS
readonly MARKER=made-ready-by-k8saws # on a disk: it was formatted for this member
readonly RESTORED=restored-on         # on a disk: a restore of the whole cluster was put on it, on which volume, and what the bucket said of the member's disks then

# ec2 ACTION PARAMETER...: asks EC2's query interface.
ec2() {
  local action=$1 parameter options=() code
  shift
  for parameter in "Action=$action" Version=2016-11-15 "$@"; do
    options+=(--data-urlencode "$parameter")
  done
  code=$(signed ec2 "${options[@]}" -o "$RUN/ec2.xml" -w '%{http_code}' "$EC2/" 2>"$RUN/curl") || code=none
  if [[ $code != 200 ]]; then
    because "$action at $EC2: $(answer "$code" "$RUN/ec2.xml")"
    return 1
  fi
}

# of_member PREFIX-PARAMETER...: the filters that find what carries this member's tags.
of_member() {
  printf '%s\n' "Filter.1.Name=tag:KubernetesCluster" "Filter.1.Value.1=$CLUSTER" \
    "Filter.2.Name=tag:k8saws.io/etcd-member" "Filter.2.Value.1=$ETCD_MEMBER" "$@"
}

# xml NAME: the different texts that the last answer has in elements of a name, one a line.
xml() {
  { grep -o "<$1>[^<]*</$1>" "$RUN/ec2.xml" || true; } | sed 's/<[^>]*>//g' | sort -u
}

# The member's fixed address: a network interface that outlives the machines.
attach_address() {
  if has_address; then
    say "$ETCD_ADDRESS is here already"
    return 0
  fi
  retry 900 find_interface
  keep_from_networkd "$(<"$RUN/member-mac")"
  retry 900 attach_interface
  retry 120 set_up_interface
}

has_address() {
  [[ $(ip -4 -o address show) == *" $ETCD_ADDRESS/"* ]]
}

# Waits until the interface is free or ours.
find_interface() {
  local filters interface holder
  mapfile -t filters < <(of_member)
  ec2 DescribeNetworkInterfaces "${filters[@]}"
  interface=$(xml networkInterfaceId)
  [[ $interface =~ ^eni-[0-9a-f]+$ ]] || fail "$ETCD_MEMBER has not exactly one network interface: '${interface//$'\n'/ }'. Plan and apply the cluster again"
  holder=$(xml instanceId)
  if [[ -n $holder && $holder != "$INSTANCE" ]]; then
    because "network interface $interface is attached to $holder. It lets go when that machine ends: if it still runs, terminate it"
    return 1
  fi
  xml macAddress >"$RUN/member-mac"
  printf '%s' "$interface" >"$RUN/member-interface"
  printf '%s' "$holder" >"$RUN/member-holder"
}

attach_interface() {
  find_interface
  [[ -s $RUN/member-holder ]] ||
    ec2 AttachNetworkInterface "NetworkInterfaceId=$(<"$RUN/member-interface")" "InstanceId=$INSTANCE" DeviceIndex=1
}

# keep_from_networkd MAC: where systemd-networkd runs, it would give the interface what DHCP says, and take our routes and rules away.
keep_from_networkd() {
  systemctl is-active --quiet systemd-networkd.service || return 0
  mkdir -p /etc/systemd/network
  printf '[Match]\nMACAddress=%s\n\n[Link]\nUnmanaged=yes\n' "$1" >/etc/systemd/network/05-k8saws-member.network
  networkctl reload
}

# The interface lies in the same subnet as the machine's first one, so packets from its address need a table of routes of their own. Peers compare a caller's address
# with its certificate, so the way to them leads through this interface, too.
set_up_interface() {
  local mac link peer
  mac=$(<"$RUN/member-mac")
  for link in /sys/class/net/*; do
    if [[ $(<"$link/address") == "$mac" ]]; then
      link=${link##*/}
      ip link set dev "$link" up
      ip address replace "$ETCD_ADDRESS/32" dev "$link"
      ip route replace "$ETCD_GATEWAY" dev "$link" table 101
      ip route replace default via "$ETCD_GATEWAY" dev "$link" table 101
      ip rule delete from "$ETCD_ADDRESS" 2>/dev/null || true
      ip rule add from "$ETCD_ADDRESS" table 101
      for peer in $ETCD_PEERS; do
        ip route replace "$peer/32" via "$ETCD_GATEWAY" dev "$link" onlink src "$ETCD_ADDRESS"
      done
      sysctl -w "net.ipv4.conf.$link.rp_filter=2"
      say "$ETCD_ADDRESS is on $link"
      return 0
    fi
  done
  because "no interface has the address $mac yet: 'ip link' shows those that there are"
  return 1
}

# The member's own disks, one for each of its etcd clusters.
attach_disks() {
  local cluster
  for cluster in $ETCD_CLUSTERS; do
    retry 900 attach_disk "$cluster"
    retry 300 find_disk "$cluster"
  done
}

attach_disk() {
  local cluster=$1 filters volume holder
  mapfile -t filters < <(of_member "Filter.3.Name=tag:k8saws.io/etcd-cluster" "Filter.3.Value.1=$cluster" \
    Filter.4.Name=status Filter.4.Value.1=available Filter.4.Value.2=in-use)
  ec2 DescribeVolumes "${filters[@]}"
  volume=$(xml volumeId)
  [[ $volume =~ ^vol-[0-9a-f]+$ ]] || fail "$ETCD_MEMBER has not exactly one disk for etcd-$cluster: '${volume//$'\n'/ }'. Plan and apply the cluster again"
  printf '%s' "$volume" >"$RUN/etcd-$cluster.volume"
  holder=$(xml instanceId)
  if [[ -n $holder && $holder != "$INSTANCE" ]]; then
    because "disk $volume is attached to $holder. It lets go when that machine ends: if it still runs, terminate it"
    return 1
  fi
  [[ $holder == "$INSTANCE" ]] || ec2 AttachVolume "VolumeId=$volume" "InstanceId=$INSTANCE" "Device=$(device "$cluster")"
}

device() {
  if [[ $1 == main ]]; then echo /dev/sdf; else echo /dev/sdg; fi
}

find_disk() {
  local cluster=$1 volume place
  volume=$(<"$RUN/etcd-$cluster.volume")
  for place in "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol${volume#vol-}" "$(device "$cluster" | sed s/sd/xvd/)"; do
    if [[ -b $place ]]; then
      printf '%s' "$place" >"$RUN/etcd-$cluster.disk"
      say "$volume is $place"
      return 0
    fi
  done
  because "disk $volume is attached, and its device is not there yet: 'lsblk' shows those that there are"
  return 1
}

# No order is followed before each disk may start: else the machine would fail at another one, and the order would be used up.
mount_disks() {
  local cluster
  for cluster in $ETCD_CLUSTERS; do
    retry 300 ask_bucket "$cluster"
  done
  for cluster in $ETCD_CLUSTERS; do
    retry 300 decide_start "$cluster"
  done
  for cluster in $ETCD_CLUSTERS; do
    mount_disk "$cluster"
  done
}

# Objects in the bucket know: that all members have been up once, which disk this member was given, an order of the owner to take a new one, which orders have been
# followed, because each serves once, and each restore by hand that the member started from. A restore goes on the disk with what stands in .here, so that it tells
# which disks and orders it knew of.
ask_bucket() {
  local cluster=$1 of=$RUN/etcd-$1 mine=etcd/$1/$ETCD_MEMBER count=0 latest=''
  look_up "etcd/$cluster/initialised" "$of.initialised"
  look_up "$mine/disk" "$of.given"
  look_up "$mine/order" "$of.order"
  look_up "$(followed "$cluster")" "$of.followed"
  while :; do
    look_up "$mine/followed/restore-$((count + 1))" "$RUN/restore"
    [[ -s $RUN/restore ]] || break
    latest=$(<"$RUN/restore")
    count=$((count + 1))
  done
  printf '%s' "$((count + 1))" >"$of.next-restore"
  # whole or not at all: who restores may stop this machine's runbook here, and copies it
  here "$cluster" "$(<"$of.volume")" "$((count + 1))" >"$of.here.new"
  mv "$of.here.new" "$of.here"
  # a restore that knew of no other order than the one at hand is the newer of the two
  if [[ -n $latest && ${latest##* } == "$(hash_of_order "$cluster")" ]]; then
    printf '%s' "${latest%% *}" >"$of.restored"
  else
    : >"$of.restored"
  fi
}

# here CLUSTER VOLUME N: what is written down for the member's restore number N when it is on this volume.
here() {
  local given
  given=$(<"$RUN/etcd-$1.given")
  printf '%s is restore %s of %s after disk %s and order %s' "$2" "$3" "$(mark "$1")" "${given:-none}" "$(hash_of_order "$1")"
}

hash_of_order() {
  local hash
  hash=$(sha256sum <"$RUN/etcd-$1.order")
  printf '%s' "${hash%% *}"
}

# How may this member start? A member that once had data never starts empty: it would vote as if it had never promised anything.
decide_start() {
  local cluster=$1 of=$RUN/etcd-$1 disk volume data=blank restored start
  volume=$(<"$of.volume")
  disk=$(<"$of.disk")
  if ! is_blank "$disk"; then
    [[ $(blkid -p -s TYPE -o value "$disk") == ext4 ]] || fail "disk $volume is neither blank nor formatted with ext4: something else wrote to it. Give the member its own disk, or a blank one, and replace it"
    mountpoint -q "$DISKS/etcd-$cluster" || { mkdir -p "$DISKS/etcd-$cluster" && mount "$disk" "$DISKS/etcd-$cluster"; }
    if [[ -f $DISKS/etcd-$cluster/$MARKER ]]; then
      data=no
      [[ ! -s $DISKS/etcd-$cluster/$MARKER ]] || check_mark "$cluster" "$volume" "$DISKS/etcd-$cluster/$MARKER"
    fi
    ! has_log "$DISKS/etcd-$cluster/data" || data=yes
    restored=$DISKS/etcd-$cluster/$RESTORED
    [[ $data != yes || ! -s $restored || $(<"$restored") != "$(<"$of.here")" ]] || data=restored
  fi
  start=$(verdict "$data" "$volume" "$(<"$of.initialised")" "$(<"$of.given")" "$(head -n 1 "$of.order")" "$(<"$of.followed")" "$(<"$of.restored")")
  say "etcd-$cluster on $volume: data $data: $start"
  case $start in
    existing | new | ordered | restored) printf '%s' "$start" >"$of.start" ;;
    *) fail "etcd-$cluster does not start on $volume: $start" ;;
  esac
}

# has_log DIRECTORY: whether a member has begun to write down what it promises there. One that was cut off before that has folders, and has promised nothing.
has_log() {
  compgen -G "$1/member/wal/*.wal" >/dev/null
}

# mark CLUSTER: what stands on the disk of this member.
mark() {
  printf 'etcd-%s of %s of cluster %s' "$1" "$ETCD_MEMBER" "$CLUSTER"
}

check_mark() {
  local found
  found=$(<"$3")
  # disks that were made ready by an older version name no cluster
  [[ $found == "$(mark "$1")" || $found == "etcd-$1 of $ETCD_MEMBER" ]] || fail "disk $2 is marked as that of $found, and this is $(mark "$1"). Give it back to its member, and plan and apply the cluster, which makes a new disk"
}

# followed CLUSTER: the key that says that the order at hand has been followed.
followed() {
  echo "etcd/$1/$ETCD_MEMBER/followed/$(hash_of_order "$1")"
}

# A disk without a single byte in its first MiB; one that cannot be read is not taken for that.
is_blank() {
  head -c 1048576 "$1" >"$RUN/disk-head"
  [[ $(stat -c %s "$RUN/disk-head") == 1048576 ]] || fail "disk $1 cannot be read: 'dmesg' says why. If it is broken, delete it, plan and apply the cluster, which makes a new one, and replace the member"
  [[ -z $(tr -d '\0' <"$RUN/disk-head" | head -c 1 | od -An -c) ]]
}

# look_up KEY FILE: an empty file when there is no such object. Any other answer is an error: not to know is not the same as nothing.
look_up() {
  local code
  set +e
  (
    set -e
    s3_get "$1" "$2"
  )
  code=$?
  set -e
  case $code in
    0) ;;
    4)
      : >"$2"
      rm -f "$RUN/reason"
      ;;
    *) return 1 ;;
  esac
}

# verdict DATA VOLUME INITIALISED GIVEN-DISK ORDERED-DISK FOLLOWED RESTORED-DISK: existing, new, ordered or restored; anything else says why not. DATA is yes, restored
# when a restore of the whole cluster was put on this very volume and neither an order nor another restore came after it, no when the disk was only made ready for etcd, or
# blank when not even that. RESTORED-DISK is that of a restore that the member started from, unless an order came after it. Data counts on the disk that the member had
# last: what another one has, as one from before an order or made from a snapshot of the member's, may be older than what the member has promised since.
verdict() {
  local data=$1 volume=$2 initialised=$3 given=$4 ordered=$5 followed=$6 restored=$7 last hint=''
  last=${restored:-${ordered:-$given}}
  if [[ $data == restored ]]; then
    echo restored
  elif [[ $data == yes && -n $last && $last != "$volume" ]]; then
    # a member that has started from a restore has promised things since: the same step on one machine alone would make it forget them
    [[ -n $restored ]] || hint=". If a restore by hand is under way, and no machine has taken its third step, do its second step again on this machine"
    echo "it has data, and the member was given $last: what is on it may be older than what the member has promised since. Give the member its own disk, or a blank one, and replace it$hint"
  elif [[ $data == yes ]]; then
    echo existing
  elif [[ $ordered == "$volume" && -n $followed ]]; then
    echo "it is empty, and its order was followed before: its disk is lost. Replace the member"
  elif [[ $ordered == "$volume" && -z $restored ]]; then
    echo ordered
  elif [[ -n $initialised ]]; then
    echo "it is empty, and the cluster has data: its disk is lost. Replace the member"
  elif [[ -n $given && $given != "$volume" ]]; then
    echo "the member was given $given before: its disk is lost. Replace the member"
  elif [[ -n $given && $data == blank ]]; then
    echo "it is blank, and was made ready for the member before: its disk is lost. Replace the member"
  else
    echo new
  fi
}

mount_disk() {
  local cluster=$1 place=$DISKS/etcd-$1 disk start volume
  disk=$(<"$RUN/etcd-$cluster.disk")
  start=$(<"$RUN/etcd-$cluster.start")
  volume=$(<"$RUN/etcd-$cluster.volume")
  [[ $start != new ]] || retry 300 still_new "$cluster" "$volume"
  if is_blank "$disk"; then
    say "formatting $volume"
    mkfs.ext4 -q -L "etcd-$cluster" "$disk"
  fi
  mkdir -p "$place"
  mountpoint -q "$place" || mount "$disk" "$place"
  chmod 0700 "$place"
  if [[ ! -s $place/$MARKER ]]; then
    printf '%s\n' "$(mark "$cluster")" >"$place/$MARKER.new"
    sync -f "$place/$MARKER.new"
    mv "$place/$MARKER.new" "$place/$MARKER"
  fi
  sync -f "$place/$MARKER" # the disk says so before the bucket does
  [[ $start == existing ]] || rm -f "$RUN/etcd-$cluster.here" # it does not know of the claim
  case $start in
    new) retry 120 claim_disk "$cluster" "$volume" ;;
    ordered) retry 120 claim_order "$cluster" ;;
    restored) retry 120 claim_restore "$cluster" ;;
  esac
  {
    if [[ $start == ordered ]]; then
      echo ETCD_INITIAL_CLUSTER_STATE=existing
      sed -n 's/^initial-cluster: /ETCD_INITIAL_CLUSTER=/p' "$RUN/etcd-$cluster.order"
    else
      echo ETCD_INITIAL_CLUSTER_STATE=new
    fi
  } >"$RUN/etcd-$cluster.env"
  install -m 0644 "$RUN/etcd-$cluster.env" "$KEPT/etcd-$cluster.start"
}

# Between the verdict and this a disk of the other etcd may have been waited for: meanwhile the cluster may have come up, or a restore by hand may have begun it anew.
still_new() {
  look_up "etcd/$1/initialised" "$RUN/initialised"
  [[ ! -s $RUN/initialised ]] || fail "etcd-$1 does not start on $2: it is empty, and the cluster has data since a moment ago: its disk is lost. Replace the member"
}

# Writes down which disk the member has, before etcd first writes to it. Of two machines for one member, one is told no.
claim_disk() {
  local cluster=$1 volume=$2
  printf '%s' "$volume" >"$RUN/claim"
  put_once "etcd/$cluster/$ETCD_MEMBER/disk" "$RUN/claim"
  s3_get "etcd/$cluster/$ETCD_MEMBER/disk" "$RUN/given-disk"
  [[ $(<"$RUN/given-disk") == "$volume" ]] || fail "another machine took the disk $(<"$RUN/given-disk") for $ETCD_MEMBER, and this one has $volume. Terminate the one that is too many; if the other disk is lost, replace the member"
}

# An order serves once: else a disk that loses its data later would be taken for a new one again.
claim_order() {
  local code
  printf '%s' "$INSTANCE" >"$RUN/claim"
  set +e
  (
    set -e
    s3_put "$(followed "$1")" "$RUN/claim" -H 'If-None-Match: *'
  )
  code=$?
  set -e
  ((code == 4)) || return "$code"
  # the answer to a first try of this machine may have been lost
  s3_get "$(followed "$1")" "$RUN/followed"
  [[ $(<"$RUN/followed") == "$INSTANCE" ]] || fail "the order for $ETCD_MEMBER is used up: $(<"$RUN/followed"). Replace the member"
}

# Writes down, before etcd first starts from it, which disk a restore is on: data on the disks from before it counts no more. And no member starts empty beside it.
claim_restore() {
  local of=$RUN/etcd-$1 number key
  number=$(<"$of.next-restore")
  key=etcd/$1/$ETCD_MEMBER/followed/restore-$number
  note_initialised "$1"
  here "$1" "$(<"$of.volume")" "$number" >"$of.claim"
  put_once "$key" "$of.claim"
  s3_get "$key" "$RUN/claim"
  [[ $(<"$RUN/claim") == "$(<"$of.claim")" ]] || fail "another machine started $ETCD_MEMBER from a restore: $(<"$RUN/claim"). Terminate this one; if the other one's disk is lost, replace the member"
}

# Not enabled: at a boot etcd may only start when its disk is there, which the steps before this one see to.
start_etcd() {
  local cluster
  for cluster in $ETCD_CLUSTERS; do
    systemctl start "etcd-$cluster.service"
  done
  for cluster in $ETCD_CLUSTERS; do
    know_claims "$cluster"
  done
}

# The machine may run for long now, and a restore by hand on it copies .here, which must know what was just written down. What etcd does does not depend on it: when the
# bucket does not answer, .here is missing until the next run, and no restore begins without it.
know_claims() {
  local code
  set +e
  (
    set -e
    retry 60 ask_bucket "$1"
  )
  code=$?
  set -e
  if ((code != 0)); then
    say "going on without $RUN/etcd-$1.here, which a restore by hand would need: 'systemctl restart k8saws-node.service' asks for it again"
    rm -f "$RUN/reason"
  fi
}

# etcdctl_of CLUSTER ARGUMENT...: as the cluster's health check.
etcdctl_of() {
  local files=/etc/kubernetes/pki/etcd
  [[ $1 == main ]] || files=/etc/kubernetes/pki/etcd-$1
  shift
  etcdctl --cacert "$files/ca.crt" --cert "$files/healthcheck-client.crt" --key "$files/healthcheck-client.key" \
    --command-timeout 5s --dial-timeout 3s "$@"
}

# Ready when etcd answers with a quorum.
wait_for_quorum() {
  local cluster
  for cluster in $ETCD_CLUSTERS; do
    retry 1800 is_healthy "$cluster" "https://$ETCD_ADDRESS:$(client_port "$cluster")"
  done
}

# is_healthy CLUSTER ENDPOINTS: whether each of them answers with a quorum.
is_healthy() {
  if ! etcdctl_of "$1" --endpoints "$2" endpoint health >"$RUN/health" 2>&1; then
    because "etcd-$1 is not healthy: $({ grep 'is unhealthy' "$RUN/health" || tail -n 1 "$RUN/health"; } | head -n 1 | cut -c 1-200)." \
      "More than half of the members must be up: look at the others' statuses, and at 'journalctl -u etcd-$1' on each"
    return 1
  fi
  cat "$RUN/health"
}

client_port() {
  if [[ $1 == main ]]; then echo 2379; else echo 2383; fi
}

# Writes down, once and for all, that all members have been up: from then on no member starts empty.
record_initialised() {
  local cluster
  for cluster in $ETCD_CLUSTERS; do
    look_up "etcd/$cluster/initialised" "$RUN/initialised"
    [[ ! -s $RUN/initialised ]] || continue
    retry 1800 is_healthy "$cluster" "$(sed -n 's/^ENDPOINTS=//p' "$KEPT/etcd-$cluster.members")"
    retry 120 note_initialised "$cluster"
  done
}

note_initialised() {
  printf '%s by %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$ETCD_MEMBER" >"$RUN/initialised"
  put_once "etcd/$1/initialised" "$RUN/initialised"
}

# put_once KEY FILE: if another machine was quicker, that is as good.
put_once() {
  local code
  set +e
  (
    set -e
    s3_put "$1" "$2" -H 'If-None-Match: *'
  )
  code=$?
  set -e
  ((code == 4)) || return "$code"
}

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
