package io.k8saws.internal.seam;

/**
 * Who we are, as STS says.
 *
 * @param account the account, 12 digits
 * @param partition the partition, for example {@code aws}
 * @param principal the ARN of the user or the role's session
 */
public record CallerIdentity(String account, String partition, String principal) {
    /**
     * Asks STS.
     *
     * @param aws the calls
     * @return who we are
     */
    public static CallerIdentity ask(AwsClients aws) {
        var caller = aws.sts().getCallerIdentity();
        return new CallerIdentity(caller.account(), caller.arn().split(":", 3)[1], caller.arn());
    }
}
