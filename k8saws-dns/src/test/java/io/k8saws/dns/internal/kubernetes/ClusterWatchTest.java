package io.k8saws.dns.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.source.SourceKind;
import io.k8saws.dns.source.SourceSettings;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A kind that comes late and may be listed but not watched wants nothing, and it is said")
class ClusterWatchTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String GROUP = "/apis/externaldns.k8s.io/v1alpha1";

    private final Set<DnsName> heard = ConcurrentHashMap.newKeySet();
    private final CountDownLatch derived = new CountDownLatch(1);
    private final AtomicInteger lists = new AtomicInteger();
    private final AtomicLong now = new AtomicLong();
    private volatile boolean served;
    private volatile boolean watchable;
    private final PlayedApi api = new PlayedApi(this::answer);

    @AfterEach
    void end() {
        api.close();
    }

    /** One object in the list; a watch is refused when the object has been derived. */
    private PlayedApi.Answer answer(PlayedApi.Question question) {
        if (question.query().contains("watch=true")) {
            if (watchable) {
                return new PlayedApi.Answer(200, "");
            }
            try {
                boolean unused = derived.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new PlayedApi.Answer(
                    403,
                    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":403,\"reason\":\"Forbidden\",\"message\":\"may not watch\"}");
        }
        if (question.path().equals(GROUP)) {
            return new PlayedApi.Answer(200, resources());
        }
        lists.incrementAndGet();
        return new PlayedApi.Answer(200, list());
    }

    private String resources() {
        return "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"externaldns.k8s.io/v1alpha1\",\"resources\":["
                + (served
                        ? "{\"name\":\"dnsendpoints\",\"kind\":\"DNSEndpoint\",\"namespaced\":true,\"verbs\":[\"list\",\"watch\"]}"
                        : "")
                + "]}";
    }

    private static String list() {
        return "{\"kind\":\"DNSEndpointList\",\"apiVersion\":\"externaldns.k8s.io/v1alpha1\",\"metadata\":{\"resourceVersion\":\"5\"},\"items\":["
                + "{\"kind\":\"DNSEndpoint\",\"apiVersion\":\"externaldns.k8s.io/v1alpha1\","
                + "\"metadata\":{\"namespace\":\"shop\",\"name\":\"a\",\"uid\":\"u1\",\"resourceVersion\":\"4\"},"
                + "\"spec\":{\"endpoints\":[{\"dnsName\":\"a.example.com\",\"recordType\":\"A\",\"targets\":[\"192.0.2.1\"]}]}}]}";
    }

    @Test
    void whatWasListedBeforeTheWatchFailedIsForgotten() {
        SourceSettings settings =
                SourceSettings.builder().kinds(SourceKind.DNS_ENDPOINT).build();
        try (ClusterWatch watch = new ClusterWatch(api.client(), settings, (object, names) -> {
            heard.addAll(names);
            if (!names.isEmpty()) {
                derived.countDown();
            }
        })) {
            assertThat(watch.start()).succeedsWithin(LIMIT);
            assertThat(watch.problems())
                    .containsExactly("The cluster has no kind DNSEndpoint. Install it, or leave it out");

            served = true;
            assertThat(watch.startMissing()).succeedsWithin(LIMIT).isEqualTo(false);

            assertThat(heard).as("what the list had").containsExactly(DnsName.of("a.example.com"));
            assertThat(watch.desired().names()).isEmpty();
            assertThat(watch.missing()).containsExactly("DNSEndpoint");
            assertThat(watch.problems())
                    .containsExactly(
                            "The kind DNSEndpoint cannot be read. Give the right to list and watch it, or leave it out");

            served = false;
            assertThat(watch.startMissing()).succeedsWithin(LIMIT).isEqualTo(false);
            assertThat(watch.problems())
                    .containsExactly("The cluster has no kind DNSEndpoint. Install it, or leave it out");
        }
    }

    @Test
    void whoHearsAndFails_keepsNoKindFromBeingWatched() {
        watchable = true;
        SourceSettings settings =
                SourceSettings.builder().kinds(SourceKind.DNS_ENDPOINT).build();
        try (ClusterWatch watch = new ClusterWatch(api.client(), settings, (object, names) -> {
            throw new IllegalStateException("deaf");
        })) {
            assertThat(watch.start()).succeedsWithin(LIMIT);
            served = true;

            assertThat(watch.startMissing()).succeedsWithin(LIMIT).isEqualTo(true);

            assertThat(watch.missing()).isEmpty();
            assertThat(watch.desired().names()).containsExactly(DnsName.of("a.example.com"));
        }
    }

    private int listsAfter(ClusterWatch watch, Duration time) {
        int before = lists.get();
        now.addAndGet(time.toNanos());
        assertThat(watch.startMissing()).succeedsWithin(LIMIT).isEqualTo(false);
        return lists.get() - before;
    }

    @Test
    void aKindThatCannotBeReadIsReadMoreAndMoreSeldom_untilSomethingChanges() {
        derived.countDown();
        SourceSettings settings =
                SourceSettings.builder().kinds(SourceKind.DNS_ENDPOINT).build();
        try (ClusterWatch watch = new ClusterWatch(api.client(), settings, (object, names) -> {}, now::get)) {
            assertThat(watch.start()).succeedsWithin(LIMIT);
            served = true;
            assertThat(listsAfter(watch, Duration.ZERO)).isPositive();
            assertThat(listsAfter(watch, Duration.ofSeconds(29))).isZero();
            assertThat(watch.problems())
                    .as("it is told meanwhile")
                    .containsExactly(
                            "The kind DNSEndpoint cannot be read. Give the right to list and watch it, or leave it out");
            assertThat(listsAfter(watch, Duration.ofSeconds(1))).isPositive();
            assertThat(listsAfter(watch, Duration.ofSeconds(59))).isZero();
            assertThat(listsAfter(watch, Duration.ofSeconds(1))).isPositive();
            assertThat(listsAfter(watch, Duration.ofSeconds(30))).isZero();

            served = false;
            assertThat(listsAfter(watch, Duration.ZERO)).isZero();
            served = true;
            assertThat(listsAfter(watch, Duration.ZERO)).as("it went and came").isPositive();
            assertThat(listsAfter(watch, Duration.ofSeconds(30)))
                    .as("from the beginning")
                    .isPositive();
        }
    }
}
