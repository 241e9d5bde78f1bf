package io.k8saws.internal.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.bootstrap.LoadedKeys;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.KeyRing;
import io.k8saws.pki.KeyUse;
import io.k8saws.pki.Rotation;
import io.k8saws.pki.RotationPhase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A rotation sees what machines say, and who says nothing holds it up")
class RotationViewTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    static SeenMachine machine(String part, String id, NodeStatus.State state, String... keys) {
        return new SeenMachine(
                part,
                id,
                Optional.of(new NodeStatus(
                        "payments",
                        "any",
                        part,
                        id,
                        "done",
                        state,
                        "",
                        NOW,
                        Duration.ZERO,
                        List.of(),
                        LoadedKeys.of(List.of(keys)))));
    }

    private static SeenMachine done(String part, String... keys) {
        return machine(part, "i-1", NodeStatus.State.DONE, keys);
    }

    private static Rotation in(ClusterKey key, RotationPhase phase) {
        Rotation begun = Rotation.of(key, 1, 2, Duration.ZERO, NOW);
        return new Rotation(key, begun.from(), begun.to(), phase, NOW, Duration.ZERO);
    }

    private static List<String> blockers(Rotation rotation, SeenMachine... machines) {
        KeyRing ring = new KeyRing(java.util.Map.of(rotation.key(), new KeyRing.Slot(1, 2, Optional.of(rotation))));
        return rotation.blockers(RotationView.of(rotation, List.of(machines), ring.use(), false), NOW);
    }

    @ParameterizedTest
    @CsvSource({
        "AUTHORITY_KUBERNETES, etcd-1, false",
        "AUTHORITY_KUBERNETES, control-plane, true",
        "AUTHORITY_KUBERNETES, pool-general, true",
        "AUTHORITY_ETCD, etcd-1, true",
        "AUTHORITY_ETCD, control-plane-2, true",
        "AUTHORITY_ETCD, pool-general, false",
        "AUTHORITY_FRONT_PROXY, etcd-1, false",
        "AUTHORITY_FRONT_PROXY, control-plane, true",
        "SERVICE_ACCOUNTS, control-plane, true",
        "SERVICE_ACCOUNTS, pool-general, false",
        "SECRETS_ENCRYPTION, control-plane, true"
    })
    void looksAtTheMachinesThatHaveToDoWithTheKey(ClusterKey key, String part, boolean concerned) {
        Rotation rotation = in(key, RotationPhase.TRUST_BOTH);
        SeenMachine silent = new SeenMachine(part, "i-9", Optional.empty());

        assertThat(blockers(rotation, silent).contains(part + " i-9 has not told what it has loaded"))
                .isEqualTo(concerned);
    }

    @Test
    void aMachineOnItsWayHasNotTold_whateverItIsAboutToLoad() {
        for (NodeStatus.State state : List.of(NodeStatus.State.RUNNING, NodeStatus.State.FAILED)) {
            assertThat(blockers(
                            in(ClusterKey.AUTHORITY_ETCD, RotationPhase.TRUST_BOTH),
                            done(
                                    "etcd-1",
                                    "trusts authority-etcd-1",
                                    "trusts authority-etcd-2",
                                    "shows authority-etcd-1"),
                            machine("etcd-2", "i-2", state, "trusts authority-etcd-1", "trusts authority-etcd-2")))
                    .containsExactly("etcd-2 i-2 has not told what it has loaded");
        }
    }

    @Test
    void aMachineOfAnEarlierPhaseIsNamed() {
        assertThat(blockers(
                        in(ClusterKey.AUTHORITY_ETCD, RotationPhase.TRUST_BOTH),
                        done("etcd-1", "trusts authority-etcd-1", "shows authority-etcd-1")))
                .containsExactly("etcd-1 i-1 does not trust authority-etcd-2");
        assertThat(blockers(in(ClusterKey.AUTHORITY_ETCD, RotationPhase.TRUST_BOTH), done("etcd-1")))
                .as("of a version that says nothing")
                .contains("etcd-1 i-1 (it was started for an earlier phase: roll it) has not told what it has loaded");
        assertThat(blockers(
                        in(ClusterKey.AUTHORITY_KUBERNETES, RotationPhase.SIGN_WITH_NEW),
                        done(
                                "control-plane",
                                "trusts authority-kubernetes-1",
                                "trusts authority-kubernetes-2",
                                "signs authority-kubernetes-2",
                                "shows authority-kubernetes-2"),
                        done(
                                "pool-general",
                                "meant authority-kubernetes-1 authority-kubernetes-2",
                                "trusts authority-kubernetes-1",
                                "trusts authority-kubernetes-2",
                                "shows authority-kubernetes-1")))
                .as("it may have renewed its certificate since it told")
                .singleElement()
                .asString()
                .contains("pool-general i-1 (it was started for an earlier phase: roll it)");
    }

    @Test
    void aWorkerWhoseCertificateTheOldAuthorityHasSignedHoldsUpReissuing() {
        assertThat(blockers(
                        in(ClusterKey.AUTHORITY_KUBERNETES, RotationPhase.REISSUE),
                        done(
                                "pool-general",
                                "meant authority-kubernetes-2 authority-kubernetes-1",
                                "trusts authority-kubernetes-2",
                                "trusts authority-kubernetes-1",
                                "shows authority-kubernetes-1")))
                .containsExactly("pool-general i-1 still shows what the old key has signed");
    }

    @ParameterizedTest
    @CsvSource({
        // phase, meant, trusts, shows, behind
        "TRUST_BOTH, 1 2, 1 2, 1, false",
        "TRUST_BOTH, 1 2, 1, 1, true",
        "TRUST_BOTH, 1, 1, 1, true",
        "SIGN_WITH_NEW, 2 1, 1 2, 2, false",
        "SIGN_WITH_NEW, 2 1, 1 2, 1, true",
        "REISSUE, 2 1, 1 2, 2, false",
        "REISSUE, 2 1, 1 2, 1, true",
        "DROP_OLD, 2, 2, 2, false",
        "DROP_OLD, 2, 1 2, 2, true",
        "DROP_OLD, 2, 1 2, 1, true"
    })
    void aWorkerThatJoinedByAnEarlierControlPlaneIsBehind_andGoes(
            RotationPhase phase, String meant, String trusts, String shows, boolean behind) {
        Rotation rotation = in(ClusterKey.AUTHORITY_KUBERNETES, phase);
        KeyUse use = new KeyRing(java.util.Map.of(rotation.key(), new KeyRing.Slot(1, 2, Optional.of(rotation)))).use();
        List<String> lines = new ArrayList<>();
        List.of(trusts.split(" ")).forEach(number -> lines.add("trusts authority-kubernetes-" + number));
        lines.add("shows authority-kubernetes-" + shows);
        lines.add("meant "
                + Stream.of(meant.split(" "))
                        .map(number -> "authority-kubernetes-" + number)
                        .collect(Collectors.joining(" ")));
        String[] told = lines.toArray(String[]::new);
        List<SeenMachine> machines = List.of(
                machine("pool-a", "i-1", NodeStatus.State.DONE, told),
                machine("pool-a", "i-2", NodeStatus.State.RUNNING, told),
                machine("control-plane", "i-3", NodeStatus.State.DONE, told),
                new SeenMachine("pool-a", "i-4", Optional.empty()));

        assertThat(RotationView.workersBehind(rotation, machines, use))
                .as("who is on its way is waited for, and the control plane is rolled")
                .isEqualTo(behind ? Set.of("i-1") : Set.of());
        assertThat(RotationView.workersBehind(in(ClusterKey.AUTHORITY_ETCD, phase), machines, use))
                .isEmpty();
        if (behind && phase != RotationPhase.SIGN_WITH_NEW) {
            assertThat(rotation.blockers(RotationView.of(rotation, machines.subList(0, 1), use, false), NOW))
                    .as("without that it would stand in the way for good")
                    .isNotEmpty();
        }
    }

    @Test
    void aWorkerThatIsBehindStays_whileTheControlPlaneOrEtcdIsInTheWay() {
        Rotation kubernetes = in(ClusterKey.AUTHORITY_KUBERNETES, RotationPhase.REISSUE);
        Rotation etcd = in(ClusterKey.AUTHORITY_ETCD, RotationPhase.REISSUE);
        List<Rotation> both = List.of(kubernetes, etcd);
        KeyUse use = new KeyRing(both.stream()
                        .collect(Collectors.toMap(Rotation::key, one -> new KeyRing.Slot(1, 2, Optional.of(one)))))
                .use();
        String[] kubernetesDone = {
            "trusts authority-kubernetes-1", "trusts authority-kubernetes-2", "shows authority-kubernetes-2"
        };
        String[] etcdDone = {"trusts authority-etcd-1", "trusts authority-etcd-2", "shows authority-etcd-2"};
        String[] all = Stream.concat(
                        Stream.concat(Stream.of(kubernetesDone), Stream.of(etcdDone)),
                        Stream.of("signs authority-kubernetes-2"))
                .toArray(String[]::new);
        SeenMachine worker = machine(
                "pool-a",
                "i-1",
                NodeStatus.State.DONE,
                "trusts authority-kubernetes-1",
                "trusts authority-kubernetes-2",
                "shows authority-kubernetes-1",
                "meant authority-kubernetes-2 authority-kubernetes-1");
        SeenMachine api = machine("control-plane", "i-2", NodeStatus.State.DONE, all);
        SeenMachine late = machine("control-plane", "i-3", NodeStatus.State.RUNNING, all);
        SeenMachine member = machine("etcd-1", "i-4", NodeStatus.State.DONE, etcdDone);
        SeenMachine lateMember = machine("etcd-2", "i-5", NodeStatus.State.RUNNING, etcdDone);

        assertThat(goes(both, use, worker, api, member)).containsExactly("i-1");
        assertThat(goes(both, use, worker, api, late, member)).isEmpty();
        assertThat(goes(both, use, worker, api, member, lateMember)).isEmpty();
        assertThat(goes(List.of(kubernetes), use, worker, api, member, lateMember))
                .as("etcd's members have nothing to do with that authority")
                .containsExactly("i-1");
        assertThat(goes(List.of(in(ClusterKey.AUTHORITY_ETCD, RotationPhase.TRUST_BOTH), kubernetes), use, worker, api))
                .as("the other rotation is behind, and this one waits for it")
                .isEmpty();
    }

    private static Set<String> goes(List<Rotation> running, KeyUse use, SeenMachine... machines) {
        return RotationView.workersAloneBehind(running, List.of(machines), use, rotation -> true);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRUST_BOTH", "SIGN_WITH_NEW", "REISSUE", "DROP_OLD"})
    void secretsInEtcdAreOldUntilTheyWereWrittenBack(RotationPhase phase) {
        Rotation rotation = in(ClusterKey.SECRETS_ENCRYPTION, phase);
        SeenMachine api = phase == RotationPhase.DROP_OLD
                ? done("control-plane", "trusts secrets-encryption-2", "signs secrets-encryption-2")
                : done(
                        "control-plane",
                        "trusts secrets-encryption-1",
                        "trusts secrets-encryption-2",
                        "signs " + rotation.signer());

        assertThat(blockers(rotation, api))
                .isEqualTo(
                        phase == RotationPhase.REISSUE
                                ? List.of(
                                        "what lies in etcd (write all Secrets back) still shows what the old key has signed")
                                : List.of());
        assertThat(rotation.blockers(RotationView.of(rotation, List.of(api), KeyUse.first(), true), NOW))
                .isEmpty();
    }

    /**
     * A model of a cluster whose machines take their groups' files when they are replaced, in any order, some on their way, and a driver that saves, applies and looks: nobody
     * ever shows or signs with what another machine does not trust.
     */
    @Property(tries = 500)
    void whateverMachinesAreReplacedWhen_noneDistrustsAnother(
            @ForAll @Size(min = 50, max = 300) List<@IntRange(max = 9_999) Integer> choices) {
        assertThat(distrust(choices, machines -> machines)).isEmpty();
    }

    @Test
    void aDriverThatOverlooksMachinesOnTheirWayIsCaught() {
        assertThat(anyWalkDistrusts(machines -> machines.stream()
                        .filter(machine -> machine.status()
                                .filter(status -> status.state() == NodeStatus.State.DONE)
                                .isPresent())
                        .toList()))
                .isTrue();
    }

    @Test
    void aDriverThatLooksAtOneMachineOfAGroupIsCaught() {
        assertThat(anyWalkDistrusts(machines -> List.of(machines.get(0), machines.get(2), machines.get(4))))
                .isTrue();
    }

    private static boolean anyWalkDistrusts(UnaryOperator<List<SeenMachine>> sight) {
        Random random = new Random(1);
        return IntStream.range(0, 200)
                .anyMatch(walk -> !distrust(random.ints(300, 0, 10_000).boxed().toList(), sight)
                        .isEmpty());
    }

    /** Who distrusts whom at the first moment at which somebody does, on a walk of a driver with such a sight. */
    private static List<String> distrust(List<Integer> choices, UnaryOperator<List<SeenMachine>> sight) {
        KeyRing ring = KeyRing.first();
        List<SeenMachine> machines = new ArrayList<>();
        List<String> parts = List.of("etcd-1", "etcd-2", "control-plane", "control-plane", "pool-a", "pool-a");
        for (int i = 0; i < parts.size(); i++) {
            machines.add(machine(parts.get(i), "i-" + i, NodeStatus.State.DONE, told(parts.get(i), ring.use())));
        }
        List<ClusterKey> keys =
                List.of(ClusterKey.AUTHORITY_KUBERNETES, ClusterKey.AUTHORITY_ETCD, ClusterKey.SERVICE_ACCOUNTS);
        for (int choice : choices) {
            int which = choice % (machines.size() + 2);
            if (which < machines.size()) {
                NodeStatus.State state = choice % 5 == 0 ? NodeStatus.State.RUNNING : NodeStatus.State.DONE;
                machines.set(
                        which, machine(parts.get(which), "i-" + choice, state, told(parts.get(which), ring.use())));
            } else if (choice % 37 == 0 && !ring.running().isEmpty()) {
                ring = ring.rollBack(ring.running().stream().map(Rotation::key).toList(), NOW);
            } else {
                ring = step(ring, keys, sight.apply(machines));
            }
            List<String> found = distrust(machines);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    private static KeyRing step(KeyRing ring, List<ClusterKey> keys, List<SeenMachine> machines) {
        try {
            return ring.next(
                    keys,
                    rotation -> RotationView.of(rotation, machines, ring.use(), false),
                    key -> Duration.ZERO,
                    NOW);
        } catch (io.k8saws.pki.RotationBlockedException e) {
            return ring;
        }
    }

    /** What a machine that starts now says once it is done. */
    private static String[] told(String part, KeyUse use) {
        List<String> lines = new ArrayList<>();
        for (ClusterKey key :
                List.of(ClusterKey.AUTHORITY_KUBERNETES, ClusterKey.AUTHORITY_ETCD, ClusterKey.SERVICE_ACCOUNTS)) {
            boolean worker = part.startsWith("pool-");
            boolean has = worker
                    ? key == ClusterKey.AUTHORITY_KUBERNETES
                    : part.startsWith("control-plane") || key == ClusterKey.AUTHORITY_ETCD;
            if (has) {
                use.trusted(key).forEach(one -> lines.add("trusts " + one));
                lines.add((key == ClusterKey.SERVICE_ACCOUNTS ? "signs " : "shows ") + use.signer(key));
            }
            if (worker && has) {
                lines.add("meant "
                        + String.join(
                                " ",
                                use.trusted(key).stream().map(Object::toString).toList()));
            }
        }
        return lines.toArray(String[]::new);
    }

    private static List<String> distrust(List<SeenMachine> machines) {
        List<String> found = new ArrayList<>();
        for (SeenMachine verifier : machines) {
            for (SeenMachine user : machines) {
                LoadedKeys trusts = verifier.status().orElseThrow().keys();
                LoadedKeys uses = user.status().orElseThrow().keys();
                for (ClusterKey key : ClusterKey.values()) {
                    Set<Integer> used = new TreeSet<>(LoadedKeys.numbers(uses.shows(), key));
                    used.addAll(LoadedKeys.numbers(uses.signs(), key));
                    Set<Integer> trusted = LoadedKeys.numbers(trusts.trusts(), key);
                    if (!trusted.isEmpty() && !trusted.containsAll(used)) {
                        found.add(verifier + " does not trust " + used + " of " + key + ", which " + user + " uses");
                    }
                }
            }
        }
        return found;
    }
}
