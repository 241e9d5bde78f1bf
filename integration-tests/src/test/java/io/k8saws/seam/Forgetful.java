package io.k8saws.seam;

import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.cluster.ClusterSpec;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A program that plans at an endpoint and forgets to close the library. Must end all the same. */
final class Forgetful {
    private Forgetful() {}

    public static void main(String[] args) throws ClassNotFoundException {
        int before = Thread.getAllStackTraces().size();
        Class.forName(K8sAws.class.getName());
        Class.forName(ClusterSpec.class.getName());
        int after = Thread.getAllStackTraces().size();
        K8sAws k8s = K8sAws.connect(AwsAccess.builder()
                .region("eu-west-1")
                .endpoint(URI.create(args[0]))
                .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build());
        int changes = k8s.plan(
                        spec -> spec.name("forgetful").network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c")))
                .changes()
                .size();
        System.out.println("threads=" + (after - before) + " changes=" + (changes > 0));
    }
}
