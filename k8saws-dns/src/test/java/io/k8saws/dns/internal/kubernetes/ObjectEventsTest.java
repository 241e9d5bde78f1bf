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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told to objects, and what is remembered of it: the server takes each event. */
class ObjectEventsTest {
    private static final ObjectKey WEB = new ObjectKey("Service", "shop", "web");

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private Optional<HasMetadata> object = object("uid-1");
    private final PlayedApi api = new PlayedApi(question -> {
        taken.add(question.body());
        return new PlayedApi.Answer(201, question.body());
    });
    private final ObjectEvents events =
            new ObjectEvents(api.client(), key -> object, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

    private static Optional<HasMetadata> object(String uid) {
        return Optional.of(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("web")
                .withUid(uid)
                .endMetadata()
                .build());
    }

    @AfterEach
    void end() {
        api.close();
    }

    @Test
    void theSameIsToldOnce_andAnObjectThatIsMadeAnewHearsItAgain() {
        events.tell(WEB, ObjectEvents.READY, "a.b");
        events.tell(WEB, ObjectEvents.READY, "a.b");
        assertThat(taken).hasSize(1);

        object = object("uid-2");
        events.tell(WEB, ObjectEvents.READY, "a.b");

        assertThat(taken).hasSize(2);
        assertThat(taken.get(1)).contains("uid-2");
    }

    @Test
    void whatIsGoneIsForgotten() {
        events.tell(WEB, ObjectEvents.ERROR, "bad");
        assertThat(events.isTroubled(WEB)).isTrue();

        object = Optional.empty();
        events.forget(WEB);

        assertThat(events.isTroubled(WEB)).isFalse();
        assertThat(events.remembered()).isZero();
    }
}
