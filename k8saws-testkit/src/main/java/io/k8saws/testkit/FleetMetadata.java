package io.k8saws.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.ec2.model.Instance;

/** What the metadata services of a fleet's machines say: what the emulator says of their instances, with credentials that are always young. */
final class FleetMetadata {
    private static final Duration RENEWAL = Duration.ofMinutes(15);

    /** EC2 user guide, "Spot Instance interruption notices": two minutes ahead. */
    private static final Duration NOTICE = Duration.ofMinutes(2);

    private final EmulatorClients clients;
    private final Clock clock;
    private final FleetTimeline timeline;
    private final Map<String, Instant> interrupted = new ConcurrentHashMap<>();

    FleetMetadata(EmulatorClients clients, Clock clock, FleetTimeline timeline) {
        this.clients = clients;
        this.clock = clock;
        this.timeline = timeline;
    }

    void interrupt(String instanceId) {
        interrupted.put(instanceId, clock.instant().plus(NOTICE));
        timeline.say(instanceId + " is told that EC2 takes it back");
    }

    NodeInstance describe(VpcView view, Instance instance) {
        NodeInstance described = new InstanceDescription(clients).read(instance);
        // Further interfaces come while it runs, so that they can also leave it.
        for (NodeInterface later : described.interfaces().stream().skip(1).toList()) {
            described = described.without(later);
        }
        return withNotices(view, described);
    }

    void tell(VpcView view, NodeMachine machine) {
        NodeInstance now = machine.instance();
        Instance seen = Optional.ofNullable(view.instances().get(now.id())).orElseThrow();
        NodeInstance wanted = withNotices(view, now.withTags(InstanceDescription.tags(seen)));
        if (rolesEnd(now) || now.role().isEmpty() && seen.iamInstanceProfile() != null) {
            wanted = new InstanceDescription(clients)
                    .role(seen)
                    .map(role -> now.withRole(role.name(), role.credentials()))
                    .orElse(now)
                    .withTags(wanted.tags());
            wanted = withNotices(view, wanted);
            timeline.say(now.id() + " gets new credentials");
        }
        if (!wanted.equals(now)) {
            machine.tell(wanted);
        }
    }

    private boolean rolesEnd(NodeInstance instance) {
        return instance.role()
                .map(role -> role.credentials().expiration().minus(RENEWAL).isBefore(clock.instant()))
                .orElse(false);
    }

    /** Where the group wants the instance (EC2 Auto Scaling user guide, "target lifecycle state"), and whether EC2 takes it back. */
    private NodeInstance withNotices(VpcView view, NodeInstance instance) {
        NodeInstance told = Optional.ofNullable(view.lifecycleStates().get(instance.id()))
                .map(state -> {
                    if (state.startsWith("Terminat") || state.startsWith("Detach")) {
                        return "Terminated";
                    }
                    return state.contains("Standby") ? "Standby" : "InService";
                })
                .map(instance::withLifecycleState)
                .orElse(instance);
        return Optional.ofNullable(interrupted.get(instance.id()))
                .map(told::withInterruption)
                .orElse(told);
    }
}
