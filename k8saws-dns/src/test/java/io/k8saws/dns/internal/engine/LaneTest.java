package io.k8saws.dns.internal.engine;

import static io.k8saws.dns.internal.engine.Wishes.a;
import static io.k8saws.dns.internal.engine.Wishes.cname;
import static io.k8saws.dns.internal.engine.Wishes.txt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.OperationCancelledException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A lane brings names into a zone")
class LaneTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());

    private final ModelCalls zone = new ModelCalls("example.com");
    private final Wishes wishes = new Wishes();
    private final VirtualAgenda time = new VirtualAgenda();
    private final List<DnsName> unasked = new ArrayList<>();
    private Lane lane = lane(Pace.defaults());

    private Lane lane(Pace pace) {
        return new Lane(ZONE, zone, wishes, unasked::add, time, pace);
    }

    private Map<DnsName, CompletableFuture<Applied>> go(DnsName... names) {
        return go(List.of(names));
    }

    private Map<DnsName, CompletableFuture<Applied>> go(List<DnsName> names) {
        Map<DnsName, CompletableFuture<Applied>> futures = lane.submit(names);
        time.pass(Duration.ofSeconds(1));
        return futures;
    }

    private void fill() {
        CompletableFuture<?> filled = lane.fill();
        time.pass(Duration.ofSeconds(1));
        assertThat(filled).isCompleted();
        zone.resetCounts();
    }

    private static void assertFails(CompletableFuture<?> future, Class<? extends Throwable> type, String text) {
        assertThatThrownBy(future::join).hasCauseInstanceOf(type).hasMessageContaining(text);
    }

    @Test
    void aChangedName_isOneWriteAndNoRead_alsoInALargeZone() {
        for (int i = 0; i < 200_000; i++) {
            zone.put(a("n" + i + ".example.com", "192.0.2.1"));
        }
        fill();
        DnsName name = wishes.want("n777.example.com", a("n777.example.com", "192.0.2.2"));

        CompletableFuture<Applied> future = go(name).get(name);

        assertThat(future.join().changeId()).contains("C1");
        assertThat(zone.changeCalls).isEqualTo(1);
        assertThat(zone.readCalls).isZero();
        assertThat(zone.at(name)).containsExactly(a("n777.example.com", "192.0.2.2"));
        assertThat(lane.mirror().size()).isEqualTo(200_000);
    }

    @Test
    void anIdleDayCostsNothing_andWhatIsAsItShallBeCostsNothing() {
        DnsName name = wishes.want("a.example.com", a("a.example.com", "192.0.2.1"));
        go(name);
        zone.resetCounts();

        time.pass(Duration.ofDays(1));
        assertThat(go(name).get(name).join().changeId()).isEmpty();

        assertThat(zone.calls()).isZero();
    }

    @Test
    void aDrainedLaneTakesNewWork() {
        for (int i = 0; i < 5; i++) {
            DnsName name = wishes.want("n" + i + ".example.com", a("n" + i + ".example.com", "192.0.2.1"));
            assertThat(go(name).get(name)).isCompleted();
            time.pass(Duration.ofHours(1));
        }

        assertThat(zone.changeCalls).isEqualTo(5);
        assertThat(zone.all()).hasSize(5);
    }

    @Test
    void namesThatChangeTogetherShareACall() {
        List<DnsName> names = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            names.add(wishes.want("n" + i + ".example.com", a("n" + i + ".example.com", "192.0.2.1")));
            lane.submit(List.of(names.get(i)));
            time.pass(Duration.ofMillis(1));
        }
        time.pass(Duration.ofSeconds(1));

        assertThat(zone.changeCalls).isEqualTo(1);
        assertThat(zone.all()).hasSize(100);
    }

    @Test
    void tenThousandNamesTakeAsFewCallsAsTheirSizeAllows() {
        fill();
        String text = "x".repeat(107); // 109 characters with quotes, 146 names of two such records a call
        List<DnsName> names = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            String name = "n" + i + ".example.com";
            names.add(wishes.want(name, txt(name, text), a(name, "192.0.2.1")));
        }
        int characters = 109 + 9;
        int aCall = Math.min(Batches.CHARACTERS / characters, Batches.VALUES / 2);

        go(names);
        time.pass(Duration.ofHours(1));

        assertThat(zone.all()).hasSize(20_000);
        assertThat(zone.changeCalls).isEqualTo((10_000 + aCall - 1) / aCall);
        assertThat(zone.readCalls).isZero();
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "true, 999", "false, 0", "false, 500", "false, 999"})
    void oneBadNameAmongAThousand_costsAtMost22Calls_andDelaysNobody(boolean named, int bad) {
        fill();
        zone.namesInMessages = named;
        zone.poison("192.0.2.66");
        List<DnsName> names = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            String name = String.format("n%03d.example.com", i);
            names.add(wishes.want(name, a(name, i == bad ? "192.0.2.66" : "192.0.2.1")));
        }

        Map<DnsName, CompletableFuture<Applied>> futures = go(names);

        assertThat(zone.calls()).isLessThanOrEqualTo(named ? 3 : 22);
        assertThat(zone.all()).hasSize(999);
        assertFails(
                futures.get(names.get(bad)),
                NameRefusedException.class,
                names.get(bad).text());
        futures.forEach(
                (name, future) -> assertThat(future.isCompletedExceptionally()).isEqualTo(name.equals(names.get(bad))));
    }

    @Test
    void aRefusedNameIsLeftAlone_triedAgainByItself_andNeverSpoilsABatch() {
        fill();
        zone.poison("192.0.2.66");
        DnsName bad = wishes.want("bad.example.com", a("bad.example.com", "192.0.2.66"));
        go(bad);
        zone.resetCounts();

        DnsName good = wishes.want("good.example.com", a("good.example.com", "192.0.2.1"));
        Map<DnsName, CompletableFuture<Applied>> futures = go(bad, good);
        assertThat(futures.get(good)).isCompleted();
        assertFails(futures.get(bad), NameRefusedException.class, "bad.example.com");
        assertThat(zone.calls()).isEqualTo(1);
        assertThat(unasked).as("all had somebody who waited").isEmpty();

        zone.heal();
        time.pass(Duration.ofMinutes(2));
        assertThat(zone.at(bad)).hasSize(1);
        assertThat(unasked).containsExactly(bad);
    }

    @Test
    void quarantinesGetLonger() {
        fill();
        zone.poison("192.0.2.66");
        go(wishes.want("bad.example.com", a("bad.example.com", "192.0.2.66")));
        time.pass(Duration.ofDays(1));

        assertThat(zone.changeCalls).isLessThan(24 + 8).isGreaterThan(20); // each hour in the end
    }

    @Test
    void aRefusedNameThatIsMendedGoesAtOnce() {
        fill();
        zone.poison("192.0.2.66");
        DnsName name = wishes.want("bad.example.com", a("bad.example.com", "192.0.2.66"));
        go(name);

        wishes.want("bad.example.com", a("bad.example.com", "192.0.2.1"));
        assertThat(go(name).get(name)).isCompleted();
    }

    @Test
    void whatOthersWroteMeanwhile_isReadForThatNameAlone_andPlannedAgain() {
        for (int i = 0; i < 2000; i++) {
            zone.put(a("n" + i + ".example.com", "192.0.2.1"));
        }
        fill();
        zone.put(a("n5.example.com", "198.51.100.5"));
        DnsName name = wishes.want("n5.example.com", a("n5.example.com", "192.0.2.2"));
        DnsName other = wishes.want("n6.example.com", a("n6.example.com", "192.0.2.2"));

        Map<DnsName, CompletableFuture<Applied>> futures = go(name, other);

        assertThat(futures.get(name)).isCompleted();
        assertThat(futures.get(other)).isCompleted();
        assertThat(zone.at(name)).containsExactly(a("n5.example.com", "192.0.2.2"));
        assertThat(zone.readCalls).isEqualTo(1);
        assertThat(zone.changeCalls).isEqualTo(3);
    }

    @Test
    void aChangeOfTypeIsOneCall() {
        zone.put(cname("www.example.com", "old.example.net"));
        fill();
        DnsName name = wishes.want("www.example.com", a("www.example.com", "192.0.2.1"));

        go(name);

        assertThat(zone.at(name)).containsExactly(a("www.example.com", "192.0.2.1"));
        assertThat(zone.calls()).isEqualTo(1);
    }

    @Test
    void whenTheAnswerIsLost_theZoneIsLookedAt_andNothingIsDoneTwice() {
        fill();
        List<DnsName> names = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            names.add(wishes.want("n" + i + ".example.com", a("n" + i + ".example.com", "192.0.2.1")));
        }
        zone.trouble = ModelCalls.failure("InternalFailure", 500, true);
        zone.troubleAfterServing = true;

        Map<DnsName, CompletableFuture<Applied>> futures = go(names);
        time.pass(Duration.ofMinutes(1));

        assertThat(futures.values()).allSatisfy(future -> assertThat(future).isCompleted());
        assertThat(zone.changeCalls).isEqualTo(2);
        assertThat(zone.readCalls).isLessThanOrEqualTo(2);
        assertThat(zone.all()).hasSize(500);
        assertThat(futures.values()).extracting(CompletableFuture::join).allSatisfy(applied -> {
            assertThat(applied.written()).as("%s", applied).isTrue();
            assertThat(applied.plan().changes()).hasSize(1);
            assertThat(applied.changeId()).isEmpty();
        });
    }

    @Test
    void whatAnAuditFindsAfterALostAnswer_isWrittenToo() {
        fill();
        zone.put(a("old.example.com", "192.0.2.1"));
        zone.trouble = ModelCalls.failure("InternalFailure", 500, true);
        zone.troubleAfterServing = true;
        DnsName name = wishes.want("a.example.com", a("a.example.com", "192.0.2.1"));
        CompletableFuture<Applied> future = lane.submit(List.of(name)).get(name);
        CompletableFuture<?> audited = lane.auditNow();

        time.pass(Duration.ofMinutes(1));

        assertThat(audited).isCompleted();
        assertThat(future.join().written()).isTrue();
    }

    @Test
    void whatNeverArrivedAndIsWantedNoMore_isNotTakenForWritten() {
        fill();
        zone.trouble = ModelCalls.failure("InternalFailure", 500, true);
        DnsName name = wishes.want("a.example.com", a("a.example.com", "192.0.2.1"));
        CompletableFuture<Applied> future = go(name).get(name);
        assertThat(future).isNotDone();

        wishes.want("a.example.com");
        time.pass(Duration.ofMinutes(1));

        assertThat(zone.changeCalls).isEqualTo(1);
        assertThat(future.join().written()).isFalse();
    }

    @Test
    void whatArrivedUnheardAndIsWantedNoMore_isTakenBack() {
        fill();
        zone.trouble = ModelCalls.failure("InternalFailure", 500, true);
        zone.troubleAfterServing = true;
        DnsName name = wishes.want("a.example.com", a("a.example.com", "192.0.2.1"));
        CompletableFuture<Applied> future = go(name).get(name);
        assertThat(future).isNotDone();
        assertThat(zone.at(name)).hasSize(1);

        wishes.want("a.example.com");
        time.pass(Duration.ofMinutes(1));

        assertThat(future).isCompleted();
        assertThat(zone.at(name)).isEmpty();
        assertThat(zone.changeCalls).isEqualTo(2);
    }

    @Test
    void whoIsDeniedHearsOfIt_andItIsTriedAgain() {
        fill();
        zone.trouble = ModelCalls.failure("AccessDenied", 403, false);
        DnsName name = wishes.want("a.example.com", a("a.example.com", "192.0.2.1"));

        assertFails(go(name).get(name), AwsCallException.class, "AccessDenied");

        time.pass(Duration.ofMinutes(1));
        assertThat(zone.at(name)).hasSize(1);
        assertThat(unasked).as("nobody waits any more").containsExactly(name);
    }

    @Test
    void anOversizeNameIsItsOwnProblem_andCostsNoCall() {
        fill();
        String[] many = new String[1001];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.0." + i / 256 + "." + i % 256;
        }
        DnsName large = wishes.want("large.example.com", a("large.example.com", many));
        DnsName small = wishes.want("small.example.com", a("small.example.com", "192.0.2.1"));

        Map<DnsName, CompletableFuture<Applied>> futures = go(large, small);

        assertFails(futures.get(large), NameRefusedException.class, "1001 values");
        assertThat(futures.get(small)).isCompleted();
        assertThat(zone.calls()).isEqualTo(1);
    }

    @Test
    void aWishThatComesWhileItsNameIsOnItsWay_isNotLost() {
        fill();
        DnsName name = wishes.want("a.example.com", a("a.example.com", "192.0.2.1"));
        List<CompletableFuture<Applied>> second = new ArrayList<>();
        Lane racing = new Lane(
                ZONE,
                zone,
                (each, current) -> {
                    var plan = wishes.plan(each, current);
                    if (second.isEmpty()) {
                        wishes.want("a.example.com", a("a.example.com", "192.0.2.2"));
                        second.add(lane.submit(List.of(each)).get(each));
                    }
                    return plan;
                },
                unasked::add,
                time,
                Pace.defaults());
        lane = racing;

        go(name);
        time.pass(Duration.ofSeconds(1));

        assertThat(second.get(0)).isCompleted();
        assertThat(zone.at(name)).containsExactly(a("a.example.com", "192.0.2.2"));
    }

    @Test
    void anAuditFindsWhatOthersDid_withinItsBudget() {
        for (int i = 0; i < 1000; i++) {
            String name = "n" + i + ".example.com";
            zone.put(a(name, "192.0.2.1"));
            wishes.want(name, a(name, "192.0.2.1"));
        }
        lane = lane(Pace.defaults().withAudit(Duration.ofSeconds(10)));
        fill();
        zone.remove(DnsName.of("n7.example.com"));
        zone.put(a("n8.example.com", "198.51.100.8"));

        time.pass(Duration.ofMinutes(2));

        assertThat(zone.at(DnsName.of("n7.example.com"))).hasSize(1);
        assertThat(zone.at(DnsName.of("n8.example.com"))).containsExactly(a("n8.example.com", "192.0.2.1"));
        assertThat(unasked).containsExactlyInAnyOrder(DnsName.of("n7.example.com"), DnsName.of("n8.example.com"));
        assertThat(zone.readCalls).isBetween(10, 13);
    }

    @Test
    void anAuditNowReadsAllAtOnce() {
        for (int i = 0; i < 1000; i++) {
            zone.put(a("n" + i + ".example.com", "192.0.2.1"));
        }
        fill();
        zone.put(a("new.example.com", "192.0.2.1"));
        zone.remove(DnsName.of("n3.example.com"));

        CompletableFuture<Integer> found = lane.auditNow();
        time.pass(Duration.ofMillis(1));

        assertThat(found).isCompletedWithValue(2);
        assertThat(zone.readCalls).isEqualTo(4);
        assertThat(zone.looks).as("none of them in the way of others").isEqualTo(4);
    }

    @Test
    void aLookAtSomeNames_readsTheirPagesAlone_andFindsWhatOthersDid() {
        for (int i = 0; i < 3000; i++) {
            String name = String.format("n%04d.example.com", i);
            zone.put(a(name, "192.0.2.1"));
            wishes.want(name, a(name, "192.0.2.1"));
        }
        fill();
        DnsName gone = DnsName.of("n0003.example.com");
        zone.remove(gone);

        CompletableFuture<Void> looked =
                lane.look(List.of(gone, DnsName.of("n0007.example.com"), DnsName.of("n2000.example.com")));
        time.pass(Duration.ofSeconds(1));

        assertThat(looked).isCompleted();
        assertThat(zone.looks).as("pages, as part of the audit's budget").isEqualTo(2);
        assertThat(zone.readCalls).isEqualTo(2);
        assertThat(zone.at(gone)).hasSize(1);
        assertThat(unasked).containsExactly(gone);
    }

    @Test
    void aChangeWaitsForOnePageOfAnAudit_notForAll() {
        for (int i = 0; i < 3000; i++) {
            zone.put(a("n" + i + ".example.com", "192.0.2.1"));
            wishes.want("n" + i + ".example.com", a("n" + i + ".example.com", "192.0.2.1"));
        }
        fill();
        assertThat(zone.looks).as("who fills is waited for").isZero();
        DnsName name = wishes.want("x.example.com", a("x.example.com", "192.0.2.1"));
        List<Integer> changesBeforeLook = new ArrayList<>();
        zone.beforeLook = () -> {
            changesBeforeLook.add(zone.changeCalls);
            if (zone.looks == 1) {
                lane.submit(List.of(name));
            }
        };

        CompletableFuture<Integer> found = lane.auditNow();
        time.pass(Duration.ofSeconds(1));

        assertThat(found).isCompletedWithValue(0);
        assertThat(changesBeforeLook).hasSize(11).startsWith(0, 1).endsWith(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void killedAtEachCallAndRunAgain_itComesToTheSameZone(boolean afterServing) {
        int calls = 1;
        for (int kill = 1; kill <= calls + 1; kill++) {
            LaneTest run = new LaneTest();
            for (int i = 0; i < 700; i++) {
                run.zone.put(a("old" + i + ".example.com", "192.0.2.1"));
                run.wishes.want(
                        "old" + i + ".example.com",
                        i % 2 == 0 ? new RecordSet[0] : new RecordSet[] {a("old" + i + ".example.com", "192.0.2.2")});
            }
            for (int i = 0; i < 1500; i++) {
                run.wishes.want("new" + i + ".example.com", a("new" + i + ".example.com", "192.0.2.3"));
            }
            run.zone.killAtCall = kill;
            run.zone.killAfterServing = afterServing;
            try {
                run.lane.submit(run.wishes.names());
                run.time.pass(Duration.ofMinutes(1));
            } catch (ModelCalls.Killed e) {
                // as it shall be
            }
            run.zone.killAtCall = -1;
            calls = Math.max(calls, run.zone.calls());

            LaneTest again = new LaneTest();
            Lane second = new Lane(ZONE, run.zone, run.wishes, name -> {}, again.time, Pace.defaults());
            second.submit(run.wishes.names());
            again.time.pass(Duration.ofMinutes(1));

            assertThat(run.zone.all())
                    .as("killed at call %s of %s", kill, calls)
                    .hasSize(350 + 1500)
                    .containsExactlyInAnyOrderElementsOf(run.wishes.names().stream()
                            .flatMap(name -> run.wishes.of(name).stream())
                            .toList());
        }
        assertThat(calls).isGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anHourOfRandomChangesOfOursAndOthers_endsAsWished(long seed) {
        Random random = new Random(seed);
        fill();
        for (int round = 0; round < 200; round++) {
            String name = "n" + random.nextInt(40) + ".example.com";
            String address = "192.0.2." + random.nextInt(4);
            switch (random.nextInt(5)) {
                case 0 -> lane.submit(List.of(wishes.want(name)));
                case 1 -> lane.submit(List.of(wishes.want(name, a(name, address), txt(name, address))));
                case 2 -> {
                    if (zone.at(DnsName.of(name)).stream().noneMatch(set -> set.type() == RecordType.CNAME)) {
                        zone.put(a(name, "198.51.100." + random.nextInt(4)));
                    }
                }
                case 3 -> zone.trouble = ModelCalls.failure("InternalFailure", 500, true);
                default ->
                    lane.submit(List.of(wishes.want(name, cname(name, "t" + random.nextInt(4) + ".example.net"))));
            }
            zone.troubleAfterServing = random.nextBoolean();
            zone.namesInMessages = random.nextInt(4) > 0;
            time.pass(Duration.ofMillis(random.nextInt(18_000)));
        }
        zone.trouble = null;
        time.pass(Duration.ofHours(2));
        CompletableFuture<?> audited = lane.auditNow();
        time.pass(Duration.ofHours(2));
        assertThat(audited).isCompleted();

        for (int i = 0; i < 40; i++) {
            DnsName name = DnsName.of("n" + i + ".example.com");
            if (wishes.names().contains(name)) {
                assertThat(zone.at(name))
                        .as("%s, seed %s", name, seed)
                        .containsExactlyInAnyOrderElementsOf(wishes.of(name));
            }
        }
    }

    @Test
    void whatWaitsIsCancelledByAClose_andWhatComesAfterIt() {
        DnsName name = wishes.want("a.example.com", a("a.example.com", "192.0.2.1"));
        CompletableFuture<?> submitted = lane.submit(List.of(name)).get(name);
        CompletableFuture<?> audited = lane.auditNow();
        CompletableFuture<?> filled = lane.fill();

        lane.close();

        assertThat(List.of(submitted, audited, filled, lane.auditNow(), lane.fill()))
                .allMatch(CompletableFuture::isCancelled);
        assertThat(lane.submit(List.of(name)).get(name)).isCancelled();
        time.pass(Duration.ofHours(1));
        assertThat(zone.calls()).isZero();
    }

    @Test
    void aCloseDuringACall_leavesNobodyWaiting() {
        fill();
        List<DnsName> names = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            String name = "n" + i + ".example.com";
            names.add(wishes.want(name, a(name, "192.0.2.1")));
        }
        zone.beforeServing = () -> lane.close();

        Map<DnsName, CompletableFuture<Applied>> futures = go(names);

        assertThat(futures.values()).allMatch(CompletableFuture::isDone);
        assertThat(futures.values().stream().filter(future -> !future.isCancelled()))
                .as("those of the call")
                .hasSize(1000);
        assertThat(zone.all()).hasSize(1000);
    }

    @Test
    void aCloseWhileABadNameIsLookedFor_endsTheSearch() {
        fill();
        zone.namesInMessages = false;
        zone.poison("192.0.2.66");
        List<DnsName> names = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String name = "n" + i + ".example.com";
            names.add(wishes.want(name, a(name, i == 77 ? "192.0.2.66" : "192.0.2.1")));
        }
        zone.beforeServing = () -> lane.close();

        Map<DnsName, CompletableFuture<Applied>> futures = go(names);

        assertThat(zone.calls()).isEqualTo(1);
        assertThat(futures.values()).allMatch(CompletableFuture::isCancelled);
        assertThat(unasked).isEmpty();
    }

    @Test
    void aCallThatIsTriedNoMoreBecauseOfAClose_cancelsWhoWaits() {
        fill();
        zone.beforeServing = () -> {
            lane.close();
            throw new OperationCancelledException("Call route53:ChangeResourceRecordSets", "it is over");
        };
        DnsName name = wishes.want("a.example.com", a("a.example.com", "192.0.2.1"));

        CompletableFuture<Applied> future = go(name).get(name);
        time.pass(Duration.ofHours(1));

        assertThat(future).isCancelled();
        assertThat(zone.calls()).isEqualTo(1);
        assertThat(unasked).isEmpty();
    }

    @Test
    void aFutureOfAnEngineThatIsClosed_isCancelled() {
        ChangeEngine engine = new ChangeEngine(time, Pace.defaults());
        engine.open(ZONE, zone, wishes);
        CompletableFuture<?> spread = engine.inSync(ZONE.id(), "C1");

        engine.close();
        HostedZone late = new HostedZone("Z2", DnsName.of("example.net"), false, Map.of());
        engine.open(late, zone, wishes);

        assertThat(List.of(spread, engine.inSync(ZONE.id(), "C2"), engine.fill(ZONE.id()), engine.fill(late.id())))
                .allMatch(CompletableFuture::isCompletedExceptionally);
    }

    @Test
    void whoHearsAndFails_isNoFailureOfTheZone() {
        lane = new Lane(
                ZONE,
                zone,
                wishes,
                name -> {
                    unasked.add(name);
                    throw new IllegalStateException("deaf");
                },
                time,
                Pace.defaults());
        fill();
        zone.put(a("gone.example.com", "192.0.2.1")); // of others, and nobody wants it: what goes is first in a batch
        DnsName name = wishes.want("a.example.com", a("a.example.com", "192.0.2.2"));
        List<CompletableFuture<Applied>> futures = new ArrayList<>();
        CompletableFuture<?> submitted = lane.auditNow()
                .thenRun(() -> futures.addAll(lane.submit(List.of(name)).values()));
        time.pass(Duration.ofSeconds(1));

        assertThat(submitted).isCompleted();
        assertThat(unasked).containsExactly(DnsName.of("gone.example.com"));
        assertThat(futures).singleElement().satisfies(future -> assertThat(future)
                .isCompletedWithValueMatching(Applied::written, "written"));
        assertThat(zone.changeCalls).as("both in one batch").isEqualTo(1);
    }
}
