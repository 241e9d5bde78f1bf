package io.k8saws.etcd.envelope;

/** Names of KMS keys: an id, an ARN that ends with it, an alias, or the ARN of an alias. */
final class KmsKeyNames {
    private KmsKeyNames() {}

    /** Whether a key that was asked for by any name can be the one with this ARN. What is behind an alias is KMS's word alone. */
    static boolean same(String asked, String arn) {
        boolean alias = asked.startsWith("alias/") || asked.contains(":alias/");
        return alias || asked.equals(arn) || (!asked.startsWith("arn:") && arn.endsWith(":key/" + asked));
    }
}
