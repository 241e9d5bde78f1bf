package io.k8saws.internal.seam;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.AwsCallException.Failure;
import io.k8saws.internal.text.OneLine;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What an exception of the SDK means: whether to send the request again, and what to tell the caller. */
final class Failures {
    private static final Set<String> PARTS_NOT_THERE = Set.of(
            "InvalidPermission.NotFound",
            "InvalidSecurityGroupRuleId.NotFound",
            "InvalidSecurityGroupRule.NotFound",
            "InvalidAssociationID.NotFound",
            "InvalidAssociationId.NotFound",
            "InvalidAttachmentID.NotFound",
            "InvalidAttachment.NotFound",
            "InvalidVpcCidrBlockAssociationID.NotFound",
            "Gateway.NotAttached");
    private static final Set<String> DENIED = Set.of(
            "AccessDenied",
            "AccessDeniedException",
            "UnauthorizedOperation",
            "AuthorizationError",
            "UnauthorizedAccess");
    private static final Set<String> EXPIRED = Set.of("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired");
    private static final Set<String> NOT_ACCEPTED = Set.of(
            "AuthFailure",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "UnrecognizedClientException",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "MissingAuthenticationToken",
            "InvalidSignatureException",
            "InvalidToken");
    /** Route 53 takes one change of a zone after the other; the SDK does not count this as throttling. */
    private static final String ROUTE53_BUSY = "PriorRequestNotComplete";

    private static final Set<String> OPTED_OUT = Set.of("OptInRequired", "SubscriptionRequiredException");
    private static final Set<String> NO_CAPACITY = Set.of("InsufficientInstanceCapacity", "InsufficientCapacity");
    /** How STS and IAM word it: they answer SignatureDoesNotMatch, without a code of its own. */
    private static final Pattern SIGNED_TOO_EARLY_OR_LATE = Pattern.compile("^Signature (expired|not yet current)");

    private static final Pattern QUOTA = Pattern.compile(
            ".*(LimitExceeded|QuotaExceeded|InstanceCountExceeded)(Exception|Fault)?|TooMany[A-Z].*|VcpuLimitExceeded");

    /** AWS repeats the request that it could not verify, its session token included. */
    private static final Pattern REPEATED_REQUEST = Pattern.compile(
            "(?is)\\s*(The Canonical String for this request|The String-to-Sign|x-amz-security-token).*");

    private static final Pattern NOT_THERE = Pattern.compile(
            ".*(NotFound|NoSuch|NotExist|NonExist|does not exist|not found|Invalid IAM Instance Profile|could not be found|cannot be found).*",
            Pattern.CASE_INSENSITIVE);

    private Failures() {}

    /** Whether AWS said that it takes the request later, because requests come too fast or something else is not done yet. */
    static boolean throttled(Throwable failure) {
        return tooFast(failure)
                || failure instanceof AwsServiceException && code(failure).equals(ROUTE53_BUSY);
    }

    /** Whether AWS said that requests of the account come too fast. That a zone still works on an earlier change says nothing about the others. */
    static boolean tooFast(Throwable failure) {
        return failure instanceof AwsServiceException service
                && service.isThrottlingException()
                && !code(failure).equals(ROUTE53_BUSY);
    }

    /** Whether the service or the way to it is in trouble, rather than the request. */
    static boolean serverTrouble(Throwable failure) {
        if (failure instanceof AwsServiceException service) {
            return service.statusCode() >= 500 && !service.isThrottlingException();
        }
        return failure instanceof SdkClientException && !credentialsMissing(failure);
    }

    /** Whether the SDK has just set its clock by the answer, so that a second attempt can succeed. */
    static boolean clockSkew(Throwable failure) {
        return failure instanceof AwsServiceException service
                && (service.isClockSkewException()
                        || SIGNED_TOO_EARLY_OR_LATE.matcher(text(failure)).find());
    }

    /** Whether AWS knows the thing that the request names, but not the part of it that is to go: a rule, an association, an attachment. */
    static boolean partNotThere(Throwable failure) {
        return PARTS_NOT_THERE.contains(code(failure));
    }

    /**
     * Whether AWS does not know something that the request names. A batch of records says in the same words that a record is not there; but records are there at
     * once, and so are gone when they are not found.
     */
    static boolean notThere(Throwable failure) {
        return failure instanceof AwsServiceException service
                && service.statusCode() < 500
                && !code(failure).equals("InvalidChangeBatch")
                && (NOT_THERE.matcher(code(failure)).matches()
                        || NOT_THERE.matcher(text(failure)).matches());
    }

    static boolean credentialsMissing(Throwable failure) {
        return failure instanceof SdkClientException && text(failure).contains("Unable to load credentials");
    }

    static String code(Throwable failure) {
        return failure instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? Optional.ofNullable(service.awsErrorDetails().errorCode()).orElse("")
                : "";
    }

    /** The failure in a few words, for progress. */
    static String brief(Throwable failure) {
        String code = code(failure);
        return code.isEmpty() ? firstSentence(text(failure)) : code;
    }

    /** Turns an exception of the SDK into ours. */
    static AwsCallException translate(Operation operation, int attempts, Throwable cause) {
        int status = cause instanceof AwsServiceException service ? service.statusCode() : 0;
        String requestId = cause instanceof AwsServiceException service
                ? Optional.ofNullable(service.requestId()).orElse("")
                : "";
        String code = code(cause);
        Failure failure = new Failure(
                operation.service(),
                operation.name(),
                code,
                status,
                requestId,
                attempts,
                throttled(cause) || serverTrouble(cause) || cause instanceof CallNotPermittedException);
        if (cause instanceof AwsServiceException) {
            String why = "AWS answered " + (code.isEmpty() ? "status " + status : code) + ": " + text(cause);
            return DENIED.contains(code) || code.isEmpty() && status == 403
                    ? new AccessDeniedException(failure, operation.permission(), why, cause)
                    : new AwsCallException(failure, why, hint(code, cause), repeatsRequest(cause) ? null : cause);
        }
        if (credentialsMissing(cause)) {
            return new AwsCallException(
                    new Failure(operation.service(), operation.name(), "", 0, "", 0, false),
                    "no credentials were found in the environment, the profile or the instance role",
                    "set AWS_PROFILE, log in, or pass a credentials provider to AwsAccess",
                    cause);
        }
        if (cause instanceof CallNotPermittedException) {
            return new AwsCallException(
                    failure,
                    "it was not sent, because most of the last requests to " + operation.service() + " failed",
                    "wait until the service is well again, then plan again",
                    cause);
        }
        return new AwsCallException(
                failure,
                "no answer came: " + firstSentence(text(cause)),
                "check the endpoint, the network and the region's name; planning again shows whether the request was carried out",
                cause);
    }

    private static String hint(String code, Throwable cause) {
        if (throttled(cause)) {
            return "the account sends too many requests: wait, or lower the rate share of the resilience policy";
        }
        if (EXPIRED.contains(code)) {
            return "the session has expired: get new credentials and run it again";
        }
        if (clockSkew(cause)) {
            return "set this machine's clock, which AWS compares with its own, and get new credentials if the session has expired";
        }
        if (NOT_ACCEPTED.contains(code)) {
            return "check that the key id and the secret belong together and that the region is switched on for the account";
        }
        if (OPTED_OUT.contains(code)) {
            return "switch the region or the service on for the account";
        }
        if (NO_CAPACITY.contains(code)) {
            return "choose further instance types or zones, or apply again later";
        }
        if (QUOTA.matcher(code).matches()) {
            return "raise the quota in Service Quotas or remove what is no longer used, then apply again";
        }
        return serverTrouble(cause)
                ? "AWS or something on the way to it is in trouble: wait, then plan again"
                : "mend what AWS names, then plan again";
    }

    private static boolean repeatsRequest(Throwable failure) {
        return REPEATED_REQUEST.matcher(message(failure)).find();
    }

    /** What AWS said, on one line and without the request that it may repeat. */
    private static String text(Throwable failure) {
        String text =
                REPEATED_REQUEST.matcher(message(failure)).replaceFirst("").strip();
        return text.isEmpty() ? failure.getClass().getSimpleName() : OneLine.of(text);
    }

    private static String message(Throwable failure) {
        if (failure instanceof AwsServiceException service && service.awsErrorDetails() != null) {
            String message = service.awsErrorDetails().errorMessage();
            if (message != null && !message.isBlank()) {
                return message;
            }
        }
        return Optional.ofNullable(failure.getMessage()).orElse("");
    }

    private static String firstSentence(String text) {
        int end = text.indexOf(" (");
        return end > 0 ? text.substring(0, end) : text;
    }
}
