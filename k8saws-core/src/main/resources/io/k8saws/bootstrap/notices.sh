# ---- leaves in good order when EC2 is about to take this machine away ----

: "${KUBERNETES:=/etc/kubernetes}" "${HOSTS:=/etc/hosts}" "${API_PORT:=6443}"
: "${SPOT_SECONDS:=110}" "${GROUP_SECONDS:=240}" # spot interruptions come two minutes ahead; the group's hook waits for five
readonly KUBERNETES HOSTS API_PORT SPOT_SECONDS GROUP_SECONDS

# Prints how many seconds are left and why the machine goes, or nothing.
notice() {
  local state
  if imds meta-data/spot/instance-action >/dev/null 2>&1; then
    echo "$SPOT_SECONDS spot interruption"
    return
  fi
  state=$(imds meta-data/autoscaling/target-lifecycle-state 2>/dev/null) || state=
  if [[ $state == Terminated ]]; then
    echo "$GROUP_SECONDS its group terminates it"
  fi
}

on_node() {
  kubectl --kubeconfig "$KUBERNETES/kubelet.conf" --request-timeout 10s "$@"
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

# drain LIMIT: until no pod is left that can move, or $SECONDS is the limit. On a machine of the control plane the API may have been this machine alone: then nobody could
# take the pods.
drain() {
  local left=unknown namespace name limit=$1 silent=
  on_node cordon "$NODE_NAME" || say "the node could not be cordoned"
  while ((SECONDS < limit)); do
    if left=$(pods); then
      [[ -n $left ]] || break
      silent=
      while read -r namespace name; do
        evict "$namespace" "$name" || say "$namespace/$name stays for now"
      done <<<"$left"
    else
      left='unknown, the API does not answer'
      silent=${silent:-$SECONDS}
      if is_control_plane && ((SECONDS - silent > 30)); then
        break
      fi
    fi
    sleep 5
  done
  say "left on the node: ${left:-nothing}"
}

is_control_plane() {
  [[ -f $KUBERNETES/manifests/kube-apiserver.yaml || -f $KUBERNETES/stopped/kube-apiserver.yaml ]]
}

# A control-plane machine leaves the load balancer first. For its shutdown delay its API server says that it is not ready and still answers. When it answers no more, the
# balancer has sent its clients to others, and this machine asks those, too: its kubelet must hear of the pods that are to end.
leave_load_balancer() {
  local limit=$((SECONDS + 100))
  is_control_plane || return 0
  systemctl stop k8saws-join.timer k8saws-certificates.timer || true
  mkdir -p "$KUBERNETES/stopped"
  if [[ -f $KUBERNETES/manifests/kube-apiserver.yaml ]]; then
    mv "$KUBERNETES/manifests/kube-apiserver.yaml" "$KUBERNETES/stopped/"
  fi
  say "the API server of this machine leaves the load balancer"
  while ((SECONDS < limit)) && answers; do
    sleep 1
  done
  sed -i '/# k8saws: /d' "$HOSTS"
  sed -i "s|^\( *server: \).*|\1https://$API_HOST:$API_PORT|" "$KUBERNETES/kubelet.conf"
  systemctl restart kubelet.service
  say "this machine asks $API_HOST now"
}

# Ready or not: as long as it answers, it may have clients.
answers() {
  curl -ks --connect-timeout 2 -m 5 -o /dev/null "https://$ADDRESS:$API_PORT/readyz"
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
  local left why
  while :; do
    read -r left why <<<"$(notice)"
    if [[ -n $why ]]; then
      # only now: after a reboot the runbook fills it step by step
      # shellcheck source=/dev/null
      source "$FACTS"
      leave "$((SECONDS + left))" "$why"
      return 0
    fi
    sleep 5
  done
}

# leave LIMIT WHY
leave() {
  say "this machine goes: $2"
  put_status leaving running "$2"
  leave_load_balancer
  drain "$1"
  complete
  put_status left 'done' "$2"
}

# ---- the runbook ----

watch
