package io.k8saws.operate;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lets the machine of an etcd member start on a disk without data, once: the member was removed from its etcd and added again, so that nobody counts on what it had promised. It lies in the cluster's
 * bucket, where the machine reads it. Immutable.
 *
 * @param etcd which etcd, {@code main} or {@code events}
 * @param member the member's name, for example {@code etcd-3}
 * @param memberId the id that etcd gave it when it was added, 16 hexadecimal digits; empty in an order that somebody wrote by hand
 * @param volume the EBS volume that it takes
 * @param initialCluster etcd's {@code --initial-cluster}: all members as they are now, this one among them
 */
public record EtcdOrder(String etcd, String member, String memberId, String volume, String initialCluster) {
    private static final String CLUSTER = "initial-cluster: ";
    private static final String ID = "member: ";
    private static final Pattern IDS = Pattern.compile("([0-9a-f]{16})?");
    private static final Pattern VOLUMES = Pattern.compile("vol-[0-9a-f]+");

    /** Checks that each part has its form. */
    public EtcdOrder {
        Objects.requireNonNull(etcd, "etcd");
        Objects.requireNonNull(member, "member");
        if (!IDS.matcher(memberId).matches()) {
            throw new IllegalArgumentException("A member's id has 16 hexadecimal digits, got " + memberId + ".");
        }
        if (!VOLUMES.matcher(volume).matches()) {
            throw new IllegalArgumentException("A volume's id is vol- and hexadecimal digits, got " + volume + ".");
        }
        if (initialCluster.lines().count() != 1) {
            throw new IllegalArgumentException("The members of etcd stand in one line, got " + initialCluster + ".");
        }
    }

    /**
     * Reads what lies in the bucket.
     *
     * @param etcd which etcd
     * @param member the member's name
     * @param text the object's text
     * @return the order; empty when the text is none that a machine would follow
     */
    public static Optional<EtcdOrder> fromText(String etcd, String member, String text) {
        String volume = text.lines().findFirst().orElse("").strip();
        String id = line(text, ID).filter(one -> IDS.matcher(one).matches()).orElse("");
        return line(text, CLUSTER)
                .filter(cluster -> VOLUMES.matcher(volume).matches())
                .map(cluster -> new EtcdOrder(etcd, member, id, volume, cluster));
    }

    private static Optional<String> line(String text, String begin) {
        return text.lines()
                .filter(line -> line.startsWith(begin))
                .map(line -> line.substring(begin.length()).strip())
                .filter(rest -> !rest.isEmpty())
                .findFirst();
    }

    /**
     * The object's text: the volume, then etcd's list, then the member's id. No two members have had the same id, so no two orders have the same text.
     *
     * @return three lines
     */
    public String text() {
        return volume + "\n" + CLUSTER + initialCluster + "\n" + ID + memberId + "\n";
    }

    /** For example {@code etcd-3 1ab9dd744b428cd1 takes vol-0a1b for etcd-main}. */
    @Override
    public String toString() {
        return member + (memberId.isEmpty() ? "" : " " + memberId) + " takes " + volume + " for etcd-" + etcd;
    }
}
