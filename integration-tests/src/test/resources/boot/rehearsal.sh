#!/usr/bin/env bash
# Boots a control plane from nothing but rendered files, at their true paths and addresses, in namespaces of its own: three etcd members, then API server,
# controller manager and scheduler with the commands that kubeadm wrote. What needs systemd, a disk or a kubelet is left out.
# usage: rehearsal.sh FOLDER PROGRAMS dedicated|stacked: the files of each machine below its name, the folders of the programs, separated by colons, and whether
# etcd's members have machines of their own (etcd-1 to etcd-3 beside i-1 and i-2) or are those of the control plane (i-1 to i-3)
set -euo pipefail
readonly FOLDER=$1 PROGRAMS=$2 PLACEMENT=$3
export PATH=$PROGRAMS:$PATH LC_ALL=C RUN=/run/k8saws LOG=/run/k8saws.log

if [[ ${4:-} != inside ]]; then
  exec unshare --map-root-user --net --mount --pid --fork --kill-child --mount-proc bash "$0" "$FOLDER" "$PROGRAMS" "$PLACEMENT" inside
fi

told() { printf '%s ok: %s\n' "$SECONDS" "$*"; }

ip link add bridge type bridge
ip link set bridge up

# start ADDRESS COMMAND...: a machine with a network interface of its own on the bridge.
start() {
  local address=$1 name=v${1//./-}
  shift
  unshare --net --mount bash -euo pipefail -c 'await "$1"; "${@:2}"' machine "$address" "$@" &
  while [[ $(readlink "/proc/$!/ns/net") == "$(readlink /proc/self/ns/net)" ]]; do sleep 0.1; done
  ip link add "$name" type veth peer name eth0 netns "$!"
  ip link set "$name" master bridge up
}

await() {
  until ip link show eth0 >/dev/null 2>&1; do sleep 0.1; done
  ip link set lo up
  ip address add "$1/16" dev eth0
  ip link set eth0 up
}

# machine NAME: from here on this process sees a machine's files, and nothing else below /etc, /opt, /run and /var.
machine() {
  mkdir -p "$FOLDER/$1/etc" "$FOLDER/$1/opt"
  cp -a /etc/passwd /etc/group /etc/nsswitch.conf "$FOLDER/$1/etc/"
  printf '127.0.0.1 localhost\n' >"$FOLDER/$1/etc/hosts"
  mount --bind "$FOLDER/$1/etc" /etc
  mount --bind "$FOLDER/$1/opt" /opt
  mount -t tmpfs tmpfs /run
  mount -t tmpfs tmpfs /var
  mkdir -p "$RUN" /var/lib /var/log /var/cache
}

etcd_member() {
  HOST=$1 PIDS=()
  machine "$HOST"
  run_members
  wait
}

# run_members: what the machine's units start, one etcd for each cluster, on disks that are blank.
run_members() {
  local file cluster
  for file in /etc/k8saws/etcd-*.env; do
    cluster=${file#/etc/k8saws/etcd-}
    cluster=${cluster%.env}
    mkdir -p "/var/lib/etcd-$cluster"
    printf 'ETCD_INITIAL_CLUSTER_STATE=new\n' >"/etc/k8saws/etcd-$cluster.start"
    (
      set -a
      # shellcheck source=/dev/null
      source "/etc/k8saws/etcd-$cluster.env"
      # shellcheck source=/dev/null
      source "/etc/k8saws/etcd-$cluster.start"
      exec etcd >"$FOLDER/$HOST.etcd-$cluster.log" 2>&1
    ) &
    PIDS+=("$!")
  done
}

# functions: those of the machine's script, without its steps; for join those that it has beside them.
functions() {
  case $1 in
    node) sed '/^trap drop_admin/,$d' /opt/k8saws/node.sh ;;
    join) sed -n '/^: "${KUBERNETES:/,/^readonly/p; /^renew() {$/,/^}$/p' /opt/k8saws/join.sh ;;
  esac
}

# static_pod NAME: runs a component with the command of its manifest.
static_pod() {
  local arguments
  mapfile -t arguments < <(sed -n '/^  - command:$/,/^    [a-z]/s/^    - //p' "/etc/kubernetes/manifests/$1.yaml")
  [[ ${arguments[0]} == "$1" ]]
  "${arguments[@]}" >>"$FOLDER/$HOST.$1.log" 2>&1 &
  PIDS+=("$!")
}

# api METHOD PATH [BODY]: as an administrator, by what stands in a kubeconfig and nothing else. It is made once on each machine, unless one is given as ADMINISTRATOR.
api() {
  local conf=${ADMINISTRATOR:-$RUN/rehearsal.conf} server part
  if [[ ! -s $conf ]]; then
    kubeadm kubeconfig user --config /etc/kubernetes/kubeadm.yaml --client-name rehearsal --org system:masters --validity-period 1h >"$conf" 2>/dev/null
  fi
  server=$(sed -n 's/^ *server: //p' "$conf")
  for part in certificate-authority client-certificate client-key; do
    sed -n "s/^ *$part-data: //p" "$conf" | base64 -d >"$conf.$part"
  done
  curl -sSf -X "$1" --cacert "$conf.certificate-authority" --cert "$conf.client-certificate" --key "$conf.client-key" \
    -H 'Content-Type: application/json' ${3:+-d "$3"} "$server$2"
}

# control_plane HOST ADDRESS: the steps of the script, with its own functions.
control_plane() {
  settle "$@"
  serve
}

# settle HOST ADDRESS: the steps up to those of etcd's member, when it is stacked.
settle() {
  HOST=$1 PIDS=()
  machine "$HOST"
  systemctl() { :; }
  kubectl() { printf '%s v%s\n' "$NODE_NAME" "$KUBERNETES_VERSION"; } # a kubelet would tell; here all are of one version
  # shellcheck source=/dev/null
  source <(functions node)
  ADDRESS=$2 NODE_NAME=$HOST API_HOST=api.rehearsal.test PROVIDER_ID=aws:///us-east-1a/$HOST
  local name peer
  for name in ADDRESS NODE_NAME API_HOST PROVIDER_ID; do remember "$name" "${!name}"; done
  if [[ -n $ETCD_MEMBER ]]; then
    ip address add "$ETCD_ADDRESS/32" dev eth0
    # as the step attach-address: peers compare a caller's address with its certificate
    for peer in $ETCD_PEERS; do ip route replace "$peer/32" dev eth0 src "$ETCD_ADDRESS"; done
    run_members
    wait_for_quorum >"$FOLDER/$HOST.quorum.log" 2>&1
  fi
}

# serve: the steps after that.
serve() {
  local name
  write_documents
  make_certificates >"$FOLDER/$HOST.kubeadm.log" 2>&1
  make_kubeconfigs >>"$FOLDER/$HOST.kubeadm.log" 2>&1
  start_control_plane >>"$FOLDER/$HOST.kubeadm.log" 2>&1
  for name in kube-apiserver kube-controller-manager kube-scheduler; do static_pod "$name"; done
  wait_until_ready >>"$FOLDER/$HOST.kubeadm.log" 2>&1
  told "$HOST: the API server is ready"
  # as a kubelet registers it: kubeadm waits for the label
  api POST /api/v1/nodes "{\"metadata\":{\"name\":\"$HOST\",\"labels\":{\"kubernetes.io/hostname\":\"$HOST\"}}}" >/dev/null
  retry 60 service_account >/dev/null
  publish >>"$FOLDER/$HOST.kubeadm.log" 2>&1
  [[ ! -e /etc/kubernetes/admin.conf && ! -e /etc/kubernetes/super-admin.conf ]]
  told "$HOST: kubeadm's phases ran, and no administrator's file is left"
}

service_account() { api GET /api/v1/namespaces/kube-system/serviceaccounts/default 2>/dev/null; }

first() {
  control_plane i-1 10.0.0.11
  api GET /apis/apps/v1/namespaces/kube-system/deployments/coredns >/dev/null
  api GET /apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy >/dev/null
  told 'CoreDNS and kube-proxy are in the cluster'
  [[ $(api GET /api/v1/namespaces/kube-public/configmaps/cluster-info) == *https://api.rehearsal.test:6443* ]]
  told 'the public description of the cluster names the API, not this machine'
  api POST /api/v1/namespaces/default/secrets '{"metadata":{"name":"s"},"stringData":{"k":"in-plain-text"}}' >/dev/null
  local found
  found=$(stored etcd 2379 get /registry/secrets/default/s | tr -d '\0')
  [[ $found == *k8s:enc:secretbox:v1:* && $found != *in-plain-text* ]]
  told 'a Secret is encrypted in etcd'
  retry 30 audited >/dev/null
  if grep -q -e in-plain-text -e '"resource":"nodes"' /var/log/kubernetes/audit.log; then return 1; fi
  told "the audit log has what the policy asks for, and nothing else"
  api POST /api/v1/namespaces/default/events '{"metadata":{"name":"e"},"involvedObject":{"namespace":"default"}}' >/dev/null
  [[ $(stored etcd-events 2383 get --keys-only /registry/events/default/e) == */events/default/e* ]]
  [[ -z $(stored etcd 2379 get --keys-only --prefix /registry/events/) ]]
  told 'events are in the cluster for events, and nowhere else'
  local life
  life=$(life_of_event)
  ((life >= 7380 && life < 2 * 7380)) # leases serve several events, so they are a little longer
  told "the API server's flag counts: the event lives for $life s"
  local port
  for port in 6443 10257 10259; do has_gate "$port" >/dev/null; done
  told 'API server, controller manager and scheduler have the gate open'
  join
  install -m 0600 "$RUN/rehearsal.conf" "$FOLDER/kept.conf"
  kill -KILL "${PIDS[@]}"
}

# stored DIRECTORY PORT ARGUMENT...: what a member has, asked with the files of the first one.
stored() {
  local files=$FOLDER/etcd-1/etc/kubernetes/pki/$1 port=$2
  shift 2
  etcdctl --endpoints "https://10.0.0.4:$port" --cacert "$files/ca.crt" --cert "$files/healthcheck-client.crt" \
    --key "$files/healthcheck-client.key" "$@"
}

# The line of the request that made the Secret above.
audited() {
  grep '"requestURI":"/api/v1/namespaces/default/secrets"' /var/log/kubernetes/audit.log | grep '"level":"Metadata"' | grep '"verb":"create"' |
    grep '"username":"rehearsal"'
}

# How long etcd keeps the event above, in seconds.
life_of_event() {
  local lease
  lease=$(stored etcd-events 2383 get -w fields /registry/events/default/e | sed -n 's/^"Lease" : //p')
  stored etcd-events 2383 lease timetolive "$(printf '%x' "$lease")" | sed -n 's/.*granted with TTL(\([0-9]*\)s).*/\1/p'
}

# has_gate PORT: what a component of this machine tells of itself.
has_gate() {
  curl -sSfk --cert "$RUN/rehearsal.conf.client-certificate" --key "$RUN/rehearsal.conf.client-key" "https://127.0.0.1:$1/metrics" |
    grep '^kubernetes_feature_enabled{name="APIServingWithRoutine",stage="[A-Z]*"} 1$'
}

# A worker's way in: what the timer's script makes, and a certificate that the cluster signs for whoever has it.
join() {
  # shellcheck source=/dev/null
  source <(functions join)
  s3_put() { install -m 0600 "$2" "$FOLDER/nodes.conf"; }
  (renew) >>"$FOLDER/$HOST.kubeadm.log" 2>&1
  if grep -q "$(sed -n 's/^ *token: //p' "$FOLDER/nodes.conf")" "$FOLDER/$HOST.kubeadm.log"; then return 1; fi
  told 'the way in is made, and its token is in no log'
  local token request csr
  token=$(sed -n 's/^ *token: //p' "$FOLDER/nodes.conf")
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$RUN/worker.key" -out "$RUN/worker.csr" \
    -subj '/O=system:nodes/CN=system:node:i-9' -config /dev/null 2>/dev/null
  csr=$(base64 -w 0 "$RUN/worker.csr")
  request='{"apiVersion":"certificates.k8s.io/v1","kind":"CertificateSigningRequest","metadata":{"name":"i-9"},"spec":{"request":"'$csr'",
    "signerName":"kubernetes.io/kube-apiserver-client-kubelet","usages":["digital signature","client auth"]}}'
  curl -sSf --cacert /etc/kubernetes/pki/ca.crt -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "$request" \
    "https://$API_HOST:6443/apis/certificates.k8s.io/v1/certificatesigningrequests" >/dev/null
  retry 60 signed_certificate
  told 'a worker got its certificate'
}

signed_certificate() {
  [[ $(api GET /apis/certificates.k8s.io/v1/certificatesigningrequests/i-9) == *'"certificate": "'* ]]
}

second() {
  control_plane i-2 10.0.32.12
  api GET /api/v1/namespaces/default/secrets/s | grep -q "$(printf 'in-plain-text' | base64)"
  told 'the machine that came after it reads what the first one wrote'
  ADMINISTRATOR=$FOLDER/kept.conf api GET /api/v1/namespaces/default/secrets/s >/dev/null
  told 'the kubeconfig that was made before the loss reaches it'
  kill -KILL "${PIDS[@]}"
}

stacked_first() {
  control_plane i-1 10.0.0.11
  api POST /api/v1/namespaces/default/secrets '{"metadata":{"name":"s"},"stringData":{"k":"in-plain-text"}}' >/dev/null
  [[ $(etcdctl_of main --endpoints https://127.0.0.1:2379 member list | grep -c ', started, etcd-[123], ') == 3 ]]
  told 'the three members are stacked'
  kill -KILL "${PIDS[@]}"
  touch "$FOLDER/lost"
}

stacked_second() {
  settle i-2 10.0.32.12
  until [[ -e $FOLDER/lost ]]; do sleep 0.1; done
  serve
  api GET /api/v1/namespaces/default/secrets/s | grep "$(printf 'in-plain-text' | base64)" >/dev/null
  told 'two of three stacked members are a quorum: the second machine reads what the first one wrote'
  kill -KILL "${PIDS[@]}"
}

stacked_third() {
  settle i-3 10.0.64.13
  wait
}

export -f told await machine etcd_member run_members functions static_pod api control_plane settle serve service_account first stored audited life_of_event has_gate \
  join signed_certificate second stacked_first stacked_second stacked_third
export FOLDER
if [[ $PLACEMENT == stacked ]]; then
  start 10.0.64.13 stacked_third
  start 10.0.32.12 stacked_second
  second=$!
  start 10.0.0.11 stacked_first
  wait "$!"
  wait "$second"
else
  start 10.0.0.4 etcd_member etcd-1
  start 10.0.32.5 etcd_member etcd-2
  start 10.0.64.6 etcd_member etcd-3
  start 10.0.0.11 first
  wait "$!"
  start 10.0.32.12 second
  wait "$!"
fi
told 'all'
