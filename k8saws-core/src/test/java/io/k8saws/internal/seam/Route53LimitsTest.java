package io.k8saws.internal.seam;

import static io.k8saws.internal.seam.Refusals.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.internal.seam.RateLimits.Load;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Route 53's token buckets: of the account, of each action, of record changes")
class Route53LimitsTest {
    private static final Operation LIST = new Operation("route53", "ListResourceRecordSets");
    private static final Operation CHANGE = new Operation("route53", "ChangeResourceRecordSets");

    private final VirtualTime time = new VirtualTime();
    private RateLimits limits = new RateLimits(ResiliencePolicy.defaults(), time::nanoTime);

    private double seconds(Load load, int times) {
        Duration before = time.passed();
        for (int i = 0; i < times; i++) {
            limits.await(load, time);
        }
        return time.passed().minus(before).toMillis() / 1e3;
    }

    private static Load load(String action) {
        return Load.of(new Operation("route53", action));
    }

    @Test
    void aTenthLessThanFiftyLeaveAtOnce_thenTenASecond_ofAllActionsTogether() {
        assertThat(seconds(Load.of(LIST), 22)).isZero();
        assertThat(seconds(Load.of(CHANGE), 23)).isZero();
        assertThat(seconds(load("GetChange"), 100)).isEqualTo(10, within(0.2));
    }

    @Test
    void slowActionsHaveBucketsOfTheirOwn_whichLeaveTheOthersAlone() {
        assertThat(seconds(load("DeleteHealthCheck"), 13 + 3)).isEqualTo(0.84, within(0.2));
        assertThat(seconds(load("CreateTrafficPolicyInstance"), 3)).isEqualTo(2, within(0.1));
        assertThat(seconds(Load.of(LIST), 20)).isZero();
    }

    @Test
    void changesOfRecordsAreCountedBesideRequests() {
        limits = new RateLimits(ResiliencePolicy.defaults().withRecordChangesPerSecond(100), time::nanoTime);
        Load thousand = new Load(CHANGE, 1000, false);

        assertThat(seconds(thousand, 1)).isEqualTo(1, within(0.01)); // 900 at once
        assertThat(seconds(thousand, 1)).isEqualTo(10, within(0.01));
        assertThat(seconds(Load.of(LIST), 40)).isZero();
    }

    @Test
    void theRateOfChangesFindsWhatAwsTakes_andComesBack() {
        limits = new RateLimits(ResiliencePolicy.defaults().withRecordChangesPerSecond(100), time::nanoTime);
        Load hundred = new Load(CHANGE, 100, false);
        limits.throttled(hundred);

        assertThat(seconds(hundred, 2)).isGreaterThan(2.5); // the burst is gone, 70 a second and more again with time
        time.pass(Duration.ofMinutes(5));
        assertThat(seconds(hundred, 9)).isZero();
    }

    @Test
    void whatNobodyWaitsForLeavesHalfOfTheBucket() {
        assertThat(seconds(new Load(LIST, 0, true), 23)).isZero();
        assertThat(seconds(Load.of(CHANGE), 22)).isZero();
        assertThat(seconds(new Load(LIST, 0, true), 1)).isGreaterThan(2);
    }

    @Test
    void aZoneThatStillWorksOnAChange_isWaitedFor_butSlowsNobodyDown() {
        Guard guard =
                new Guard(ResiliencePolicy.defaults(), time, new FreshResources(Duration.ofMinutes(1), time::nanoTime));
        int[] refused = {0};
        String answer = guard.call(CHANGE, "batch", CallListener.silent(), () -> {
            if (refused[0]++ < 3) {
                throw answer(400, "PriorRequestNotComplete", "The request was rejected");
            }
            return "done";
        });
        Duration before = time.passed();
        for (int i = 0; i < 41; i++) {
            guard.call(LIST, "page", CallListener.silent(), () -> "page");
        }

        assertThat(answer).isEqualTo("done");
        assertThat(guard.sent()).isEqualTo(4 + 41);
        assertThat(time.passed()).isEqualTo(before);
    }

    @Test
    void figuresMustBePositive() {
        assertThat(ResiliencePolicy.defaults().recordChangesPerSecond()).isEqualTo(1000);
        assertThat(ResiliencePolicy.defaults().forEmulator().recordChangesPerSecond())
                .isEqualTo(1000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResiliencePolicy.defaults().withRecordChangesPerSecond(0))
                .withMessageContaining("recordChangesPerSecond");
    }
}
