package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.internal.engine.Agenda;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a term has planned is held no longer than the term lasts")
class TermAgendaTest {
    private final List<Runnable> threads = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private final TermAgenda term = new TermAgenda(new Agenda() {
        @Override
        public void after(Duration delay, Runnable what) {
            threads.add(what);
        }

        @Override
        public long nanoTime() {
            return 7;
        }
    });

    private static boolean isDropped(Runnable task) {
        return ((TermAgenda.Task) task).isDropped();
    }

    @Test
    void whatIsDueIsDone_once() {
        term.after(Duration.ofDays(1), () -> done.add("a"));

        threads.get(0).run();
        threads.get(0).run();

        assertThat(done).containsExactly("a");
        assertThat(term.nanoTime()).isEqualTo(7);
    }

    @Test
    void whatIsNotDueIsDroppedWithTheTerm_andNothingIsPlannedAfterIt() {
        term.after(Duration.ofDays(1), () -> done.add("a"));

        term.close();
        term.after(Duration.ZERO, () -> done.add("b"));
        threads.forEach(Runnable::run);

        assertThat(threads).hasSize(1).allMatch(TermAgendaTest::isDropped);
        assertThat(done).isEmpty();
    }

    @Test
    void whatIsPlannedByWhatRuns_isPlannedInTheTerm() {
        term.after(Duration.ZERO, () -> term.after(Duration.ofDays(1), () -> done.add("later")));

        threads.get(0).run();
        term.close();

        assertThat(threads).hasSize(2).allMatch(TermAgendaTest::isDropped);
    }
}
