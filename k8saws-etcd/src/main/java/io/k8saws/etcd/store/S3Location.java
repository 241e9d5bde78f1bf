package io.k8saws.etcd.store;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A bucket of S3 and how objects are kept in it. Immutable. The bucket must be there; whether it has versions, object lock and encryption by default is up to its owner, and all
 * of it is respected.
 *
 * @param bucket the bucket's name
 * @param prefix what all keys begin with; empty, or ends with a slash
 * @param owner the account that must own the bucket, 12 digits; empty if it may be any
 * @param encryption how S3 encrypts the objects
 * @param parallelParts how many parts of an object are sent at once, 1 to 32; each takes its size in memory
 */
public record S3Location(
        String bucket, String prefix, Optional<String> owner, S3Encryption encryption, int parallelParts) {
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9._-]+/)*");
    private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");

    /**
     * How S3 encrypts objects.
     *
     * @param kmsKey the ARN of a KMS key; empty for one of S3's, or for the bucket's default, which is a key of S3's unless the owner chose another one
     * @param ownKey whether a key of S3's is asked for (SSE-S3), whatever the bucket's default is; not together with a KMS key
     */
    public record S3Encryption(Optional<String> kmsKey, boolean ownKey) {
        /** Checks that it is one of them. */
        public S3Encryption {
            if (ownKey && kmsKey.isPresent()) {
                throw new IllegalArgumentException("Encrypt objects in S3: with a key of S3's and with " + kmsKey.get()
                        + " is not possible. Choose one.");
            }
        }
    }

    /** Checks all. */
    public S3Location {
        List<Violation> violations = new ArrayList<>();
        if (!BUCKET.matcher(bucket).matches()) {
            violations.add(new Violation(
                    "bucket",
                    "\"" + bucket + "\" is no name of a bucket",
                    "use 3 to 63 lower-case letters, digits, dots and hyphens"));
        }
        if (!PREFIX.matcher(prefix).matches()) {
            violations.add(new Violation(
                    "prefix",
                    "\"" + prefix + "\" is no prefix",
                    "use letters, digits, . _ - and a slash at the end, such as etcd/"));
        }
        if (owner.isPresent() && !ACCOUNT.matcher(owner.get()).matches()) {
            violations.add(new Violation("owner", "\"" + owner.get() + "\" is no account", "use 12 digits"));
        }
        if (parallelParts < 1 || parallelParts > 32) {
            violations.add(new Violation("parallelParts", parallelParts + " is out of range", "use 1 to 32"));
        }
        if (!violations.isEmpty()) {
            throw new InvalidSpecException("Describe a bucket for backups", violations);
        }
    }

    /**
     * A bucket with what suits most: the bucket's own encryption, four parts at once.
     *
     * @param bucket the bucket's name
     * @return the location, without a prefix
     */
    public static S3Location of(String bucket) {
        return new S3Location(bucket, "", Optional.empty(), new S3Encryption(Optional.empty(), false), 4);
    }

    /**
     * A copy with another prefix.
     *
     * @param prefix what all keys begin with; ends with a slash
     * @return the copy
     */
    public S3Location withPrefix(String prefix) {
        return new S3Location(bucket, prefix, owner, encryption, parallelParts);
    }

    /**
     * A copy that only takes the bucket of one account.
     *
     * @param account 12 digits
     * @return the copy
     */
    public S3Location withOwner(String account) {
        return new S3Location(bucket, prefix, Optional.of(account), encryption, parallelParts);
    }

    /**
     * A copy whose objects S3 encrypts with a KMS key.
     *
     * @param arn the ARN of the key
     * @return the copy
     */
    public S3Location withKmsKey(String arn) {
        return new S3Location(bucket, prefix, owner, new S3Encryption(Optional.of(arn), false), parallelParts);
    }

    /**
     * A copy whose objects S3 encrypts with a key of its own (SSE-S3), also where the bucket's default is a KMS key, so that whoever restores needs no right to a key.
     *
     * @return the copy
     */
    public S3Location withS3Key() {
        return new S3Location(bucket, prefix, owner, new S3Encryption(Optional.empty(), true), parallelParts);
    }

    /**
     * A copy that sends another number of parts at once.
     *
     * @param parts 1 to 32
     * @return the copy
     */
    public S3Location withParallelParts(int parts) {
        return new S3Location(bucket, prefix, owner, encryption, parts);
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix;
    }
}
