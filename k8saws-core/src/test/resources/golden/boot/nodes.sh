#!/usr/bin/env bash
# k8saws: makes this machine a node. It may be run again at any time.
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

# ---- whom a worker trusts, and who has signed its certificate ----

# authorities_of WAY-IN: names and key identifiers of the authorities in it, as the control plane noted them.
authorities_of() {
  sed -n 's/^# \(authority-kubernetes-[0-9]* [0-9a-f-]*\)$/\1/p' "$1"
}

# names_authorities WAY-IN: whether it has the authorities that this machine was started to trust, and no others.
names_authorities() {
  local wanted
  wanted=$(tr ' ' '\n' <<<"$AUTHORITIES" | sort)
  [[ $(authorities_of "$1" | cut -d ' ' -f 1 | sort) == "$wanted" ]]
}

# signer_of PEM: what the first certificate calls the key that has signed it (RFC 5280, 4.2.1.1), in hexadecimal digits; - when it names none.
signer_of() {
  local der
  der=$(sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/{/-----/!p;/END CERTIFICATE/q;}' "$1" | base64 -d | od -An -v -tx1 | tr -d ' \n')
  if [[ $der =~ 0603551d2304..30..80(..)(.*) ]]; then
    printf '%s' "${BASH_REMATCH[2]:0:$((16#${BASH_REMATCH[1]} * 2))}"
  else
    printf '%s' -
  fi
}

# Which authorities this machine trusts, and whose signature it shows: for its status.
note_keys() {
  local name id shown
  shown=$(signer_of /var/lib/kubelet/pki/kubelet-client-current.pem)
  {
    printf 'meant %s\n' "$AUTHORITIES"
    while read -r name id; do
      printf 'trusts %s\n' "$name"
      if [[ $id == "$shown" ]]; then
        printf 'shows %s\n' "$name"
      fi
    done <"$KEPT/authorities"
  } >"$KEYS"
}

# ---- a worker: TLS bootstrap with what the control plane puts into the bucket ----

: "${KUBERNETES:=/etc/kubernetes}"
readonly KUBERNETES

write_documents() {
  fill /etc/k8saws/kubeadm.yaml /etc/kubernetes/kubeadm.yaml
  fill /etc/k8saws/kubelet-patch.yaml /etc/kubernetes/patches/kubeletconfiguration+merge.yaml
}

# A machine that is a node already stays one.
join() {
  systemctl enable kubelet.service
  if [[ -s /var/lib/kubelet/pki/kubelet-client-current.pem ]]; then
    say "this machine is a node already"
    rm -f "$KUBERNETES/discovery.conf" "$KUBERNETES/bootstrap-kubelet.conf"
    systemctl start kubelet.service
    note_keys
    return 0
  fi
  PATIENT_UNTIL=$((SECONDS + 600))
  retry 3600 join_once
  retry 300 has_certificate
  note_keys
  rm -f "$KUBERNETES/discovery.conf" "$KUBERNETES/bootstrap-kubelet.conf"
}

# The way in is fetched anew at each try: it lives for two hours only. A worker may not list the bucket, so S3 says 403 to what is not there, too.
join_once() {
  local code answer
  set +e
  (
    set -e
    umask 077
    s3_get join/nodes.conf "$KUBERNETES/discovery.conf"
  )
  code=$?
  set -e
  if ((code != 0)); then
    answer=$(<"$RUN/reason")
    ((code != 4)) || answer=
    because "there is no way in yet, join/nodes.conf in the cluster's bucket, or this machine's role may not read it." \
      "Look at the control plane's statuses first: each of its machines writes it${answer:+. $answer}"
    return 1
  fi
  chmod 0600 "$KUBERNETES/discovery.conf"
  if ! names_authorities "$KUBERNETES/discovery.conf"; then
    because "the way in does not name exactly the authorities $AUTHORITIES: the control plane seems to be of another phase of a rotation. Roll its machines"
    ((SECONDS > PATIENT_UNTIL)) || return 1
    say "joining all the same"
  fi
  authorities_of "$KUBERNETES/discovery.conf" >"$KEPT/authorities"
  rm -f "$KUBERNETES/pki/ca.crt" # of an earlier try
  kubeadm join phase kubelet-start --config "$KUBERNETES/kubeadm.yaml" || {
    because "kubeadm could not join: the log has its words. Look at the API's load balancer and at the control plane's statuses"
    return 1
  }
}

has_certificate() {
  [[ -s /var/lib/kubelet/pki/kubelet-client-current.pem ]] || {
    because "the kubelet has no certificate yet: 'journalctl -u kubelet' has its words; kube-controller-manager signs it"
    return 1
  }
}

start_notices() {
  systemctl enable --now k8saws-notices.service
}

# ---- the runbook ----

step identify identify
step check-clock check_clock
step hold-updates hold_updates
step prepare-kernel prepare_kernel
step install-programs install_programs
prepare_for_user
step write-documents write_documents
step start-containerd start_containerd
step join join
step start-notices start_notices
put_status 'done' 'done' ''
