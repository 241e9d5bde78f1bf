package io.k8saws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.aws.AwsAccess;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Opening the library calls nothing and refuses contradictions")
class K8sAwsTest {
    /** Nothing listens there. */
    private static final AwsAccess NOWHERE = AwsAccess.builder()
            .region("eu-west-1")
            .endpoint(URI.create("http://127.0.0.1:1"))
            .build();

    @Test
    void aRegionOrAnAccessIsNeeded() {
        assertThatThrownBy(() -> K8sAws.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("region");
    }

    @Test
    void aRegionAndAnAccessMayNotContradict() {
        assertThatThrownBy(() ->
                        K8sAws.builder().access(NOWHERE).region("eu-west-2").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("eu-west-1")
                .hasMessageContaining("eu-west-2");
        K8sAws.builder().access(NOWHERE).region("eu-west-1").build().close();
    }

    @Test
    void openingAndClosingCallsNothing() {
        try (K8sAws k8s = K8sAws.connect(NOWHERE)) {
            assertThat(k8s).hasToString("K8sAws[eu-west-1 at http://127.0.0.1:1, each call at most 180 s]");
        }
    }

    /** Waits, rolls and rotations tell it themselves; what it throws must end none of them. */
    @Test
    void aListenerThatThrowsHearsNoMoreOfAnOperation() {
        List<ProgressEvent> heard = new ArrayList<>();
        ProgressEvent event = new ProgressEvent.ComponentChanged("blue", "API", "answers", true);
        try (K8sAws k8s = K8sAws.builder()
                .access(NOWHERE)
                .progress(told -> {
                    heard.add(told);
                    throw new IllegalStateException("of the listener");
                })
                .build()) {
            ProgressListener operation = k8s.progress();
            operation.onEvent(event);
            operation.onEvent(event);
            assertThat(heard).hasSize(1);

            k8s.progress().onEvent(event);
            assertThat(heard).as("the next operation begins anew").hasSize(2);
        }
    }

    @Test
    void closingTwiceIsClosing() {
        K8sAws k8s = K8sAws.connect(NOWHERE);
        k8s.close();
        k8s.close();
    }
}
