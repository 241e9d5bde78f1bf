package io.k8saws.internal.resource;

import java.net.URI;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** The others in an account: plain clients, which do what the library never does. */
final class Others implements AutoCloseable {
    private final URI endpoint;
    private final ConcurrentMap<List<Object>, SdkAutoCloseable> clients = new ConcurrentHashMap<>();

    Others(URI endpoint) {
        this.endpoint = endpoint;
    }

    /** Their client in a region; one for all builders of a class. */
    @SuppressWarnings("unchecked") // a builder of one class builds clients of one class
    <C extends SdkAutoCloseable> C client(String region, AwsClientBuilder<?, C> builder) {
        return (C) clients.computeIfAbsent(List.of(region, builder.getClass()), unused -> builder.endpointOverride(
                        endpoint)
                .region(Region.of(region))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build());
    }

    @Override
    public void close() {
        clients.values().forEach(SdkAutoCloseable::close);
    }
}
