#!/bin/bash
# Formats and mounts the machine's disk, found by the name that EC2 gives it, for MachinesIT.
set -euo pipefail
disk=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0a
mkfs.ext4 -q "$disk"
mkdir -p /data
mount "$disk" /data
echo kept >/data/word
