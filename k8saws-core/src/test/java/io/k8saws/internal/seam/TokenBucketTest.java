package io.k8saws.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.aws.ResiliencePolicy;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A token bucket keeps requests below a rate and gives way to others")
class TokenBucketTest {
    private final VirtualTime time = new VirtualTime();
    private final TokenBucket bucket = new TokenBucket(10, 2, time::nanoTime);

    private Duration next() {
        return bucket.untilTurn(bucket.draw(1));
    }

    private Duration waited(RateLimits limits, Operation operation, int times) {
        Duration before = time.passed();
        for (int i = 0; i < times; i++) {
            limits.await(RateLimits.Load.of(operation), time);
        }
        return time.passed().minus(before);
    }

    @Test
    void aFullBucketLetsMostOfAwssBurstThrough_thenTheRate() {
        for (int i = 0; i < 9; i++) {
            assertThat(next()).isZero();
        }
        assertThat(next()).isEqualTo(Duration.ofMillis(500));
        assertThat(next()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void tokensComeBack_upToTheCapacity() {
        next();
        time.pass(Duration.ofHours(1));

        for (int i = 0; i < 9; i++) {
            assertThat(next()).isZero();
        }
        assertThat(next()).isPositive();
    }

    @Test
    void aThrottledAnswerEndsTheBurstAndLowersTheRate_timeRaisesIt() {
        bucket.throttled();
        assertThat(bucket.rate()).isEqualTo(1.4);
        assertThat(next()).isPositive();

        time.pass(Duration.ofMinutes(2));
        assertThat(bucket.rate()).isEqualTo(2);
    }

    @Test
    void answersToRequestsThatWereSentTogetherCountOnce() {
        bucket.throttled();
        bucket.throttled();

        assertThat(bucket.rate()).isEqualTo(1.4);
    }

    @Test
    void theRateNeverFallsToNothing() {
        for (int i = 0; i < 100; i++) {
            bucket.throttled();
            time.pass(Duration.ofSeconds(2));
        }

        assertThat(bucket.rate()).isGreaterThanOrEqualTo(0.1);
    }

    @Test
    void aTicketForManyTokens_holdsUpThoseAfterIt() {
        assertThat(bucket.untilTurn(bucket.draw(20))).isEqualTo(Duration.ofMillis(5500));
        assertThat(next()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void whoCanWait_standsBackUntilHalfOfTheBucketIsLeft() {
        for (int i = 0; i < 4; i++) {
            next();
        }
        assertThat(bucket.untilSpare()).isZero();

        next();
        assertThat(bucket.untilSpare()).isEqualTo(Duration.ofMillis(250));
        time.pass(Duration.ofMillis(250));
        assertThat(bucket.untilSpare()).isZero();
    }

    @Test
    void servicesWithManyRequestsAreNotLimited() {
        RateLimits limits = new RateLimits(ResiliencePolicy.defaults(), time::nanoTime);

        assertThat(waited(limits, new Operation("s3", "GetObject"), 1000)).isZero();
    }

    @Test
    void aShareOfTheAccountIsAShareOfTheBucket() {
        RateLimits limits = new RateLimits(ResiliencePolicy.defaults().withRateShare(0.1), time::nanoTime);
        Operation write = new Operation("ec2", "CreateVpc");

        assertThat(waited(limits, write, 4)).isZero();
        assertThat(waited(limits, write, 10)).isGreaterThanOrEqualTo(Duration.ofSeconds(18));
    }

    @Test
    void emulatorsAreNotLimited() {
        RateLimits limits = new RateLimits(ResiliencePolicy.defaults().forEmulator(), time::nanoTime);

        assertThat(waited(limits, new Operation("ec2", "CreateVpc"), 1000)).isZero();
    }
}
