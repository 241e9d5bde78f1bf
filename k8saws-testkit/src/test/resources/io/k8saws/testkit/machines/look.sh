#!/bin/bash
# What a machine sees of itself, for MachinesIT.
set -euo pipefail
address=http://169.254.169.254/latest
token=$(curl -sSf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $address/api/token)
imds() { curl -sSf -H "X-aws-ec2-metadata-token: $token" "$address/$1"; }
{
  echo "instance=$(imds meta-data/instance-id)"
  echo "zone=$(imds dynamic/instance-identity/document | sed -n 's/.*"availabilityZone" : "\(.*\)".*/\1/p')"
  echo "tags=$(imds meta-data/tags/instance/ | tr '\n' ' ')"
  echo "name=$(imds meta-data/tags/instance/Name)"
  echo "role=$(imds meta-data/iam/security-credentials/)"
  echo "key=$(imds "meta-data/iam/security-credentials/$(imds meta-data/iam/security-credentials/)" | sed -n 's/.*"AccessKeyId" : "\(.*\)".*/\1/p')"
  mac=$(imds meta-data/mac)
  echo "subnet=$(imds "meta-data/network/interfaces/macs/$mac/subnet-ipv4-cidr-block")"
  echo "carrier=$(cat /sys/class/net/ens5/address)"
  echo "without token=$(curl -s -o /dev/null -w '%{http_code}' $address/meta-data/instance-id)"
  echo "missing=$(curl -s -o /dev/null -w '%{http_code}' -H "X-aws-ec2-metadata-token: $token" $address/meta-data/spot)"
  echo "hostname=$(hostname)"
} >/var/lib/seen
echo "user data is done" >/dev/console
