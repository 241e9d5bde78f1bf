package io.k8saws.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An endpoint is ended once, by whom it belongs to")
class AwsEndpointTest {
    private final AtomicInteger ended = new AtomicInteger();
    private final AwsEndpoint aws = new AwsEndpoint(
            URI.create("http://127.0.0.1:15003"), "us-east-1", "AKIA", "secret", () -> {}, ended::incrementAndGet);

    @Test
    void close_twice_endsOnce_becauseAnotherMayHaveThePortByThen() {
        aws.close();
        aws.close();
        assertThat(ended).hasValue(1);
    }

    @Test
    void close_byWhoSharesIt_endsNothing() {
        aws.shared().close();
        aws.withKeys("AKIB", "other").close();
        assertThat(ended).hasValue(0);
    }
}
