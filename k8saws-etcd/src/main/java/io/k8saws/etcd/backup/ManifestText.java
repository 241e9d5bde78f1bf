package io.k8saws.etcd.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A manifest as lines. Pure. */
record ManifestText(BackupManifest manifest) {
    @Override
    public String toString() {
        BackupManifest.Content content = manifest.content();
        BackupManifest.Stored stored = manifest.stored();
        SnapshotOrigin origin = manifest.origin();
        List<String> lines = new ArrayList<>();
        lines.add(manifest.cluster() + "/" + manifest.etcd() + " " + manifest.id() + ", taken " + manifest.taken()
                + (manifest.clockSkewMillis() == 0
                        ? ""
                        : ", the store's clock " + manifest.clockSkewMillis() + " ms ahead"));
        lines.add(line(
                "revision",
                String.format(
                        Locale.ROOT,
                        "%,d, compacted at %,d, %,d keys",
                        content.revision(),
                        content.compactRevision(),
                        content.keys())));
        lines.add(line("status hash", String.format(Locale.ROOT, "%08x", content.hash())));
        lines.add(line("HashKV", content.hashKv().toString()));
        lines.add(line(
                "snapshot", String.format(Locale.ROOT, "%,d bytes, SHA-256 %s", content.bytes(), content.sha256())));
        lines.add(line(
                "stored",
                String.format(
                                Locale.ROOT,
                                "%,d bytes, SHA-256 %s, in %s",
                                stored.bytes(),
                                stored.sha256(),
                                stored.object())
                        + (stored.encrypted() ? ", encrypted by " + stored.keyId() : "")));
        lines.add(line(
                "from",
                (origin.member().isEmpty() ? "" : "member " + origin.member() + ", ")
                        + (origin.memberId().isEmpty() ? "" : "id " + origin.memberId() + ", ")
                        + (origin.clusterId().isEmpty() ? "" : "of cluster " + origin.clusterId() + ", ")
                        + (origin.etcdVersion().isEmpty() ? "" : "etcd " + origin.etcdVersion() + ", ")
                        + "at " + origin.endpoint()));
        if (!manifest.kubernetesVersion().isEmpty()) {
            lines.add(line("Kubernetes", manifest.kubernetesVersion()));
        }
        if (!content.atRestKeys().isEmpty()) {
            lines.add(line(
                    "needs keys",
                    content.atRestKeys().stream().map(ManifestText::key).collect(Collectors.joining("; "))));
        }
        if (!manifest.set().isEmpty()) {
            lines.add(line("set", manifest.set() + " of " + String.join(", ", manifest.setOf())));
        }
        if (!manifest.base().isEmpty()) {
            lines.add(line("base", manifest.base()));
        }
        manifest.proofs().forEach(proof -> lines.add("  " + proof));
        manifest.remarks().forEach(remark -> lines.add(line("remark", remark)));
        return String.join("\n", lines);
    }

    private static String key(AtRestKey key) {
        return key.provider() + " " + key.name()
                + (key.fingerprint().isEmpty() ? "" : ", fingerprint " + key.fingerprint())
                + String.format(Locale.ROOT, ", %,d values", key.values());
    }

    private static String line(String what, String text) {
        return String.format(Locale.ROOT, "  %-11s %s", what, text);
    }
}
