package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.internal.engine.VirtualAgenda;
import io.k8saws.dns.source.ObjectKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Objects are told one after the other, each once")
class TellingTest {
    private static final ObjectKey WEB = new ObjectKey("Service", "shop", "web");
    private static final ObjectKey API = new ObjectKey("Service", "shop", "api");

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private Runnable meanwhile = () -> {};
    private final VirtualAgenda agenda = new VirtualAgenda();
    private boolean failing;
    private final List<ObjectKey> missed = new ArrayList<>();
    private final Telling telling = new Telling(
            tasks::add,
            (object, written) -> {
                told.add(object.name() + " " + written);
                meanwhile.run();
            },
            agenda,
            this::takeMissed);

    private List<ObjectKey> takeMissed() {
        if (failing) {
            throw new IllegalStateException("no answer");
        }
        List<ObjectKey> taken = List.copyOf(missed);
        missed.clear();
        return taken;
    }

    private void run() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Test
    void manyNamesOfAnObjectAreOneTask_andWhatWasWrittenIsNotForgotten() {
        telling.add(List.of(WEB), true);
        telling.add(List.of(WEB, API), false);
        assertThat(tasks).hasSize(1);

        run();

        assertThat(told).containsExactly("web true", "api false");
    }

    @Test
    void whatChangesWhileAnObjectIsToldIsToldAgain() {
        meanwhile = () -> {
            meanwhile = () -> {};
            telling.add(List.of(WEB), true);
        };
        telling.add(List.of(WEB), false);
        run();

        assertThat(told).containsExactly("web false", "web true");
    }

    @Test
    void anObjectThatCannotBeToldHindersNoOther() {
        meanwhile = () -> {
            throw new IllegalStateException("it is gone");
        };
        telling.add(List.of(WEB, API), false);
        run();

        assertThat(told).hasSize(2);
    }

    @Test
    void afterTheTermNobodyIsTold() {
        meanwhile = telling::close;
        telling.add(List.of(WEB, API), false);
        run();
        telling.add(List.of(API), false);
        run();

        assertThat(told).containsExactly("web false");
    }

    @Test
    void thoseThatCouldNotBeToldAreToldEveryTenMinutes() {
        telling.tellMissed();
        missed.add(WEB);
        agenda.pass(Duration.ofMinutes(10).minusMillis(1));
        run();
        assertThat(told).isEmpty();

        agenda.pass(Duration.ofMillis(1));
        run();
        assertThat(told).containsExactly("web false");

        missed.add(API);
        agenda.pass(Duration.ofMinutes(10));
        run();
        agenda.pass(Duration.ofHours(1));
        run();
        assertThat(told).containsExactly("web false", "api false");
    }

    @Test
    void afterTheTermThoseThatCouldNotBeToldAreLeftToTheNextOne() {
        telling.tellMissed();
        missed.add(WEB);
        telling.close();
        agenda.pass(Duration.ofHours(1));
        run();

        assertThat(told).isEmpty();
        assertThat(missed).containsExactly(WEB);
    }

    @Test
    void whoCannotSayWhichObjectsWereNotTold_isAskedAgain() {
        failing = true;
        telling.tellMissed();
        missed.add(WEB);
        agenda.pass(Duration.ofMinutes(10));
        failing = false;
        agenda.pass(Duration.ofMinutes(10));
        run();

        assertThat(told).containsExactly("web false");
    }
}
