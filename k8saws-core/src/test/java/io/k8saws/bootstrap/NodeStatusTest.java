package io.k8saws.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeStatusTest {
    private static final String FAILED = """
            {"version":1,"cluster":"payments","role":"etcd","part":"etcd-1","instance":"i-1","step":"mount-disks",
            "state":"failed","reason":"its disk is lost","time":"2026-11-26T12:00:00Z","uptimeSeconds":61,
            "log":["a \\"quoted\\" line","b"],"later":{"field":1}}
            """;

    @Test
    void isReadWithWhatALaterVersionAdds() {
        NodeStatus status = NodeStatus.fromJson(FAILED);

        assertThat(status.state()).isEqualTo(NodeStatus.State.FAILED);
        assertThat(status.time()).isEqualTo(Instant.parse("2026-11-26T12:00:00Z"));
        assertThat(status.elapsed()).isEqualTo(Duration.ofSeconds(61));
        assertThat(status.log()).containsExactly("a \"quoted\" line", "b");
        assertThat(status).hasToString("etcd-1 i-1 failed at mount-disks: its disk is lost");
        assertThat(NodeStatus.fromJson(FAILED.replace("failed", "done"))).hasToString("etcd-1 i-1 done after 61 s");
        assertThat(NodeStatus.fromJson(FAILED.replace("failed", "running")))
                .hasToString("etcd-1 i-1 at mount-disks (2026-11-26T12:00:00Z): its disk is lost");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "{", "<Error/>", "null"})
    void whatIsNoStatusIsRefused(String text) {
        assertThatThrownBy(() -> NodeStatus.fromJson(text)).isInstanceOf(K8sAwsException.class);
    }

    @Test
    void aStateOrATimeThatIsNoneIsRefused() {
        assertThatThrownBy(() -> NodeStatus.fromJson(FAILED.replace("failed", "x")))
                .isInstanceOf(K8sAwsException.class);
        assertThatThrownBy(() -> NodeStatus.fromJson(FAILED.replace("2026-11-26T12:00:00Z", "now")))
                .isInstanceOf(K8sAwsException.class);
    }
}
