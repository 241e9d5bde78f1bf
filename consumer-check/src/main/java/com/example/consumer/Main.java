package com.example.consumer;

import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;

/** Opens what the library brings along, forgets to close it, and must still come to an end. */
final class Main {
    private Main() {}

    public static void main(String[] args) throws ClassNotFoundException {
        var ec2 = Ec2Client.builder()
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .build();
        var kubernetes = new KubernetesClientBuilder().build();
        var library = Class.forName("io.k8saws.package-info");
        System.out.println(library.getPackageName() + " beside " + ec2.serviceName() + " and "
                + kubernetes.getClass().getSimpleName());
    }
}
