package io.k8saws.cluster;

/** The rules of EBS volumes: EBS user guide, volume types. */
final class VolumeRules {

    private static final int MAX_GIB = 65_536;

    private VolumeRules() {}

    static void check(Findings findings, String path, VolumeSpec volume, String region) {
        if (volume.type() == VolumeType.GP3) {
            gp3(findings, path, volume);
        } else {
            io2(findings, path, volume);
        }
        volume.kmsKey().ifPresent(key -> findings.kmsKey(path + ".kmsKey", key, region));
    }

    private static void gp3(Findings findings, String path, VolumeSpec volume) {
        boolean size = findings.range(path + ".sizeGib", volume.sizeGib(), 1, MAX_GIB);
        boolean iops = findings.range(path + ".iops", volume.iops(), 3000, 80_000);
        boolean throughput = findings.range(path + ".throughputMibps", volume.throughputMibps(), 125, 2000);
        // What is included has no ratio to keep, however small the volume.
        if (size && iops && volume.iops() > VolumeSpec.DEFAULT_IOPS) {
            ratio(findings, path, volume, 500);
        }
        if (iops && throughput) {
            findings.require(
                    volume.throughputMibps() * 4 <= volume.iops(),
                    path + ".throughputMibps",
                    "gp3 gives at most 0.25 MiB/s for each of its IOPS, " + volume.iops() / 4 + " MiB/s here",
                    "lower it, or raise iops to " + volume.throughputMibps() * 4);
        }
    }

    private static void io2(Findings findings, String path, VolumeSpec volume) {
        boolean size = findings.range(path + ".sizeGib", volume.sizeGib(), 4, MAX_GIB);
        boolean iops = findings.range(path + ".iops", volume.iops(), 100, 256_000);
        if (size && iops) {
            ratio(findings, path, volume, 1000);
        }
        findings.require(
                volume.throughputMibps() == VolumeSpec.DEFAULT_THROUGHPUT,
                path + ".throughputMibps",
                "the throughput of io2 follows from its IOPS",
                "remove it, or use gp3");
    }

    private static void ratio(Findings findings, String path, VolumeSpec volume, int perGib) {
        long most = (long) volume.sizeGib() * perGib;
        findings.require(
                volume.iops() <= most,
                path + ".iops",
                Names.lower(volume.type()) + " gives at most " + perGib + " IOPS a GiB, " + most + " here",
                "lower it, or raise sizeGib to " + (volume.iops() + perGib - 1) / perGib);
    }
}
