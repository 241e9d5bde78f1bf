#!/usr/bin/env bash
# k8saws: leaves the cluster before EC2 takes this machine away. It may be run again at any time.
# shellcheck disable=SC2153 # names in capitals come from node.env and from earlier steps
set -euo pipefail
export LC_ALL=C
# shellcheck source=/dev/null
source /etc/k8saws/node.env

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

mkdir -p "$RUN"

# ---- leaves in good order when EC2 is about to take this machine away ----

# Prints why the machine goes, or nothing. Spot interruptions come two minutes ahead, the group's notice as long ahead as its hook waits.
notice() {
  local state
  if imds meta-data/spot/instance-action >/dev/null 2>&1; then
    echo "spot interruption"
    return
  fi
  state=$(imds meta-data/autoscaling/target-lifecycle-state 2>/dev/null) || state=
  if [[ $state == Terminated ]]; then
    echo "its group terminates it"
  fi
}

on_node() {
  kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout 10s "$@"
}

# Namespace and name of each pod that can move: not those of DaemonSets, not static ones.
pods() {
  on_node get pods --all-namespaces --field-selector "spec.nodeName=$NODE_NAME" \
    -o 'jsonpath={range .items[*]}{.metadata.namespace}{" "}{.metadata.name}{" "}{.status.phase}{" "}{.metadata.ownerReferences[0].kind}{"\n"}{end}' |
    while read -r namespace name phase owner; do
      case $owner in DaemonSet | Node) continue ;; esac
      case $phase in Succeeded | Failed) continue ;; esac
      echo "$namespace $name"
    done
}

# A kubelet may evict the pods of its own node, which respects their disruption budgets.
evict() {
  printf '{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"namespace":"%s","name":"%s"}}' "$1" "$2" |
    on_node create --raw "/api/v1/namespaces/$1/pods/$2/eviction" -f - >/dev/null
}

drain() {
  local left namespace name limit=$((SECONDS + 110))
  on_node cordon "$NODE_NAME" || say "the node could not be cordoned"
  while ((SECONDS < limit)); do
    if left=$(pods); then
      [[ -n $left ]] || break
      while read -r namespace name; do
        evict "$namespace" "$name" || say "$namespace/$name stays for now"
      done <<<"$left"
    else
      left='unknown, the API does not answer'
    fi
    sleep 5
  done
  say "left on the node: ${left:-nothing}"
}

# A control-plane machine leaves the load balancer first: its API server says that it is not ready while it still answers. The machine stays until it has ended.
leave_load_balancer() {
  local limit=$((SECONDS + 100))
  [[ -f /etc/kubernetes/manifests/kube-apiserver.yaml ]] || return 0
  mkdir -p /etc/kubernetes/stopped
  mv /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/stopped/
  say "the API server leaves"
  while ((SECONDS < limit)) && curl -sk -m 5 -o /dev/null "https://$ADDRESS:6443/livez"; do
    sleep 2
  done
  say "the API server has left"
}

# Tells the group that it need not wait any longer. Without the right to say so, the group's own limit ends the wait.
complete() {
  [[ -n $GROUP ]] || return 0
  signed autoscaling -f -o /dev/null --data-urlencode Action=CompleteLifecycleAction --data-urlencode Version=2011-01-01 \
    --data-urlencode "AutoScalingGroupName=$GROUP" --data-urlencode "LifecycleHookName=$HOOK" \
    --data-urlencode "InstanceId=$INSTANCE" --data-urlencode LifecycleActionResult=CONTINUE "$AUTOSCALING/" ||
    say "the group waits until its own limit"
}

watch() {
  local why
  # shellcheck source=/dev/null
  source "$RUN/facts"
  while :; do
    why=$(notice)
    if [[ -n $why ]]; then
      say "this machine goes: $why"
      put_status leaving running "$why"
      drain
      leave_load_balancer
      complete
      put_status left 'done' "$why"
      return 0
    fi
    sleep 5
  done
}

watch
