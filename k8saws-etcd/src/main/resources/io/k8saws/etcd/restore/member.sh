# What a restore does on the machine of a member. Settings stand above; what to do is in $action. Every action can be
# run again. Nothing is removed but what an earlier run of the same restore has left half done.
set -euo pipefail

prepared="$data/restored-$cluster"
aside="$data/before-$cluster"

# The cluster that a directory was restored for; empty if it was not, or is not there.
cluster_of() {
    cat "$1/member/restored-for" 2>/dev/null || true
}

# What it was restored from, and how. One cluster is restored in one way, or its members begin with different data.
origin_of() {
    cat "$1/member/restored-from" 2>/dev/null || true
}

is_running() {
    bash -c "$running_command" >/dev/null 2>&1
}

facts() {
    echo "version=$("$etcd" --version | sed -n 's/^etcd Version: *//p')"
    echo "running=$(is_running && echo true || echo false)"
    echo "occupied=$([ -e "$data/member" ] && echo true || echo false)"
    echo "cluster=$(cluster_of "$data")"
    echo "prepared=$(cluster_of "$prepared")"
    from="$prepared"
    if [ "$(cluster_of "$data")" = "$cluster" ]; then from="$data"; fi
    echo "from=$(origin_of "$from")"
    there="$data"
    while [ ! -e "$there" ]; do there=$(dirname "$there"); done
    echo "free=$(df --output=avail -B1 "$there" | tail -n 1 | tr -d ' ')"
}

prepare() {
    for there in "$data" "$prepared"; do
        if [ "$(cluster_of "$there")" = "$cluster" ]; then
            if [ "$(origin_of "$there")" = "$fingerprint" ]; then return; fi
            echo "another restore of cluster $cluster is in $there: take a new token, or move it away" >&2
            return 1
        fi
    done
    mkdir -p "$data"
    # names of this run alone: one that was given up may still be at it, and must not mix with this one
    backup="$prepared.backup.$$"
    partial="$prepared.partial.$$"
    # also when it fails or is ended: etcd may serve from the same disk, and ends when that is full
    trap 'rm -rf "$backup" "$partial"' EXIT
    rm -rf "$prepared.backup".* "$prepared.partial".*
    # the machine's own role may read the backup
    backup="$backup" bash -c "$fetch_command"
    echo "$sha256  $backup" | sha256sum --check --quiet
    "$etcdutl" snapshot restore "$backup" --data-dir="$partial" --name="$member" \
        --initial-cluster="$initial_cluster" --initial-cluster-token="$token" \
        --initial-advertise-peer-urls="$peer_urls" "${options[@]}" >&2
    rm -f "$backup"
    # the old cluster is stopped for it: an exit code says little, so it is read back
    status=$("$etcdutl" snapshot status "$partial/member/snap/db" --write-out=json)
    found=$(sed -n 's/.*"revision": *\([0-9]*\).*/\1/p' <<<"$status")
    if [ "$found" != "$revision" ]; then
        echo "the restored database is at revision ${found:-unknown}, and should be at $revision" >&2
        return 1
    fi
    echo "$fingerprint" >"$partial/member/restored-from"
    echo "$cluster" >"$partial/member/restored-for"
    # what root has written, an etcd of another user could not read
    owned="$data"
    if [ -e "$data/member" ]; then owned="$data/member"; fi
    chown -R --reference="$owned" "$partial"
    sync -f "$partial"
    mv -T "$partial" "$prepared"
}

stop() {
    # also when it does not run: what ends by itself is started again in the middle of the swap
    if ! bash -c "$stop_command" >&2; then
        echo "the command that stops etcd has failed" >&2
    fi
    if is_running; then
        echo "etcd still runs: see what starts it again" >&2
        return 1
    fi
}

swap() {
    if [ "$(cluster_of "$data")" = "$cluster" ]; then
        return
    fi
    if is_running; then
        echo "etcd runs: stop it first" >&2
        return 1
    fi
    if [ "$(cluster_of "$prepared")" != "$cluster" ]; then
        echo "nothing of cluster $cluster is prepared in $prepared" >&2
        return 1
    fi
    if [ -e "$data/member" ]; then
        mv -T "$data/member" "$aside"
    fi
    mv -T "$prepared/member" "$data/member"
    sync -f "$data"
}

start() {
    is_running || bash -c "$start_command" >&2
}

healthy() {
    gone=0
    # it ends here, too: whoever waits for it may be gone
    until bash -c "$health_command" >/dev/null 2>&1; do
        # a start that was asked for may not have begun
        if is_running; then gone=0; else gone=$((gone + 1)); fi
        if [ "$gone" -ge 5 ]; then
            echo "etcd has ended by itself" >&2
            return 1
        fi
        if [ "$SECONDS" -ge "$limit" ]; then
            echo "etcd runs and is not well" >&2
            return 124
        fi
        sleep 1
    done
}

"$action"
