#!/usr/bin/env bash
# Lets a real API server load a file of encryption providers, without the plug-in that the file names, and prints what it says about it.
# usage: encryption.sh FOLDER PROGRAM ETCD PORT: a folder with encryption.yaml, sa.key and sa.pub; kube-apiserver; etcd's endpoint; a free port
set -euo pipefail
readonly FOLDER=$1 PROGRAM=$2 ETCD=$3 PORT=$4

printf 'secret-of-test,admin,admin,"system:masters"\n' >"$FOLDER/tokens.csv"
"$PROGRAM" --etcd-servers="$ETCD" --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --endpoint-reconciler-type=none --secure-port="$PORT" \
  --cert-dir="$FOLDER/certificates" --token-auth-file="$FOLDER/tokens.csv" --service-cluster-ip-range=10.96.0.0/16 --authorization-mode=RBAC \
  --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$FOLDER/sa.pub" --service-account-signing-key-file="$FOLDER/sa.key" \
  --encryption-provider-config="$FOLDER/encryption.yaml" >"$FOLDER/log" 2>&1 &
readonly SERVER=$!
trap 'kill -KILL "$SERVER" 2>/dev/null || true' EXIT

ready() { curl -sk -m 5 -H 'Authorization: Bearer secret-of-test' "https://127.0.0.1:$PORT/readyz?verbose"; }

for ((i = 0; i < 240; i++)); do
  if ! kill -0 "$SERVER" 2>/dev/null; then
    echo 'the API server ended'
    tail -n 3 "$FOLDER/log"
    exit 0
  fi
  answer=$(ready) || answer=
  if [[ $answer == *kms-providers* && $answer == *'[+]poststarthook/rbac/bootstrap-roles ok'* ]]; then
    printf '%s\n' "$answer"
    exit 0
  fi
  sleep 0.5
done
echo 'the API server says nothing of its providers'
tail -n 20 "$FOLDER/log"
exit 1
