#!/usr/bin/env bash
# k8saws: fetches what makes this machine a node, checks it by its hash, and starts it. Holds no secret.
# The files, each after the beginning of its SHA-256 and its mode:
#   4437f988ff97 0644 /etc/k8saws/node.env
#   84c45c026e11 0644 /etc/modules-load.d/90-k8saws.conf
#   391cdb945a26 0644 /etc/sysctl.d/90-k8saws.conf
#   b841bc49eb9c 0644 /etc/k8saws/programs
#   d1fd8bb5ab06 0644 /etc/k8saws/containerd.toml
#   0de7e8363907 0644 /etc/systemd/system/containerd.service
#   72d3148692d6 0644 /etc/systemd/system/kubelet.service
#   40a1827f8793 0644 /etc/kubernetes/credential-provider.yaml
#   4286b28beb56 0755 /opt/k8saws/notices.sh
#   53c1bbca275b 0644 /etc/systemd/system/k8saws-notices.service
#   d9e738aec233 0644 /etc/k8saws/kubeadm.yaml
#   915aa63e65bc 0644 /etc/k8saws/kubeadm-admin.yaml
#   d4d881f49c0b 0644 /etc/k8saws/kubelet-patch.yaml
#   3ae96053f064 0755 /opt/k8saws/join.sh
#   170a57275b01 0644 /etc/systemd/system/k8saws-join.service
#   b858603e4f56 0644 /etc/systemd/system/k8saws-join.timer
#   ecfc29cce27d 0755 /opt/k8saws/certificates.sh
#   fbf5de1e2af2 0644 /etc/systemd/system/k8saws-certificates.service
#   599159b3a462 0644 /etc/systemd/system/k8saws-certificates.timer
#   9d9ff2e10b59 0755 /opt/k8saws/node.sh
#   7624ebe6f8c5 0644 /etc/systemd/system/k8saws-node.service
# shellcheck disable=SC2153 # names in capitals are set here
set -euo pipefail
CLUSTER='payments'
ROLE='control-plane'
PART='control-plane'
REGION='eu-west-1'
S3='https://k8saws-payments-0123abcd.s3.eu-west-1.amazonaws.com'
BUNDLE='068f88bc8c315769a5c6adc02159e43c3098392571b932a533e5857f83ba6058'

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

# ---- fetch what makes this machine a node, and start it ----

fetch_files() {
  retry 900 fetch_bundle
  unpack "$RUN/bundle"
  rm -f "$RUN/bundle"
}

fetch_bundle() {
  s3_get "nodes/$PART/$BUNDLE" "$RUN/bundle"
  verify "$RUN/bundle" "$BUNDLE" "nodes/$PART/$BUNDLE in the cluster's bucket" "Plan and apply the cluster"
}

start_node() {
  systemctl daemon-reload
  systemctl enable --now --no-block k8saws-node.service
  printf '%s' "$BUNDLE" >"$KEPT/bundle"
}

# The clock comes first: when it is wrong S3 refuses all else, the status too, and only the console can say so.
all_steps() {
  step check-clock check_clock
  step fetch-files fetch_files
  step start-node start_node
}

# until_done FUNCTION: this script runs once in a machine's life, so it does not give up: what it waits for may be put right at any time.
until_done() {
  local code
  while :; do
    set +e
    (
      set -e
      "$1"
    )
    code=$?
    set -e
    ((code != 0)) || return 0
    say "all steps again in $AGAIN_SECONDS s"
    sleep "$AGAIN_SECONDS"
  done
}

: "${AGAIN_SECONDS:=30}"
mkdir -p "$RUN" "$KEPT"
export LC_ALL=C

# ---- the runbook ----

# Flatcar runs user data at each boot. From the second on the unit does all, and the bundle may be gone from the bucket.
if [[ -f $KEPT/bundle ]] && [[ $(<"$KEPT/bundle") == "$BUNDLE" ]]; then
  exit 0
fi
until_done all_steps
