# ---- a web server that answers with its instance's id ----
mkdir -p /srv/web
echo "$instance" >/srv/web/index.html
imds meta-data/autoscaling/target-lifecycle-state >/srv/web/state
systemd-run --unit=web python3 -m http.server --directory /srv/web 8080
