#!/bin/bash
# Reads an object with the credentials of the machine's role, signed by curl, for MachinesIT.
set -euo pipefail
address=http://169.254.169.254/latest
token=$(curl -sSf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $address/api/token)
imds() { curl -sSf -H "X-aws-ec2-metadata-token: $token" "$address/$1"; }
role=$(imds meta-data/iam/security-credentials/)
field() { imds "meta-data/iam/security-credentials/$role" | sed -n "s/.*\"$1\" : \"\(.*\)\".*/\1/p"; }
curl -sSf --aws-sigv4 aws:amz:us-east-1:s3 --user "$(field AccessKeyId):$(field SecretAccessKey)" \
  -H "X-Amz-Security-Token: $(field Token)" -o /var/lib/fetched http://169.254.170.1:5000/of-the-test/word
printf ' for %s' "$(imds meta-data/instance-id)" >>/var/lib/fetched
