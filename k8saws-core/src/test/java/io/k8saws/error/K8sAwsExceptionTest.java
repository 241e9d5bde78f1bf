package io.k8saws.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class K8sAwsExceptionTest {

    @Test
    void messagesHaveOneShape() {
        Map<String, String> context = new LinkedHashMap<>();
        context.put("vpc", "vpc-0a1");
        context.put("attempts", "1");
        IllegalStateException cause = new IllegalStateException("below");

        K8sAwsException e = new K8sAwsException(
                "Create subnet payments-b", "the VPC has no free /20 left", "widen network.cidr", context, cause);

        assertThat(e)
                .hasMessage("Create subnet payments-b: the VPC has no free /20 left. Widen network.cidr."
                        + " [vpc=vpc-0a1 attempts=1]")
                .hasCause(cause);
        assertThat(e.hint()).isEqualTo("widen network.cidr");
        assertThat(e.context()).containsExactlyEntriesOf(context);
        assertThat(e.retryable()).isFalse();
    }

    @Test
    void aSentenceIsNotEndedTwice() {
        assertThat(new K8sAwsException("Read", "it is gone.", "Look again!"))
                .hasMessage("Read: it is gone. Look again!");
    }

    @Test
    void emptyMessagesAreRefused() {
        assertThatThrownBy(() -> new K8sAwsException(" ", "why", "hint")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new K8sAwsException("tried", "", "hint")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new K8sAwsException("tried", "why", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new InvalidSpecException("tried", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneViolationIsTheMessage() {
        assertThat(new InvalidSpecException("Build cluster a", List.of(new Violation("name", "is bad", "use another"))))
                .hasMessage("Build cluster a: name: is bad. Use another.");
    }

    @Test
    void exceptionsSurviveSerialization() throws IOException, ClassNotFoundException {
        InvalidSpecException e =
                new InvalidSpecException("Build cluster a", List.of(new Violation("name", "is bad", "use another")));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(e);
        }

        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((InvalidSpecException) in.readObject()).violations()).isEqualTo(e.violations());
        }
    }
}
