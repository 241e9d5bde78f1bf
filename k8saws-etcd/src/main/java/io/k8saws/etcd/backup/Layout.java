package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys of backups: {@code <cluster>/<etcd>/<id>/} and below it {@code snapshot.db} with the suffix of its compression and {@code .enc}, {@code manifest.json}, and {@code
 * proofs/}. The id begins with the time, so that keys are in order of time.
 */
final class Layout {
    static final String MANIFEST = "manifest.json";
    static final String PROOFS = "proofs/";
    /** What all ids begin with, and no other name beside them. */
    static final String MILLENNIUM = "2";
    /** How the id of a backup looks. */
    static final String ID = "2[0-9]{7}T[0-9]{6}Z-[0-9a-f]{8}";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62})");
    private static final Pattern DIRECTORY = Pattern.compile("([a-z0-9-]+/[a-z0-9-]+/" + ID + "/)[A-Za-z0-9._/-]+");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final SecureRandom RANDOM = new SecureRandom();

    private Layout() {}

    static String requireName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new K8sAwsException(
                    "Name backups of " + what + " \"" + name + "\"",
                    "it is no name",
                    "use lower-case letters, digits and hyphens, 63 at most");
        }
        return name;
    }

    static String newId(Instant at) {
        return TIME.format(at) + "-" + random();
    }

    /** The time in an id, by the clock of who made it; empty if there is no such time. */
    static Optional<Instant> timeOf(String id) {
        try {
            return Optional.of(TIME.parse(id.substring(0, id.lastIndexOf('-')), Instant::from));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    static String random() {
        byte[] bytes = new byte[4];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static String directory(String cluster, String etcd, String id) {
        return cluster + "/" + etcd + "/" + id + "/";
    }

    /** The directory of the backup that an object belongs to; empty if it belongs to none. */
    static Optional<String> directoryOf(String key) {
        Matcher matcher = DIRECTORY.matcher(key);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** What a data key is made for: it opens no other backup. */
    static Map<String, String> context(String cluster, String etcd, String id) {
        return Map.of("k8saws:backup", cluster + "/" + etcd + "/" + id);
    }

    static String proof(BackupProof proof) {
        return PROOFS + TIME.format(proof.at()) + "-" + proof.level() + "-" + random() + ".json";
    }
}
