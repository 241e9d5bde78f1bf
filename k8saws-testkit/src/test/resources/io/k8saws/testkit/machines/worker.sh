# ---- a worker ----

until curl -sSk -o /dev/null https://@CONTROL_PLANE@:6443/healthz; do sleep 1; done
kubeadm join --ignore-preflight-errors SystemVerification @CONTROL_PLANE@:6443 --token @TOKEN@ --discovery-token-unsafe-skip-ca-verification
echo "joined"
