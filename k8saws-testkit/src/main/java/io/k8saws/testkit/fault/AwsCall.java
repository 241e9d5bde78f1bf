package io.k8saws.testkit.fault;

/**
 * One call to AWS as it arrived at the {@link FaultyHttpClient}: the question, not the answer.
 *
 * <p>Immutable. Of the parameters it holds an object's key alone, and no body, so printing one never shows a secret.
 *
 * @param number the place in the order of arrival at this client, from 1. An attempt that repeats a request is a call of its own
 * @param service the service's signing name in lower case, such as {@code ec2}, {@code iam}, {@code elasticloadbalancing}, {@code s3}
 * @param region the region that the request is signed for, such as {@code eu-west-1}; empty for a request that is not signed
 * @param operation the operation as the API reference spells it, such as {@code DescribeVpcs}. For a REST service without a table
 *     here it is the method and the path
 * @param write whether the operation may change something. Decided by the operation's name
 * @param key the key of the S3 object that is asked for, decoded; empty for a call that is not about one object
 */
public record AwsCall(int number, String service, String region, String operation, boolean write, String key) {

    /**
     * The service and the operation in one word, in the form that IAM uses for actions.
     *
     * @return for example {@code ec2:CreateVpc}
     */
    public String name() {
        return service + ":" + operation;
    }

    @Override
    public String toString() {
        return "#" + number + " " + name() + (key.isEmpty() ? "" : " " + key);
    }
}
