# ---- takes the disk and the address of its group's member, as an etcd member does ----
tagged() { printf '%s\n' "Filter.1.Name=tag:member" "Filter.1.Value.1=one"; }
mapfile -t filters < <(tagged)
interface=$(ec2 Action=DescribeNetworkInterfaces "${filters[@]}" | tee /run/interface.xml | text networkInterfaceId)
mac=$(text macAddress </run/interface.xml)
until ec2 Action=AttachNetworkInterface "NetworkInterfaceId=$interface" "InstanceId=$instance" DeviceIndex=1; do sleep 1; done
until link=$(grep -l "$mac" /sys/class/net/*/address); do sleep 0.2; done
link=$(basename "$(dirname "$link")")
ip link set dev "$link" up
ip address replace 10.0.0.200/32 dev "$link"
volume=$(ec2 Action=DescribeVolumes "${filters[@]}" | text volumeId)
until ec2 Action=AttachVolume "VolumeId=$volume" "InstanceId=$instance" Device=/dev/sdf; do sleep 1; done
disk=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol${volume#vol-}
until [[ -b $disk ]]; do sleep 0.2; done
if [[ -z $(blkid -p -s TYPE -o value "$disk") ]]; then
  mkfs.ext4 -q "$disk"
  echo formatted >>/var/lib/member
fi
mkdir -p /data
mount "$disk" /data
echo "$instance" >>/data/holders
sync --file-system /data
