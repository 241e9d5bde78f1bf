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
