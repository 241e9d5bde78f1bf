#!/usr/bin/env bash
# k8saws: fetches what makes this machine a node, checks it by its hash, and starts it. Holds no secret.
# shellcheck disable=SC2153 # names in capitals are set here
set -euo pipefail
CLUSTER='payments'
ROLE='control-plane'
PART='control-plane'
REGION='eu-west-1'
S3='https://k8saws-payments-0123abcd.s3.eu-west-1.amazonaws.com'

# SHA-256, mode and path of each file of this machine; the bucket has them under their hashes
documents() {
  cat <<'END'
c789a7864a30f29627b39de40cf510b7ce0ce5391ac3cf6296910dfcbfdb8e95 0644 /etc/k8saws/node.env
84c45c026e11b09c3324d63675ef28ed423c570aca131e0ff02793d049ef2bd0 0644 /etc/modules-load.d/90-k8saws.conf
391cdb945a26cb32b68c77ed4f35c7c2be0aff896659fdde975952835fd1dd93 0644 /etc/sysctl.d/90-k8saws.conf
4ed5607a687eb4739357de68cae30131ab7378380bce9d196a9ae34d44acee3e 0644 /etc/k8saws/programs
fc83535b541b3ce8c9d10c3802bedf6ecd8d0d33d46428f9f571517357931d1a 0644 /etc/k8saws/secrets
d1fd8bb5ab06300769d2c557f845dc5ca15c6b2ff39d52379e7009e4beeb7d61 0644 /etc/k8saws/containerd.toml
daf18ea28a9399c5dd798feac58574fe3e3698e1900fdb2285137ba36aa4919d 0644 /etc/systemd/system/containerd.service
d0769c7a22de50169f2b1a9fff5f48e571665c9f0258a299d722080abe928190 0644 /etc/systemd/system/kubelet.service
f679d8f2d8b16fc83fe1a928e864e2cc52c6c295bb4bf8e216da33f1ea4f2d55 0644 /etc/kubernetes/credential-provider.yaml
8b4cb76b28a0dc962fa44f699b4e724e8b2cd0d9d785f70cdc03ac121c1f491b 0755 /opt/k8saws/notices.sh
53c1bbca275b36bc2f00d797697142ed2288f655cd845e94e9bafe3766a49c60 0644 /etc/systemd/system/k8saws-notices.service
d402d74e5c5a427b1012ec403fd0bf71713c7705acbc0d59a705f58532c994c3 0644 /etc/k8saws/kubeadm.yaml
2f8057fbe974d318685461bc4921b8afeec6b814e8d8fd867704ebbd6a9f3c47 0644 /etc/k8saws/kubeadm-admin.yaml
d4d881f49c0baab94b87ceab859c663381b4855efe453323fd43dde1233017ae 0644 /etc/k8saws/kubelet-patch.yaml
79c793e830d87f431ba8fe80dc347eed221ed6dc5325f46b1e032f82401fc6d8 0755 /opt/k8saws/join.sh
411be8f49cefbdbe7e7b078fe15332ff5bbca89f1bf849c9f269f6f728b6e2b5 0644 /etc/systemd/system/k8saws-join.service
b858603e4f56a797bc9902a416e3f6905050619f96b7fed2cadefa26ffe8d055 0644 /etc/systemd/system/k8saws-join.timer
80beeec79ddcc6259eca264b4903caee165366047571ec68f0ec5f08791a1582 0755 /opt/k8saws/node.sh
7624ebe6f8c5764014320b5884cd5bdf4f5459c9ab55c2ff2a16f2ac6993190d 0644 /etc/systemd/system/k8saws-node.service
END
}

# ---- steps, retries, and the three things a machine asks AWS for: who it is, files, its status ----

: "${IMDS:=http://169.254.169.254}" "${RUN:=/run/k8saws}" "${LOG:=/var/log/k8saws.log}" "${CACHE:=/var/cache/k8saws}"
readonly IMDS RUN LOG CACHE
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

# fetch_document SHA256 MODE PATH: a file of this machine, by its hash. What is there already stays.
fetch_document() {
  local fetched
  if [[ -f $3 ]] && [[ $(sha256sum <"$3") == "$1  -" ]]; then
    chmod "$2" "$3"
    return 0
  fi
  mkdir -p "$RUN/fetched"
  fetched=$RUN/fetched/$1
  s3_get "nodes/$PART/$1" "$fetched"
  verify "$fetched" "$1"
  install -D -m "$2" "$fetched" "$3"
  rm -f "$fetched"
  say "wrote $3"
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

# put_status STEP STATE REASON: tells the cluster's owner where this machine is. A status that cannot be written stops nothing.
put_status() {
  local instance lines line separator=''
  instance=$(imds meta-data/instance-id) || return 0
  lines=$(tail -n 20 "$LOG" 2>/dev/null | tr -cd '\n[:print:]' | cut -c 1-300) || lines=
  {
    printf '{"version":1,"cluster":%s,"role":%s,"part":%s,"instance":%s,"step":%s,"state":%s,"reason":%s,"time":%s,"uptimeSeconds":%s,"log":[' \
      "$(json "$CLUSTER")" "$(json "$ROLE")" "$(json "$PART")" "$(json "$instance")" "$(json "$1")" "$(json "$2")" \
      "$(json "$3")" "$(json "$(date -u +%Y-%m-%dT%H:%M:%SZ)")" "$SECONDS"
    while IFS= read -r line; do
      [[ -n $line ]] || continue
      printf '%s%s' "$separator" "$(json "$line")"
      separator=,
    done <<<"$lines"
    printf ']}\n'
  } >"$RUN/status.json"
  s3_put "status/$ROLE/$instance.json" "$RUN/status.json" || true
}

# ---- fetch what makes this machine a node, and start it ----

fetch_documents() {
  local sha256 mode path
  if [[ -n ${LIST:-} ]]; then
    retry 900 fetch_document "$LIST" 0644 /etc/k8saws/documents
    documents() { cat /etc/k8saws/documents; }
  fi
  documents | while read -r sha256 mode path; do
    retry 900 fetch_document "$sha256" "$mode" "$path"
  done
}

start_node() {
  systemctl daemon-reload
  systemctl enable --now --no-block k8saws-node.service
}

mkdir -p "$RUN" /etc/k8saws
export LC_ALL=C
step fetch-documents fetch_documents
step start-node start_node
