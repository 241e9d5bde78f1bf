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
