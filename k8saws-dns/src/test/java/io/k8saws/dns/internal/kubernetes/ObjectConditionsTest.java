package io.k8saws.dns.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.k8saws.dns.source.ObjectKey;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Conditions that may not be written are written when they may")
class ObjectConditionsTest {
    private static final ObjectKey WEB = new ObjectKey("Service", "shop", "web");
    private static final ObjectKey API = new ObjectKey("Service", "shop", "api");
    private static final ObjectConditions.State WELL = new ObjectConditions.State(true, "RecordReady", "a.b");

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private volatile Predicate<String> denies = path -> false;
    private final PlayedApi api = new PlayedApi(question -> {
        boolean denied = denies.test(question.path());
        if (!denied) {
            taken.add(question.path());
        }
        return new PlayedApi.Answer(denied ? 403 : 200, question.body());
    });
    private final ObjectConditions conditions = new ObjectConditions(
            api.client(), ObjectConditionsTest::object, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

    private static Optional<HasMetadata> object(ObjectKey key) {
        return Optional.of(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(key.namespace())
                .withName(key.name())
                .withUid("uid-" + key.name())
                .endMetadata()
                .build());
    }

    @AfterEach
    void end() {
        api.close();
    }

    @Test
    void afterTheRightWasGivenAllAreSaid() {
        denies = path -> true;
        conditions.say(WEB, WELL);
        conditions.say(API, WELL);
        assertThat(conditions.problem()).isPresent();
        assertThat(taken).isEmpty();
        denies = path -> false;

        assertThat(conditions.takeUntold()).containsExactly(API, WEB);
        conditions.say(WEB, WELL);
        conditions.say(API, WELL);

        assertThat(taken).hasSize(2);
        assertThat(conditions.problem()).isEmpty();
        assertThat(conditions.takeUntold()).isEmpty();
    }

    @Test
    void oneObjectThatIsDeniedAloneKeepsTheOthersForOneTurnOnly() {
        denies = path -> path.contains("/web/");
        conditions.say(WEB, WELL);
        conditions.say(API, WELL);
        conditions.takeUntold().forEach(key -> conditions.say(key, WELL));
        conditions.takeUntold().forEach(key -> conditions.say(key, WELL));

        assertThat(taken).singleElement().asString().contains("/api/");
        assertThat(conditions.problem()).isPresent();
    }
}
