package io.k8saws.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A call log counts what was asked and how much of it at once")
class CallLogTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static RecordedCall call(int number, String operation, boolean write, int fromMillis, int toMillis) {
        return new RecordedCall(
                new AwsCall(number, "ec2", "eu-west-1", operation, write, ""),
                START.plusMillis(fromMillis),
                Duration.ofMillis(toMillis - fromMillis),
                200,
                true,
                Optional.empty());
    }

    private final CallLog log = new CallLog(List.of(
            call(3, "CreateVpc", true, 10, 20),
            call(1, "DescribeVpcs", false, 0, 10),
            call(2, "DescribeVpcs", false, 5, 15),
            call(4, "DescribeSubnets", false, 12, 13)));

    @Test
    void counts() {
        assertThat(log.count()).isEqualTo(4);
        assertThat(log.count("ec2:DescribeVpcs")).isEqualTo(2);
        assertThat(log.count("ec2:Nothing")).isZero();
        assertThat(log.reads().count()).isEqualTo(3);
        assertThat(log.writes().all())
                .extracting(RecordedCall::call)
                .extracting(AwsCall::name)
                .containsExactly("ec2:CreateVpc");
        assertThat(log.byOperation())
                .containsExactly(
                        java.util.Map.entry("ec2:CreateVpc", 1),
                        java.util.Map.entry("ec2:DescribeSubnets", 1),
                        java.util.Map.entry("ec2:DescribeVpcs", 2));
        assertThat(log.all()).extracting(recorded -> recorded.call().number()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void maxConcurrency_doesNotCountCallsThatOnlyTouch() {
        assertThat(log.maxConcurrency()).isEqualTo(3);
        assertThat(new CallLog(List.of(call(1, "A", false, 0, 10), call(2, "A", false, 10, 20))).maxConcurrency())
                .isEqualTo(1);
        assertThat(new CallLog(List.of()).maxConcurrency()).isZero();
    }

    @Test
    void toString_isATableWithTheMostFrequentFirst() {
        assertThat(log.toString().lines())
                .containsExactly(
                        "     2  ec2:DescribeVpcs",
                        "     1  ec2:CreateVpc",
                        "     1  ec2:DescribeSubnets",
                        "     4  calls, 3 reads and 1 writes, at most 3 at once");
    }
}
