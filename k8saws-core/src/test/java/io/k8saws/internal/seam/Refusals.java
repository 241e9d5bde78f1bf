package io.k8saws.internal.seam;

import java.io.IOException;
import java.time.Duration;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;

/** Failures as the SDK throws them. */
final class Refusals {
    private Refusals() {}

    static AwsServiceException answer(int status, String code, String message) {
        return Ec2Exception.builder()
                .statusCode(status)
                .requestId("req-1")
                .clockSkew(Duration.ZERO)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .serviceName("Ec2")
                        .errorCode(code)
                        .errorMessage(message)
                        .build())
                .build();
    }

    /** What the SDK makes of an answer without a body, as HEAD requests get it. */
    static AwsServiceException bare(int status) {
        return Ec2Exception.builder()
                .statusCode(status)
                .requestId("req-1")
                .message("Service returned HTTP status code " + status)
                .build();
    }

    static SdkClientException broken() {
        return SdkClientException.create("Unable to execute HTTP request: broken pipe", new IOException("broken pipe"));
    }

    static SdkClientException withoutCredentials() {
        return SdkClientException.create(
                "Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain");
    }
}
