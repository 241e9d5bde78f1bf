package io.k8saws.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.inventory.AwsInventory;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
        "A run that is killed while steps run side by side, and then another wish: the account becomes what the new one says")
class ConcurrentKillIT {
    private static final int FIRST_STEPS = 90;
    private static final int LAST_STEPS = 210;
    private static final int STRIDE = 15;
    private static final Pattern MACHINE = Pattern.compile("(ec2/(?:instance|volume) \\S+) .*k8saws\\.io/group=.*");

    @Test
    void anotherSpec_afterAnApplyWasKilled(@AwsEmulator(shared = false) AwsEndpoint aws) {
        Account empty = new Account(aws);
        ClusterSpec first = Clusters.small(aws.region());
        Wish other = k8s -> k8s.plan(Clusters.changed(first));
        AwsInventory expected;
        try (Account undisturbed = empty.copy()) {
            undisturbed.apply(other, Faults.none());
            expected = undisturbed.inventory();
        }
        Recovery recovery = new Recovery(other, expected, Faults.none(), ConcurrentKillIT::afterAnotherWish);
        recovery.ofAll(calls(), (Integer call) -> {
            try (Account killed = empty.copy()) {
                kill(killed, first, call);
                recovery.of(killed, "killed " + moment(call) + " call " + call);
            }
        });
        recovery.requireNoProblem();
    }

    @Test
    void nothingAtAll_afterAnApplyWasKilled(@AwsEmulator(shared = false) AwsEndpoint aws) {
        Account empty = new Account(aws);
        ClusterSpec spec = Clusters.small(aws.region());
        AwsInventory before = empty.inventory();
        Recovery recovery = new Recovery(k8s -> k8s.planDestroy(Clusters.NAME), before, Faults.none());
        recovery.ofAll(calls(), (Integer call) -> {
            try (Account killed = empty.copy()) {
                kill(killed, spec, call);
                recovery.of(killed, "killed " + moment(call) + " call " + call);
            }
        });
        recovery.requireNoProblem();
    }

    private static void kill(Account account, ClusterSpec spec, int call) {
        boolean dead =
                account.apply(k8s -> k8s.plan(spec), moment(call).at(call)).killed();
        assertThat(dead).as("killed at call %d", call).isTrue();
    }

    /**
     * What counts when a first wish was half fulfilled before another one: not the versions that the bucket keeps of what was overwritten and deleted; and machines
     * that run keep the type, the disk and the tags that they were started with, so of those only names and number count.
     */
    private static List<String> afterAnotherWish(AwsInventory inventory) {
        return inventory
                .where(line -> !line.startsWith("s3/old-version") && !line.startsWith("s3/delete-marker"))
                .lines()
                .stream()
                .map(line -> MACHINE.matcher(line).replaceFirst("$1"))
                .toList();
    }

    private static List<Integer> calls() {
        return IntStream.rangeClosed(FIRST_STEPS, LAST_STEPS)
                .filter(call -> call % STRIDE == 0)
                .boxed()
                .toList();
    }

    private static Moment moment(int call) {
        return call % 2 == 0 ? Moment.BEFORE : Moment.AFTER;
    }
}
