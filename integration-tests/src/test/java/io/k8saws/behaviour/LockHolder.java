package io.k8saws.behaviour;

import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.progress.ProgressEvent;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A program that begins to apply a cluster, says so, and never ends. */
final class LockHolder {
    static final String HOLDS = "holds the lock";

    private LockHolder() {}

    public static void main(String[] args) {
        AwsAccess access = AwsAccess.builder()
                .region("us-east-1")
                .endpoint(URI.create(args[0]))
                .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build();
        CountDownLatch never = new CountDownLatch(1);
        try (K8sAws k8s = K8sAws.connect(access)) {
            k8s.apply(k8s.plan(Specs.small(args[1]).build()), event -> {
                if (event instanceof ProgressEvent.OperationStarted) {
                    System.out.println(HOLDS);
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            });
        }
    }
}
