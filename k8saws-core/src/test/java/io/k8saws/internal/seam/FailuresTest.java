package io.k8saws.internal.seam;

import static io.k8saws.internal.seam.Refusals.answer;
import static io.k8saws.internal.seam.Refusals.bare;
import static io.k8saws.internal.seam.Refusals.broken;
import static io.k8saws.internal.seam.Refusals.withoutCredentials;
import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A failure says what was tried, why it failed and what to do")
class FailuresTest {
    private static final Operation CREATE = new Operation("ec2", "CreateVpc");
    private static final String GRAMMAR =
            "(?s)Call [a-z0-9]+:[A-Za-z0-9]+: .+[.!?] [A-Z].*[.!?] \\[(code=\\S+ )?(status=\\d+ )?"
                    + "(request=\\S+ )?attempts=\\d+]";

    @ParameterizedTest(name = "{1} ({0}): {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | ExpiredToken | get new credentials",
                "400 | ExpiredTokenException | get new credentials",
                "400 | RequestExpired | set this machine's clock",
                "403 | RequestTimeTooSkewed | set this machine's clock",
                "400 | RequestInTheFuture | set this machine's clock",
                "401 | AuthFailure | the key id and the secret belong together",
                "403 | InvalidClientTokenId | the key id and the secret belong together",
                "403 | InvalidAccessKeyId | the key id and the secret belong together",
                "400 | UnrecognizedClientException | the key id and the secret belong together",
                "403 | SignatureDoesNotMatch | the key id and the secret belong together",
                "400 | InvalidSignatureException | the key id and the secret belong together",
                "401 | OptInRequired | switch the region or the service on",
                "403 | SubscriptionRequiredException | switch the region or the service on",
                "400 | VpcLimitExceeded | raise the quota",
                "400 | AddressLimitExceeded | raise the quota",
                "409 | LimitExceeded | raise the quota",
                "400 | LimitExceededException | raise the quota",
                "400 | ResourceLimitExceeded | raise the quota",
                "400 | TooManyLoadBalancers | raise the quota",
                "400 | TooManyBuckets | raise the quota",
                "400 | MaxSpotInstanceCountExceeded | raise the quota",
                "400 | VcpuLimitExceeded | raise the quota",
                "500 | InsufficientInstanceCapacity | further instance types or zones",
                "503 | RequestLimitExceeded | lower the rate share",
                "400 | Throttling | lower the rate share",
                "400 | ThrottlingException | lower the rate share",
                "400 | TooManyRequestsException | lower the rate share",
                "503 | SlowDown | lower the rate share",
                "500 | InternalError | wait, then plan again",
                "503 | Unavailable | wait, then plan again",
                "400 | InvalidParameterValue | mend what AWS names"
            })
    void eachCodeHasItsHint(int status, String code, String hint) {
        AwsCallException e = Failures.translate(CREATE, 1, answer(status, code, "It is so."));

        assertThat(e).isNotInstanceOf(AccessDeniedException.class);
        assertThat(e.hint()).contains(hint);
        assertThat(e.getMessage()).matches(GRAMMAR).contains("AWS answered " + code + ": It is so. ");
        assertThat(e.code()).isEqualTo(code);
        assertThat(e.statusCode()).isEqualTo(status);
        assertThat(e.requestId()).isEqualTo("req-1");
        assertThat(e.outcomeUnknown()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "ec2, CreateVpc, UnauthorizedOperation, ec2:CreateVpc",
        "iam, CreateRole, AccessDenied, iam:CreateRole",
        "s3, GetObject, AccessDenied, s3:GetObject",
        "s3, HeadObject, AccessDenied, s3:GetObject",
        "s3, HeadBucket, AccessDenied, s3:ListBucket",
        "s3, ListObjectsV2, AccessDenied, s3:ListBucket",
        "s3, ListObjectVersions, AccessDenied, s3:ListBucketVersions",
        "s3, ListBuckets, AccessDenied, s3:ListAllMyBuckets",
        "s3, DeleteObjects, AccessDenied, s3:DeleteObject",
        "s3, PutBucketEncryption, AccessDenied, s3:PutEncryptionConfiguration",
        "s3, GetBucketEncryption, AccessDenied, s3:GetEncryptionConfiguration",
        "s3, PutPublicAccessBlock, AccessDenied, s3:PutBucketPublicAccessBlock",
        "s3, DeletePublicAccessBlock, AccessDenied, s3:PutBucketPublicAccessBlock",
        "s3, GetPublicAccessBlock, AccessDenied, s3:GetBucketPublicAccessBlock",
        "s3, PutBucketTagging, AccessDenied, s3:PutBucketTagging",
        "s3, CreateBucket, AccessDenied, s3:CreateBucket",
        "sqs, CreateQueue, AccessDeniedException, sqs:CreateQueue",
        "events, PutRule, AccessDeniedException, events:PutRule",
        "elasticloadbalancing, CreateLoadBalancer, AccessDenied, elasticloadbalancing:CreateLoadBalancer",
        "autoscaling, CreateAutoScalingGroup, AccessDenied, autoscaling:CreateAutoScalingGroup",
        "route53, ChangeResourceRecordSets, AccessDenied, route53:ChangeResourceRecordSets"
    })
    void aDeniedRequestNamesThePermissionAsIamDoes(String service, String operation, String code, String permission) {
        AwsCallException e =
                Failures.translate(new Operation(service, operation), 1, answer(403, code, "You may not."));

        assertThat(e).isInstanceOfSatisfying(AccessDeniedException.class, denied -> {
            assertThat(denied.missingAction()).isEqualTo(permission);
            assertThat(denied.hint()).startsWith("allow " + permission + " ");
            assertThat(denied.getMessage()).matches(GRAMMAR);
            assertThat(denied.retryable()).isFalse();
        });
    }

    @Test
    void aBareRefusalIsADeniedRequest() {
        AwsCallException e = Failures.translate(new Operation("s3", "HeadBucket"), 1, bare(403));

        assertThat(e).isInstanceOf(AccessDeniedException.class);
        assertThat(e.outcomeUnknown()).isFalse();
        assertThat(e.getMessage()).matches(GRAMMAR);
    }

    @Test
    void missingCredentialsAreNoTroubleOfTheNetwork() {
        AwsCallException e = Failures.translate(CREATE, 1, withoutCredentials());

        assertThat(Failures.serverTrouble(withoutCredentials())).isFalse();
        assertThat(e.attempts()).isZero();
        assertThat(e.outcomeUnknown()).isFalse();
        assertThat(e)
                .hasMessage(
                        "Call ec2:CreateVpc: no credentials were found in the environment, the profile or the"
                                + " instance role. Set AWS_PROFILE, log in, or pass a credentials provider to AwsAccess. [attempts=0]");
    }

    @Test
    void aBrokenConnectionLeavesTheOutcomeOpen() {
        AwsCallException e = Failures.translate(CREATE, 2, broken());

        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(e.retryable()).isTrue();
        assertThat(e.getMessage()).matches(GRAMMAR).contains("no answer came").endsWith("[attempts=2]");
    }

    static Stream<String> repetitions() {
        return Stream.of(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access"
                        + " Key and signing method.\n\nThe Canonical String for this request should have been\n'POST\n/\n\n"
                        + "x-amz-security-token:IQoJb3JpZ2luSECRET\n\nhost'\n\nThe String-to-Sign should have been\n'AWS4'",
                "Signature mismatch x-amz-security-token:IQoJb3JpZ2luSECRET",
                "No match.\nThe String-to-Sign should have been\n'AWS4 IQoJb3JpZ2luSECRET'");
    }

    @ParameterizedTest
    @MethodSource("repetitions")
    void theSessionTokenThatAwsRepeatsIsInNoMessageAndNoStackTrace(String message) {
        AwsCallException e = Failures.translate(CREATE, 1, answer(403, "SignatureDoesNotMatch", message));
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));

        assertThat(trace.toString()).doesNotContain("SECRET").contains("SignatureDoesNotMatch");
        assertThat(Failures.brief(answer(403, "", message))).doesNotContain("SECRET");
    }

    @Test
    void whatAwsSaysStaysOnOneLine() {
        assertThat(Failures.translate(CREATE, 1, answer(400, "Bad", "one\ntwo\u001b[31m")))
                .hasMessageContaining("one\\ntwo\\u001b[31m");
    }

    @ParameterizedTest
    @CsvSource({
        "InvalidVpcID.NotFound, 400, true",
        "NoSuchEntity, 404, true",
        "NoSuchKey, 404, true",
        "AWS.SimpleQueueService.NonExistentQueue, 400, true",
        "InvalidParameterValue, 400, false",
        "InternalError, 500, false"
    })
    void notThereIsReadFromTheCode(String code, int status, boolean notThere) {
        assertThat(Failures.notThere(answer(status, code, "no"))).isEqualTo(notThere);
    }

    @Test
    void notThereIsReadFromTheTextWhereTheCodeDoesNotTell() {
        assertThat(Failures.notThere(answer(400, "ValidationError", "Invalid IAM Instance Profile name")))
                .isTrue();
        assertThat(Failures.notThere(answer(400, "ValidationError", "The size is too small")))
                .isFalse();
        assertThat(Failures.notThere(answer(
                        400, "InvalidChangeBatch", "[Tried to delete resource record set [...] but it was not found]")))
                .as("a record that is not found is gone, and does not come after a while")
                .isFalse();
    }
}
