package io.k8saws.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FreshResourcesTest {
    private final FreshResources fresh = new FreshResources(java.time.Duration.ofSeconds(60), System::nanoTime);

    @Test
    void whatWasMadeIsFresh_untilItIsDeleted() {
        fresh.add(List.of("k8saws-payments-f13a2c6a", ""));

        assertThat(fresh.namedIn("PutObject(Bucket=k8saws-payments-f13a2c6a)")).isTrue();
        assertThat(fresh.namedIn("PutObject(Bucket=another)")).isFalse();

        fresh.remove(List.of("k8saws-payments-f13a2c6a"));

        assertThat(fresh.namedIn("PutObject(Bucket=k8saws-payments-f13a2c6a)")).isFalse();
    }

    @Test
    void theEndOfABucketName_isNotAnIdThatOutlivesTheBucket() {
        fresh.addIdsIn("CreateBucketResponse(Location=/k8saws-quickstart-9d5ed678)");
        fresh.add(List.of("k8saws-quickstart-9d5ed678"));

        fresh.remove(List.of("k8saws-quickstart-9d5ed678"));

        assertThat(fresh.namedIn("PutObjectRequest(Bucket=k8saws-quickstart-9d5ed678, Key=lock)"))
                .isFalse();
    }
}
