package io.k8saws.internal.resource;

import static io.k8saws.internal.resource.EdgeWorld.at;
import static io.k8saws.internal.resource.EdgeWorld.differences;
import static io.k8saws.internal.resource.EdgeWorld.flat;
import static io.k8saws.internal.resource.EdgeWorld.killedAfter;
import static io.k8saws.internal.resource.EdgeWorld.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.EdgeWorld.Killed;
import io.k8saws.internal.resource.EdgeWorld.TestStep;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.plan.ResourceAddress;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/**
 * What the tests of kinds at the edge of a cluster share: a cluster in an emulator, and the life of a resource: create, read, create again, update, read, delete,
 * delete again.
 */
abstract class EdgeKinds {
    static final String REGION = "eu-west-1";
    static final Map<String, String> TAGS = Map.of("team", "payments", "stage", "one");
    static final Map<String, String> OTHER_TAGS = Map.of("team", "billing", "cost", "4711");

    final EdgeWorld world;
    final GuardedClients aws;
    final ClusterScope scope;

    EdgeKinds(EdgeWorld world) {
        this.world = world;
        this.aws = world.clients(REGION);
        this.scope = world.cluster(REGION);
    }

    @AfterEach
    void disconnect() {
        aws.close();
    }

    <A extends Attributes> void lives(ResourceKind<A> kind, String name, A wanted, List<A> changes) {
        ResourceAddress address = new ResourceAddress(kind.name(), name);
        TestStep step = step(aws, address);
        Made made = created(kind, step, wanted);
        assertThat(kind.create(step, wanted).id()).isEqualTo(made.id());
        Observed<A> observed = only(kind, reading(), address);

        for (A changed : changes) {
            Set<String> fields = differences(changed, observed.attributes());
            assertThat(fields).isNotEmpty();
            assertThat(kind.update(step(aws, address), observed, changed, fields)
                            .id())
                    .isEqualTo(made.id());
            observed = only(kind, reading(), address);
            assertThat(flat(observed.attributes())).isEqualTo(flat(changed));
        }
        deletes(kind, observed);
    }

    /** The same without a second create, where an emulator cannot know that it is the same again. */
    <A extends Attributes> void livesOnce(ResourceKind<A> kind, String name, A wanted) {
        ResourceAddress address = new ResourceAddress(kind.name(), name);
        created(kind, step(aws, address), wanted);
        deletes(kind, only(kind, reading(), address));
    }

    private <A extends Attributes> Made created(ResourceKind<A> kind, TestStep step, A wanted) {
        Made made = kind.create(step, wanted);
        Observed<A> observed = only(kind, reading(), step.address());
        assertThat(flat(observed.attributes())).isEqualTo(flat(wanted));
        assertThat(new Made(observed.id(), observed.outputs())).isEqualTo(made);
        return made;
    }

    <A extends Attributes> void deletes(ResourceKind<A> kind, Observed<A> observed) {
        kind.delete(step(aws, observed.address()), observed);
        assertThat(at(kind, reading(), observed.address())).isEmpty();
        assertThatCode(() -> kind.delete(step(aws, observed.address()), observed))
                .doesNotThrowAnyException();
    }

    /** Kills the creation before each of its writes but the first; the next run must see a difference, and one update must mend it. */
    <A extends Attributes> void survivesBeingKilled(ResourceKind<A> kind, String name, A wanted) {
        ResourceAddress address = new ResourceAddress(kind.name(), name);
        boolean killed = true;
        for (int writes = 1; killed; writes++) {
            killed = isKilled(kind, step(killedAfter(writes, aws), address), wanted);
            Observed<A> observed = only(kind, reading(), address);
            Set<String> fields = differences(wanted, observed.attributes());
            assertThat(fields.isEmpty())
                    .as("killed after %d writes, differs in %s", writes, fields)
                    .isEqualTo(!killed);
            if (killed) {
                kind.update(step(aws, address), observed, wanted, fields);
                observed = only(kind, reading(), address);
                assertThat(flat(observed.attributes())).isEqualTo(flat(wanted));
            }
            deletes(kind, observed);
        }
    }

    static <A extends Attributes> boolean isKilled(ResourceKind<A> kind, Step step, A wanted) {
        try {
            kind.create(step, wanted);
            return false;
        } catch (Killed e) {
            return true;
        }
    }

    /** What somebody altered by hand: it is the one field that differs, and one update mends it. */
    <A extends Attributes> void mends(
            ResourceKind<A> kind, ResourceAddress address, A wanted, String field, String seen) {
        Observed<A> observed = only(kind, closeReading(), address);
        assertThat(flat(observed.attributes())).containsEntry(field, seen);
        Set<String> fields = differences(wanted, observed.attributes());
        assertThat(fields).containsExactly(field);
        kind.update(step(aws, address), observed, wanted, fields);
        assertThat(flat(only(kind, closeReading(), address).attributes())).isEqualTo(flat(wanted));
    }

    /** The same where only a close look sees it. */
    <A extends Attributes> void mendsWhatOnlyACloseLookSees(
            ResourceKind<A> kind, ResourceAddress address, A wanted, String field, String seen) {
        assertThat(flat(only(kind, reading(), address).attributes())).isEqualTo(flat(wanted));
        mends(kind, address, wanted, field, seen);
    }

    record Network(Ref vpc, List<String> subnets, String group) {}

    Network network() {
        String vpc = aws.ec2().createVpc(r -> r.cidrBlock("10.0.0.0/16")).vpc().vpcId();
        List<String> subnets = Arrays.asList("a", "b", "c").stream()
                .map(zone -> aws.ec2()
                        .createSubnet(r -> r.vpcId(vpc)
                                .availabilityZone(REGION + zone)
                                .cidrBlock("10.0." + (zone.charAt(0) - 'a') + ".0/24"))
                        .subnet()
                        .subnetId())
                .toList();
        String group = aws.ec2()
                .createSecurityGroup(r -> r.vpcId(vpc).groupName("api").description("api"))
                .groupId();
        return new Network(Ref.id(vpc), subnets, group);
    }

    TestStep step(AwsClients clients, ResourceAddress address) {
        return new TestStep(clients, scope, address);
    }

    Reading reading() {
        return new Reading(aws, scope, Set.of(), Clock.systemUTC());
    }

    Reading closeReading() {
        return new Reading(aws, scope, Set.of(), Runnable::run, address -> true, Clock.systemUTC());
    }
}
