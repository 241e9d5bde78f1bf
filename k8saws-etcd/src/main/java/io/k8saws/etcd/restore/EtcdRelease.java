package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import java.util.Optional;

/** The minor version of the etcd that shall start from a restored directory. */
public enum EtcdRelease {
    /** etcd 3.4, as Debian 12 has it: members count by the raft snapshot. */
    V3_4(4),
    /** etcd 3.5: members are in the database too. */
    V3_5(5),
    /** etcd 3.6, and 3.7, which starts from the same. */
    V3_6(6);

    /** What a cluster begins with, until its members have agreed on a version some seconds later; etcd's MinClusterVersion. */
    private static final String NOT_AGREED = "3.0.0";

    private final int minor;

    EtcdRelease(int minor) {
        this.minor = minor;
    }

    /**
     * The release of a version.
     *
     * @param version for example {@code 3.6.10}, {@code 3.5}, {@code v3.4.23+dfsg}
     * @return 3.7 is taken for 3.6
     * @throws K8sAwsException if no restore for it is known
     */
    public static EtcdRelease of(String version) {
        String[] parts = version.replaceFirst("^v", "").split("\\.", -1);
        if (parts.length >= 2 && parts[0].equals("3")) {
            switch (parts[1]) {
                case "4":
                    return V3_4;
                case "5":
                    return V3_5;
                case "6", "7":
                    return V3_6;
                default:
                    break;
            }
        }
        throw new K8sAwsException(
                "Restore for etcd " + version, "its form of data is not known", "take etcd 3.4 to 3.7");
    }

    /**
     * The release whose form a database has. A cluster of 3.6 that has not yet agreed on a version writes what 3.5 reads.
     *
     * @param clusterVersion what the members had agreed on
     * @param storageVersion the version of the data's form; empty before 3.6
     * @param term whether the term of raft is written beside its index, which 3.4 does not
     */
    static EtcdRelease ofDatabase(Optional<String> clusterVersion, Optional<String> storageVersion, boolean term) {
        return clusterVersion
                .filter(version -> !version.equals(NOT_AGREED))
                .or(() -> storageVersion)
                .map(EtcdRelease::of)
                .orElse(term ? V3_5 : V3_4);
    }

    /** Whether a server of this release starts from data that a cluster of a version has written. */
    boolean takes(EtcdRelease writer) {
        return minor == writer.minor || minor == writer.minor + 1;
    }

    /** For example {@code 3.6}. */
    @Override
    public String toString() {
        return "3." + minor;
    }
}
