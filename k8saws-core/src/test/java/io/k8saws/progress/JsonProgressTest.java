package io.k8saws.progress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Progress as JSON")
class JsonProgressTest {
    private static final ObjectMapper STRICT =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @Test
    @DisplayName("is one object a line, with the parts of the event")
    void events() {
        StringBuilder out = new StringBuilder();
        ProgressListener listener = ProgressListener.json(out);

        Events.ALL.forEach(listener::onEvent);

        assertThat(out.toString().lines())
                .containsExactly(
                        "{\"event\":\"OperationStarted\",\"operation\":\"apply\",\"cluster\":\"payments\",\"steps\":12,\"estimateMillis\":185000}",
                        "{\"event\":\"StepStarted\",\"resource\":\"vpc/main\",\"action\":\"CREATE\",\"estimateMillis\":2000}",
                        "{\"event\":\"StepRetrying\",\"resource\":\"vpc/main\",\"attempt\":1,\"delayMillis\":350,\"reason\":\"throttled\"}",
                        "{\"event\":\"StepWaiting\",\"resource\":\"nat-gateway/eu-west-1a\",\"waitingFor\":\"the gateway to be available\","
                                + "\"elapsedMillis\":31000,\"lastSeen\":\"pending\"}",
                        "{\"event\":\"StepFinished\",\"resource\":\"vpc/main\",\"action\":\"CREATE\",\"outcome\":\"DONE\",\"tookMillis\":1234,"
                                + "\"remainingMillis\":120000}",
                        "{\"event\":\"StepFinished\",\"resource\":\"nat-gateway/eu-west-1a\",\"action\":\"REPLACE\",\"outcome\":\"FAILED\","
                                + "\"tookMillis\":61000,\"remainingMillis\":0}",
                        "{\"event\":\"StepFinished\",\"resource\":\"nat-gateway/eu-west-1a\",\"action\":\"CREATE\",\"outcome\":\"SKIPPED\","
                                + "\"tookMillis\":0,\"remainingMillis\":0}",
                        "{\"event\":\"StepFinished\",\"resource\":\"nat-gateway/eu-west-1a\",\"action\":\"DELETE\",\"outcome\":\"UNKNOWN\","
                                + "\"tookMillis\":30000,\"remainingMillis\":0}",
                        "{\"event\":\"ComponentChanged\",\"cluster\":\"payments\",\"component\":\"etcd-1 i-0a1b\",\"state\":\"at mount-disks\",\"ready\":false}",
                        "{\"event\":\"StageAdvanced\",\"operation\":\"backup\",\"subject\":\"payments\",\"stage\":\"receive\",\"done\":4096,"
                                + "\"total\":0,\"unit\":\"bytes\"}",
                        "{\"event\":\"StageAdvanced\",\"operation\":\"backup\",\"subject\":\"payments\",\"stage\":\"receive\",\"done\":36896,"
                                + "\"total\":36896,\"unit\":\"bytes\"}",
                        "{\"event\":\"OperationFinished\",\"operation\":\"apply\",\"cluster\":\"payments\",\"done\":1,\"notDone\":3,"
                                + "\"tookMillis\":3840000}");
    }

    @Test
    @DisplayName("is tested with every kind of event")
    void everyKind() {
        assertThat(Arrays.stream(ProgressEvent.class.getPermittedSubclasses()))
                .isSubsetOf(Events.ALL.stream()
                        .map(ProgressEvent::getClass)
                        .distinct()
                        .toArray(Class<?>[]::new));
    }

    @Property(tries = 300)
    void isValidWhateverTheTexts(@ForAll String waitingFor, @ForAll String lastSeen) throws Exception {
        StringBuilder out = new StringBuilder();

        ProgressListener.json(out)
                .onEvent(new ProgressEvent.StepWaiting(Events.NAT, waitingFor, Duration.ZERO, lastSeen));

        assertThat(out.toString().lines()).hasSize(1);
        JsonNode json = STRICT.readTree(out.toString());
        assertThat(json.get("waitingFor").textValue()).isEqualTo(waitingFor);
        assertThat(json.get("lastSeen").textValue()).isEqualTo(lastSeen);
    }
}
