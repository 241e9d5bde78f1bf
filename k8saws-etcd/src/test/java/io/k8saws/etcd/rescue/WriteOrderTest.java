package io.k8saws.etcd.rescue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.etcd.registry.ResourceKey;
import io.k8saws.plan.Action;
import io.k8saws.plan.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteOrderTest {
    private static Chosen object(String key, String uid, String... owners) {
        return new Chosen(key, ResourceKey.of(key.getBytes(UTF_8)), 1, 1, "", "", false, uid, List.of(owners));
    }

    @Test
    void ownersComeBeforeWhatTheyOwn() {
        List<Chosen> order = WriteOrder.of(List.of(
                object("/registry/pods/shop/a", "p", "rs"),
                object("/registry/replicasets/shop/a", "rs", "d"),
                object("/registry/deployments/shop/a", "d"),
                object("/registry/secrets/shop/z", "s", "gone"),
                object("/registry/apiextensions.k8s.io/customresourcedefinitions/x.example.com", "x"),
                object("/registry/namespaces/shop", "n")));

        assertThat(order.stream().map(Chosen::uid)).containsExactly("n", "x", "d", "s", "rs", "p");
    }

    @Test
    void aCircleOfOwnersEnds() {
        List<Chosen> circle = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String[] all = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
            circle.add(object("/registry/pods/shop/" + i, Integer.toString(i), all));
        }
        assertThat(WriteOrder.of(circle)).hasSize(10);
    }

    @Test
    void transactionsHaveTwoLimits() {
        List<RescueChange> small = changes(300, 10);
        assertThat(RescueRun.batches(small).stream().map(List::size)).containsExactly(128, 128, 44);
        List<RescueChange> large = changes(5, 600_000);
        assertThat(RescueRun.batches(large).stream().map(List::size)).containsExactly(1, 1, 1, 1, 1);
        assertThat(RescueRun.batches(small).stream().flatMap(List::stream)).containsExactlyElementsOf(small);
        assertThat(RescueRun.batches(List.of())).isEmpty();
    }

    private static List<RescueChange> changes(int number, int bytes) {
        List<RescueChange> changes = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            changes.add(new RescueChange(
                    "/registry/configmaps/shop/" + i, Action.CREATE, Risk.SAFE, "", 0, 1, bytes, Duration.ZERO));
        }
        return changes;
    }
}
