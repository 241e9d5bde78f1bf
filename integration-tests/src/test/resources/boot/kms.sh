#!/usr/bin/env bash
# Lets API servers of one cluster, each with the rendered files of its spec, write and read each other's Secrets through the plug-in for KMS that the rendered unit starts.
# In namespaces of its own, at the true paths; what needs systemd, a disk or a kubelet is left out.
# usage: kms.sh FOLDER PROGRAMS AWS: the files of each machine below its name, and the environment of its plug-in beside them as NAME.environment; the folders of the
# programs, separated by colons; HOST:PORT at which AWS answers. Machines: before (secretbox), between (secretbox, KMS decrypts), kms-1 and kms-2 (KMS), other (another KMS key)
set -euo pipefail
readonly FOLDER=$1 PROGRAMS=$2 AWS=$3 HERE=${0%/*}
export PATH=$PROGRAMS:$PATH LC_ALL=C RUN=/run/k8saws LOG=/run/k8saws.log FOLDER

if [[ ${4:-} != inside ]]; then
  "${K8SAWS_TESTBED_PYTHON:-python3}" "$HERE/forward.py" "$FOLDER/aws" "$AWS" &
  exec unshare --map-root-user --net --mount --pid --fork --kill-child --mount-proc bash "$0" "$FOLDER" "$PROGRAMS" "$AWS" inside
fi

readonly HUB=10.0.255.1 KEPT=k8s:enc:kms:v2:aws-kms: BOXED=k8s:enc:secretbox:v1:
declare -A HOLDERS ADDRESSES=([before]=10.0.0.1 [between]=10.0.0.2 [kms-1]=10.0.0.3 [kms-2]=10.0.0.4 [other]=10.0.0.5)

told() { printf '%s ok: %s\n' "$SECONDS" "$*"; }

broken() {
  printf '%s broken: %s\n' "$SECONDS" "$*"
  tail -n 5 "$FOLDER"/*.log
  exit 1
}

# wait_for COMMAND...: until it succeeds.
wait_for() {
  local start=$SECONDS
  until "$@" >/dev/null 2>&1; do
    ((SECONDS - start < 60)) || broken "this has not come true within a minute: $*"
    sleep 0.2
  done
}

# What all machines reach: etcd, and AWS.
hub() {
  ip link add bridge type bridge
  ip address add "$HUB/16" dev bridge
  ip link set bridge up
  ip link set lo up
  "${K8SAWS_TESTBED_PYTHON:-python3}" "$HERE/forward.py" "$HUB:4566" "$FOLDER/aws" &
  etcd --data-dir "$FOLDER/etcd" --listen-client-urls "http://$HUB:2379" --advertise-client-urls "http://$HUB:2379" --listen-peer-urls http://127.0.0.1:2380 \
    --unsafe-no-fsync >"$FOLDER/etcd.log" 2>&1 &
  wait_for etcdctl --endpoints "http://$HUB:2379" endpoint health
}

# machine NAME: a network and a view of the files of its own, which last as long as a process that does nothing.
machine() {
  local address=${ADDRESSES[$1]} link=v${ADDRESSES[$1]//./-}
  mkdir -p "$FOLDER/$1/etc"
  cp -a /etc/passwd /etc/group /etc/nsswitch.conf "$FOLDER/$1/etc/"
  unshare --net --mount sleep infinity &
  HOLDERS[$1]=$!
  while [[ $(readlink "/proc/$!/ns/net") == "$(readlink /proc/self/ns/net)" ]]; do sleep 0.1; done
  ip link add "$link" type veth peer name eth0 netns "$!"
  ip link set "$link" master bridge up
  within "$1" settle "$1" "$address"
}

# within NAME COMMAND...: runs it on a machine.
within() {
  local holder=${HOLDERS[$1]}
  shift
  nsenter --target "$holder" --net --mount bash -euo pipefail -c '"$@"' within "$@"
}

settle() {
  mount --make-rprivate /
  mount --bind "$FOLDER/$1/etc" /etc
  mount --bind "$FOLDER/$1/opt" /opt
  mount -t tmpfs tmpfs /run
  mount -t tmpfs tmpfs /var
  mkdir -p "$RUN"
  ip link set lo up
  ip address add "$2/16" dev eth0
  ip link set eth0 up
}

# systemctl: systemd's part for the plug-in's unit.
systemctl() {
  local unit=/etc/systemd/system/k8saws-kms.service line
  [[ $* == 'start k8saws-kms.service' ]] || return 0
  install -d -m "$(sed -n 's/^RuntimeDirectoryMode=//p' "$unit")" "/run/$(sed -n 's/^RuntimeDirectory=//p' "$unit")"
  read -ra line < <(sed -n 's/^ExecStartPre=//p' "$unit")
  "${line[@]}"
  read -ra line < <(sed -n 's/^ExecStart=//p' "$unit")
  (
    set -a
    # shellcheck source=/dev/null
    source "$FOLDER/$HOST.environment"
    exec setsid "${line[@]}" >>"$FOLDER/$HOST.plug-in.log" 2>&1
  ) &
  echo "$!" >"$FOLDER/$HOST.plug-in"
}

# scripted NAME FUNCTION...: functions of the machine's script, without its steps.
scripted() {
  HOST=$1
  shift
  # shellcheck source=/dev/null
  source <(sed '/^trap drop_admin/,$d' /opt/k8saws/node.sh)
  "$@" >>"$FOLDER/$HOST.steps.log" 2>&1
}

start_plug_in() { within "$1" scripted "$1" start_kms; }

stop_plug_in() {
  local pid
  pid=$(<"$FOLDER/$1.plug-in")
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
}

# api_server NAME: with the machine's file of providers and its key for tokens. The other flags are for speed.
api_server() {
  local address=${ADDRESSES[$1]} pki=/etc/kubernetes/pki
  within "$1" kube-apiserver --etcd-servers="http://$HUB:2379" --bind-address="$address" --advertise-address="$address" --endpoint-reconciler-type=none \
    --cert-dir=/run/certificates --token-auth-file="$FOLDER/tokens.csv" --authorization-mode=AlwaysAllow --service-cluster-ip-range=10.96.0.0/16 \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key" \
    --encryption-provider-config=/etc/kubernetes/encryption.yaml >"$FOLDER/$1.api.log" 2>&1 &
}

# api NAME PATH [CURL'S ARGUMENT...]: asks a machine's API server.
api() {
  local address=${ADDRESSES[$1]} path=$2
  shift 2
  curl -sSk -m 10 -H 'Authorization: Bearer secret-of-test' -H 'Content-Type: application/json' "$@" "https://$address:6443$path"
}

ready() { api "$1" /readyz -f; }

# unready NAME: it is not ready, and says that this is for KMS alone.
unready() {
  local text
  text=$(api "$1" '/readyz?verbose')
  [[ $text == *'[-]kms-providers failed'* && $(grep -c '^\[-\]' <<<"$text") == 1 ]]
}

# writes NAME SECRET: a new one.
writes() {
  api "$1" /api/v1/namespaces/default/secrets -f -d '{"metadata":{"name":"'"$2"'"},"stringData":{"k":"in-plain-text-'"$2"'"}}' >/dev/null ||
    broken "$1 does not write Secret $2"
}

# rewrites NAME SECRET...: as it is, as the library does it.
rewrites() {
  local name=$1 secret
  shift
  for secret; do
    api "$name" "/api/v1/namespaces/default/secrets/$secret" -f | api "$name" "/api/v1/namespaces/default/secrets/$secret" -f -X PUT -d @- >/dev/null ||
      broken "$name does not write Secret $secret anew"
  done
}

has() { api "$1" "/api/v1/namespaces/default/secrets/$2" -f | grep "$(printf 'in-plain-text-%s' "$2" | base64)"; }

# reads NAME SECRET...
reads() {
  local name=$1 secret
  shift
  for secret; do has "$name" "$secret" >/dev/null || broken "$name does not read Secret $secret"; done
}

# cannot_read NAME SECRET WORDS: it says so itself, in these words.
cannot_read() {
  local text
  text=$(api "$1" "/api/v1/namespaces/default/secrets/$2")
  [[ $text == *'"code": 500'* && $text == *"$3"* ]] || broken "$1 answers for Secret $2: $text"
}

# stored PREFIX SECRET...: that is how it lies in etcd, and its value does not.
stored() {
  local prefix=$1 secret text
  shift
  for secret; do
    text=$(etcdctl --endpoints "http://$HUB:2379" get --print-value-only "/registry/secrets/default/$secret" | tr -d '\0')
    [[ $text == "$prefix"* && $text != *in-plain-text* ]] || broken "Secret $secret lies in etcd as ${text:0:40}"
  done
}

export -f settle systemctl scripted
printf 'secret-of-test,admin,admin,"system:masters"\n' >"$FOLDER/tokens.csv"
hub
for name in "${!ADDRESSES[@]}"; do machine "$name"; done

# A key that the machine's role may not use shows at the plug-in's step, in the script's own words.
mv "$FOLDER/kms-1.environment" "$FOLDER/kms-1.right"
cp "$FOLDER/other.environment" "$FOLDER/kms-1.environment"
within kms-1 scripted kms-1 systemctl start k8saws-kms.service
wait_for grep -q 'asks http' "$FOLDER/kms-1.plug-in.log"
if within kms-1 scripted kms-1 kms_works; then broken 'a plug-in that may not encrypt is taken for well'; fi
grep -q "the plug-in for KMS does not encrypt: 'journalctl -u k8saws-kms' has its words" "$FOLDER/kms-1.steps.log"
wait_for grep -q AccessDenied "$FOLDER/kms-1.plug-in.log"
stop_plug_in kms-1
mv "$FOLDER/kms-1.right" "$FOLDER/kms-1.environment"
told 'a key that the role may not use shows at the step start-kms'

for name in between kms-1 kms-2 other; do start_plug_in "$name"; done
for name in "${!ADDRESSES[@]}"; do api_server "$name"; done
for name in "${!ADDRESSES[@]}"; do wait_for ready "$name"; done
told 'five API servers are ready'

writes before old
writes between step
stored "$BOXED" old step
writes kms-1 new
stored "$KEPT" new
reads kms-1 new
told 'a Secret lies in etcd as KMS encrypted it, and is read back'
reads kms-2 new old step
told 'another control plane reads it, and what secretbox wrote before'
reads between new
cannot_read before new 'no matching prefix found'
told 'who was told of the key before reads it, who was not does not: two steps'

stop_plug_in kms-1
writes kms-2 meanwhile
wait_for unready kms-1
cannot_read kms-1 meanwhile 'failed to decrypt'
ready kms-2 >/dev/null
reads kms-2 meanwhile
told 'without its plug-in an API server is not ready for KMS alone; the others go on'
start_plug_in kms-1
wait_for ready kms-1
reads kms-1 meanwhile new old
told 'with its plug-in it is ready again, and reads what was written meanwhile'

rewrites kms-1 old step
stored "$KEPT" old step new meanwhile
reads kms-2 old step
told 'written anew they are encrypted by KMS'

cannot_read other new 'failed to decrypt'
writes other theirs
stored "$KEPT" theirs
cannot_read kms-1 theirs 'failed to decrypt'
told 'under another key of KMS nothing is read before it is written anew under secretbox'
rewrites between old step new meanwhile
stored "$BOXED" old step new meanwhile
reads other old step new meanwhile
rewrites other old
stored "$KEPT" old
reads other old
told 'after that another key takes over'
reads before step new meanwhile
told 'and the way back to secretbox alone is open'
told 'all'
