#!/usr/bin/env bash
# k8saws: fetches what makes this machine a node, checks it by its hash, and starts it. Holds no secret.
# The files, each after the beginning of its SHA-256 and its mode:
#   c566940101ef 0644 /etc/k8saws/node.env
#   84c45c026e11 0644 /etc/modules-load.d/90-k8saws.conf
#   391cdb945a26 0644 /etc/sysctl.d/90-k8saws.conf
#   4ed5607a687e 0644 /etc/k8saws/programs
#   d1fd8bb5ab06 0644 /etc/k8saws/containerd.toml
#   daf18ea28a93 0644 /etc/systemd/system/containerd.service
#   d0769c7a22de 0644 /etc/systemd/system/kubelet.service
#   f679d8f2d8b1 0644 /etc/kubernetes/credential-provider.yaml
#   52e2387afbdc 0755 /opt/k8saws/notices.sh
#   53c1bbca275b 0644 /etc/systemd/system/k8saws-notices.service
#   6a32ef2f3bfa 0644 /etc/k8saws/kubeadm.yaml
#   cdc0c8bd2f65 0644 /etc/k8saws/kubeadm-admin.yaml
#   d4d881f49c0b 0644 /etc/k8saws/kubelet-patch.yaml
#   16327155649a 0755 /opt/k8saws/join.sh
#   411be8f49cef 0644 /etc/systemd/system/k8saws-join.service
#   b858603e4f56 0644 /etc/systemd/system/k8saws-join.timer
#   8eaa12600ea8 0755 /opt/k8saws/node.sh
#   7624ebe6f8c5 0644 /etc/systemd/system/k8saws-node.service
# shellcheck disable=SC2153 # names in capitals are set here
set -euo pipefail
CLUSTER='payments'
ROLE='control-plane'
PART='control-plane'
REGION='eu-west-1'
S3='https://k8saws-payments-0123abcd.s3.eu-west-1.amazonaws.com'
BUNDLE='4c0d5f60b31b5003e2801abbc4bed9a25208847356214bb36de4f550bc160d80'

# ---- steps, retries, and the three things a machine asks AWS for: who it is, files, its status ----

: "${IMDS:=http://169.254.169.254}" "${RUN:=/run/k8saws}" "${LOG:=/var/log/k8saws.log}" "${CACHE:=/var/cache/k8saws}" "${KEYS:=/etc/k8saws/keys}"
readonly IMDS RUN LOG CACHE KEYS
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

# remember NAME VALUE: keeps what a step has found out for the steps after it.
remember() {
  printf '%s=%q\n' "$1" "$2" >>"$RUN/facts"
}

# step NAME FUNCTION: runs one step in a shell of its own, tells how long it took, and writes the machine's status.
step() {
  local name=$1 start=$SECONDS code
  rm -f "$RUN/reason"
  say "[$name] begins"
  put_status "$name" running ''
  set +e
  (
    set -e
    if [[ -f $RUN/facts ]]; then
      # shellcheck source=/dev/null
      source "$RUN/facts"
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
    set +e
    (
      set -e
      "$@"
    )
    code=$?
    set -e
    ((code != 0)) || return 0
    ((code != NO_USE)) || exit "$NO_USE"
    if ((SECONDS - start + pause > limit)); then
      [[ -s $RUN/reason ]] || printf '%s' "'$1' did not succeed within $limit s" >"$RUN/reason"
      return "$code"
    fi
    say "trying again in $pause s: $1"
    sleep "$pause"
    pause=$((pause < 16 ? pause * 2 : 30))
  done
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
    "$REGION" "$service" | curl -sS -m 120 --config - "$@"
}

# S3 wants the hash of the body among what is signed, and curl before version 8 does not send it by itself.
readonly NO_BODY='x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

# s3_get KEY FILE: code 4 says that there is no such object.
s3_get() {
  local code
  code=$(signed s3 -H "$NO_BODY" -o "$2.part" -w '%{http_code}' "$S3/$1") || code=none
  case $code in
    200) mv "$2.part" "$2" ;;
    404)
      rm -f "$2.part"
      return 4
      ;;
    *)
      say "GET $1 from the cluster's bucket: answer $code $(tr -cd '[:print:]' <"$2.part" 2>/dev/null | head -c 300)"
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
    -o "$RUN/answer" -w '%{http_code}' "$S3/$key") || code=none
  case $code in
    200) ;;
    412) return 4 ;;
    *)
      say "PUT $key to the cluster's bucket: answer $code $(tr -cd '[:print:]' <"$RUN/answer" 2>/dev/null | head -c 300)"
      return 1
      ;;
  esac
}

# verify FILE SHA256: deletes what is not as it should be.
verify() {
  local actual
  actual=$(sha256sum "$1")
  actual=${actual%% *}
  if [[ $actual != "$2" ]]; then
    rm -f "$1"
    printf '%s' "$1 has the SHA-256 $actual, not $2" >"$RUN/reason"
    say "$(<"$RUN/reason")"
    return 1
  fi
  rm -f "$RUN/reason"
}

# unpack BUNDLE: writes the files of a bundle; each stands after a line of its mode, bytes and path. What is there already stays.
unpack() {
  local mode bytes path file=$RUN/unpacked
  {
    read -r _
    while read -r mode bytes path; do
      (umask 077 && head -c "$bytes" >"$file")
      read -r _ || true
      [[ $(stat -c %s "$file") == "$bytes" ]] || fail "the bundle ends within $path"
      if ! cmp -s "$file" "$path"; then
        install -D -m "$mode" "$file" "$path"
        say "wrote $path"
      fi
      chmod "$mode" "$path"
      rm -f "$file"
    done
  } <"$1"
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
  local instance lines keys
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
  s3_put "status/$ROLE/$instance.json" "$RUN/status.json" || true
}

# ---- fetch what makes this machine a node, and start it ----

fetch_files() {
  retry 900 fetch_bundle
  unpack "$RUN/bundle"
  rm -f "$RUN/bundle"
}

fetch_bundle() {
  s3_get "nodes/$PART/$BUNDLE" "$RUN/bundle"
  verify "$RUN/bundle" "$BUNDLE"
}

start_node() {
  systemctl daemon-reload
  systemctl enable --now --no-block k8saws-node.service
}

mkdir -p "$RUN" /etc/k8saws
export LC_ALL=C
step fetch-files fetch_files
step start-node start_node
