package io.k8saws.cluster;

import java.util.regex.Pattern;

/** The syntax of names that Kubernetes, DNS and EC2 prescribe. */
final class Syntax {

    /** A DNS label (RFC 1123) that starts with a letter, short enough for all AWS names that are made of it. */
    static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]{0,30}[a-z0-9])?");

    static final Pattern REGION = Pattern.compile("[a-z]{2,3}(-[a-z]+)+-[0-9]");

    static final Pattern ZONE = Pattern.compile("[a-z]{2,3}(-[a-z]+)+-[0-9][a-h]");

    /** The same zone in every account has the same id, but not the same name (EC2 user guide, "AZ IDs"). */
    static final Pattern ZONE_ID = Pattern.compile("[a-z]{2,5}[0-9](-[a-z]{3}[0-9])?-az[0-9]{1,2}");

    static final Pattern EDGE_ZONE =
            Pattern.compile("[a-z]{2,3}(-[a-z]+)+-[0-9](-[a-z0-9]+)?-[a-z]{3}-(wlz-)?[0-9]+[a-z]?");

    static final Pattern INSTANCE_TYPE =
            Pattern.compile("[a-z][a-z0-9-]*\\.(nano|micro|small|medium|large|[0-9]*xlarge|metal(-[0-9]+xl)?)");

    static final Pattern SECURITY_GROUP = Pattern.compile("sg-([0-9a-f]{8}|[0-9a-f]{17})");

    static final Pattern KMS_KEY =
            Pattern.compile("arn:aws[a-z-]*:kms:([a-z0-9-]+):[0-9]{12}:key/(mrk-)?[0-9a-f-]{32,36}");

    static final Pattern POLICY =
            Pattern.compile("arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_/-]{1,512}");

    static final Pattern SSH_KEY = Pattern.compile("(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/]+={0,3}( [^\\n\\r]*)?");

    static final Pattern DOMAIN = Pattern.compile(
            "(?=.{1,253}$)([a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?)(\\.[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?)+");

    static final Pattern HOSTED_ZONE = Pattern.compile("Z[A-Z0-9]{1,31}");

    static final Pattern PRICE = Pattern.compile("[0-9]{1,4}(\\.[0-9]{1,6})?");

    static final Pattern VERSION = Pattern.compile("([0-9]+\\.[0-9]+)\\.[0-9]+");

    static final Pattern TAG_TEXT = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*");

    private static final Pattern QUALIFIED_NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    private static final Pattern PREFIX =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private Syntax() {}

    /** Tells whether a text is a key of a label or a taint: a name, with or without a DNS prefix and a slash. */
    static boolean isKey(String key) {
        int slash = key.indexOf('/');
        return slash < 0
                ? QUALIFIED_NAME.matcher(key).matches()
                : PREFIX.matcher(key.substring(0, slash)).matches()
                        && QUALIFIED_NAME.matcher(key.substring(slash + 1)).matches();
    }

    static boolean isLabelValue(String value) {
        return value.isEmpty() || QUALIFIED_NAME.matcher(value).matches();
    }

    static String prefix(String key) {
        int slash = key.indexOf('/');
        return slash < 0 ? "" : key.substring(0, slash);
    }
}
