package io.k8saws.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.aws.ResiliencePolicy;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A token bucket keeps requests below a rate and gives way to others")
class TokenBucketTest {
    private final VirtualTime time = new VirtualTime();
    private final TokenBucket bucket = new TokenBucket(3, 2, time::nanoTime);

    @Test
    void aFullBucketLetsABurstThrough_thenTheRate() {
        assertThat(bucket.take()).isZero();
        assertThat(bucket.take()).isZero();
        assertThat(bucket.take()).isZero();
        assertThat(bucket.take()).isEqualTo(Duration.ofMillis(500));
        assertThat(bucket.take()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void tokensComeBack_upToTheCapacity() {
        bucket.take();
        time.pass(Duration.ofHours(1));

        for (int i = 0; i < 3; i++) {
            assertThat(bucket.take()).isZero();
        }
        assertThat(bucket.take()).isPositive();
    }

    @Test
    void aThrottledAnswerEndsTheBurstAndHalvesTheRate_goodOnesRaiseIt() {
        bucket.throttled();
        assertThat(bucket.rate()).isEqualTo(1);
        assertThat(bucket.take()).isEqualTo(Duration.ofSeconds(1));
        for (int i = 0; i < 25; i++) {
            bucket.served();
        }
        assertThat(bucket.rate()).isEqualTo(2);
    }

    @Test
    void theRateNeverFallsToNothing() {
        for (int i = 0; i < 100; i++) {
            bucket.throttled();
        }

        assertThat(bucket.rate()).isEqualTo(0.1);
    }

    @Test
    void servicesWithManyRequestsAreNotLimited_andRoute53HasOneBucket() {
        RateLimits limits = new RateLimits(ResiliencePolicy.defaults(), time::nanoTime);
        for (int i = 0; i < 1000; i++) {
            assertThat(limits.take(new Operation("s3", "GetObject"))).isZero();
        }
        for (int i = 0; i < 5; i++) {
            assertThat(limits.take(new Operation("route53", "Operation" + i))).isZero();
        }
        assertThat(limits.take(new Operation("route53", "Another"))).isPositive();
    }

    @Test
    void aShareOfTheAccountIsAShareOfTheBucket() {
        RateLimits limits = new RateLimits(ResiliencePolicy.defaults().withRateShare(0.1), time::nanoTime);
        Operation write = new Operation("ec2", "CreateVpc");
        for (int i = 0; i < 5; i++) {
            assertThat(limits.take(write)).isZero();
        }
        assertThat(limits.take(write)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void emulatorsAreNotLimited() {
        RateLimits limits = new RateLimits(ResiliencePolicy.defaults().forEmulator(), time::nanoTime);
        for (int i = 0; i < 1000; i++) {
            assertThat(limits.take(new Operation("ec2", "CreateVpc"))).isZero();
        }
    }
}
