package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.internal.engine.Agenda;
import io.k8saws.dns.record.DnsName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostLookupTest {
    private final List<Runnable> due = new ArrayList<>();
    private final List<DnsName> again = new ArrayList<>();

    private final Agenda agenda = new Agenda() {
        @Override
        public void after(Duration delay, Runnable what) {
            due.add(what);
        }

        @Override
        public long nanoTime() {
            return 0;
        }
    };

    @Test
    void withoutAnybodyToAskAllNamesAreReady() {
        HostLookup lookup = new HostLookup(Optional.empty(), name -> List.of(), agenda, again::add);
        Set<DnsName> names = Set.of(DnsName.of("www.example.com"));

        assertThat(lookup.ready(names)).containsExactlyElementsOf(names);
        lookup.refresh(names);

        assertThat(due).isEmpty();
        assertThat(again).isEmpty();
        assertThat(lookup.waiting()).isZero();
        assertThat(lookup.problems()).isEmpty();
    }
}
