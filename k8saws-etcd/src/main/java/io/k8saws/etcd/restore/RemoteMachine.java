package io.k8saws.etcd.restore;

/**
 * What a script needs to know of the machine of a member. Commands are lines for bash.
 *
 * @param dataDirectory the data directory
 * @param fetchCommand writes the backup to the file {@code "$backup"}, for example {@code aws s3 cp s3://backups/monday.db "$backup"} with the machine's own role
 * @param sha256 the SHA-256 of that file, 64 hexadecimal digits
 * @param startCommand starts etcd and does not wait until it has joined, for which the others must have been started, too
 * @param stopCommand stops it and returns when it is gone; also run when it does not run, for it may be about to be started again
 * @param runningCommand succeeds while it runs or is being started
 * @param healthCommand succeeds when it has a leader and answers
 * @param etcd the program
 * @param etcdutl the program, of the same version
 */
public record RemoteMachine(
        String dataDirectory,
        String fetchCommand,
        String sha256,
        String startCommand,
        String stopCommand,
        String runningCommand,
        String healthCommand,
        String etcd,
        String etcdutl) {
    /**
     * A machine on which systemd runs etcd.
     *
     * @param dataDirectory the data directory
     * @param unit the unit of etcd
     * @param healthUrl its {@code /health} without TLS, as on {@code --listen-metrics-urls}
     * @param fetchCommand writes the backup to the file {@code "$backup"}
     * @param sha256 the SHA-256 of that file
     * @return a machine with {@code etcd} and {@code etcdutl} on root's path
     */
    public static RemoteMachine ofUnit(
            String dataDirectory, String unit, String healthUrl, String fetchCommand, String sha256) {
        return new RemoteMachine(
                dataDirectory,
                fetchCommand,
                sha256,
                // a unit of Type=notify is started when it has joined, which the first of several members cannot alone
                "systemctl start --no-block " + unit,
                "systemctl stop " + unit,
                "systemctl show --property=ActiveState --value " + unit
                        + " | grep -qxE 'active|activating|reloading|deactivating'",
                "curl --silent --fail --max-time 5 " + healthUrl,
                "etcd",
                "etcdutl");
    }
}
