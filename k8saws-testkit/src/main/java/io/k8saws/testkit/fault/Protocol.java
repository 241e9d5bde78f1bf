package io.k8saws.testkit.fault;

import java.util.Locale;
import java.util.Map;

/**
 * The wire protocols of AWS, as far as their errors differ.
 *
 * <p>Sources: the "Common errors" and "Error responses" pages of the services' API references, and the AWS protocol
 * specifications of Smithy (awsQuery, ec2Query, awsJson, restJson, restXml).
 */
enum Protocol {
    EC2("text/xml;charset=UTF-8"),
    QUERY("text/xml"),
    S3("application/xml"),
    ROUTE53("text/xml"),
    JSON("application/x-amz-json-1.1"),
    REST_JSON("application/json");

    private final String contentType;

    Protocol(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    boolean xml() {
        return this != JSON && this != REST_JSON;
    }

    /** The body of an error answer. */
    String body(AwsError error, String requestId) {
        String code = escape(error.code());
        String message = escape(error.message());
        return switch (this) {
            case EC2 ->
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>" + code
                        + "</Code><Message>" + message + "</Message></Error></Errors><RequestID>" + requestId
                        + "</RequestID></Response>";
            case QUERY, ROUTE53 ->
                "<ErrorResponse><Error><Type>" + (error.status() < 500 ? "Sender" : "Receiver") + "</Type><Code>" + code
                        + "</Code><Message>" + message + "</Message></Error><RequestId>" + requestId
                        + "</RequestId></ErrorResponse>";
            case S3 ->
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" + message
                        + "</Message><RequestId>" + requestId + "</RequestId></Error>";
            case JSON, REST_JSON ->
                "{\"__type\":\"" + error.code() + "\",\"message\":\""
                        + error.message().replace("\\", "\\\\").replace("\"", "\\\"") + "\"}";
        };
    }

    /** The headers that carry the error's name and the request's id beside the body. */
    Map<String, String> headers(AwsError error, String requestId) {
        return switch (this) {
            case S3 -> Map.of("x-amz-request-id", requestId);
            case JSON, REST_JSON -> Map.of("x-amzn-RequestId", requestId, "x-amzn-ErrorType", error.code());
            case EC2, QUERY, ROUTE53 -> Map.of("x-amzn-RequestId", requestId);
        };
    }

    AwsError throttled() {
        return switch (this) {
            case EC2 -> new AwsError("RequestLimitExceeded", 503, "Request limit exceeded.");
            case QUERY, ROUTE53 -> new AwsError("Throttling", 400, "Rate exceeded");
            case S3 -> new AwsError("SlowDown", 503, "Please reduce your request rate.");
            case JSON -> new AwsError("ThrottlingException", 400, "Rate exceeded");
            case REST_JSON -> new AwsError("TooManyRequestsException", 429, "Rate exceeded");
        };
    }

    AwsError failed(int status) {
        boolean unavailable = status == 503;
        String code =
                switch (this) {
                    case EC2 -> unavailable ? "Unavailable" : "InternalError";
                    case QUERY, ROUTE53 -> unavailable ? "ServiceUnavailable" : "InternalFailure";
                    case S3 -> unavailable ? "ServiceUnavailable" : "InternalError";
                    case JSON, REST_JSON -> unavailable ? "ServiceUnavailableException" : "InternalServerError";
                };
        return new AwsError(
                code,
                status,
                unavailable ? "The service is not available at present." : "An internal error has occurred.");
    }

    AwsError denied(String action) {
        return switch (this) {
            case EC2 ->
                new AwsError(
                        "UnauthorizedOperation",
                        403,
                        "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/test is not"
                                + " authorized to perform: " + action
                                + " because no identity-based policy allows the " + action + " action");
            case JSON, REST_JSON -> new AwsError("AccessDeniedException", 400, notAuthorized(action));
            case QUERY, ROUTE53, S3 -> new AwsError("AccessDenied", 403, notAuthorized(action));
        };
    }

    AwsError tokenExpired() {
        return switch (this) {
            case EC2 -> new AwsError("RequestExpired", 400, "Request has expired.");
            case S3 -> new AwsError("ExpiredToken", 400, "The provided token has expired.");
            case JSON, REST_JSON ->
                new AwsError("ExpiredTokenException", 400, "The security token included in the request is expired");
            case QUERY, ROUTE53 ->
                new AwsError("ExpiredToken", 403, "The security token included in the request is expired");
        };
    }

    AwsError clockSkewed() {
        return switch (this) {
            case EC2 ->
                new AwsError(
                        "RequestExpired", 400, "Request has expired. Timestamp date is too far from the server's.");
            case S3 ->
                new AwsError(
                        "RequestTimeTooSkewed",
                        403,
                        "The difference between the request time and the current time is too large.");
            case JSON, REST_JSON ->
                new AwsError(
                        "InvalidSignatureException",
                        400,
                        "Signature expired: the request's time is too old or not yet");
            case QUERY, ROUTE53 ->
                new AwsError(
                        "SignatureDoesNotMatch", 403, "Signature expired: the request's time is too old or not yet");
        };
    }

    private static String notAuthorized(String action) {
        return "User: arn:aws:iam::123456789012:user/test is not authorized to perform: " + action
                + " because no identity-based policy allows the " + action + " action";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    static Protocol of(String service, boolean formEncoded, boolean hasTarget) {
        if (hasTarget) {
            return JSON;
        }
        return switch (service.toLowerCase(Locale.ROOT)) {
            case "ec2" -> EC2;
            case "s3" -> S3;
            case "route53" -> ROUTE53;
            default -> formEncoded ? QUERY : REST_JSON;
        };
    }
}
