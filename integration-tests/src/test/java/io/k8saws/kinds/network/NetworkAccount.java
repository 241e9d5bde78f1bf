package io.k8saws.kinds.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.Found;
import io.k8saws.internal.resource.Made;
import io.k8saws.internal.resource.Reading;
import io.k8saws.internal.resource.ResourceKind;
import io.k8saws.internal.resource.Step;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.testkit.AwsEndpoint;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import software.amazon.awssdk.services.ec2.Ec2Client;

/**
 * An AWS account as one cluster sees it: runs the operations of a kind as the engine does and checks what AWS has afterwards. Each has a cluster name of its own, so
 * that tests do not see each other.
 */
final class NetworkAccount implements AutoCloseable {
    /** How often a wait looks; the emulator finishes everything at once, so a second look never sees more. */
    private static final int LOOKS = 2;

    private final GuardedClients clients;
    private final ClusterScope scope;
    private final Map<ResourceAddress, Made> made = new HashMap<>();

    NetworkAccount(AwsEndpoint aws) {
        AwsAccess access = AwsAccess.builder()
                .region(aws.region())
                .endpoint(aws.uri())
                .credentials(aws.credentials())
                .build();
        this.clients = GuardedClients.open(access, ResiliencePolicy.defaults().forEmulator(), Sleeper.system());
        this.scope = new ClusterScope(
                "c" + UUID.randomUUID().toString().substring(0, 8), "123456789012", aws.region(), "aws");
    }

    Ec2Client ec2() {
        return clients.ec2();
    }

    ClusterScope scope() {
        return scope;
    }

    long sent() {
        return clients.sent();
    }

    Reading reading() {
        return new Reading(clients, scope, Set.of(), Runnable::run, address -> true, Clock.systemUTC());
    }

    /** The id of what was made. */
    String id(String address) {
        return made(ResourceAddress.parse(address)).id();
    }

    private Made made(ResourceAddress address) {
        Made found = made.get(address);
        assertThat(found).as("%s was made", address).isNotNull();
        return found;
    }

    /** Records something that the test made by itself. */
    void made(String address, String id) {
        made.put(ResourceAddress.parse(address), Made.id(id));
    }

    static Ref to(String address) {
        return Ref.to(ResourceAddress.parse(address));
    }

    /** Creates a resource and checks that a read gives back what was wanted, and the id that the create told. */
    <A extends Attributes> String create(ResourceKind<A> kind, String name, A wanted) {
        Made result = kind.create(step(kind, name), wanted);
        made.put(new ResourceAddress(kind.name(), name), result);
        Observed<A> observed = assertHas(kind, name, wanted);
        assertThat(observed.id()).isEqualTo(result.id());
        assertThat(observed.outputs()).isEqualTo(result.outputs());
        assertThat(observed.origin()).isEqualTo(Origin.OURS);
        return result.id();
    }

    /** Updates what differs and checks that nothing does any more. Returns the paths that differed. */
    <A extends Attributes> Set<String> update(ResourceKind<A> kind, String name, A wanted) {
        Observed<A> observed = one(kind, name);
        Set<String> fields = differences(observed.attributes(), wanted);
        assertThat(fields).as("what differs before the update").isNotEmpty();
        Made result = kind.update(step(kind, name), observed, wanted, fields);
        made.put(observed.address(), result);
        assertThat(assertHas(kind, name, wanted).id()).isEqualTo(result.id());
        return fields;
    }

    /** Deletes a resource, checks that it is gone, and that deleting it once more is no error. */
    <A extends Attributes> void delete(ResourceKind<A> kind, String name) {
        Observed<A> observed = one(kind, name);
        kind.delete(step(kind, name), observed);
        // as after each deletion of a run: what is gone is no longer waited for; and the rest is no longer new when
        // somebody deletes again
        clients.fresh().remove(made.values().stream().map(Made::id).toList());
        assertThat(named(kind, name)).isEmpty();
        kind.delete(step(kind, name), observed);
    }

    /** The only resource of a name, with these fields. */
    <A extends Attributes> Observed<A> assertHas(ResourceKind<A> kind, String name, A wanted) {
        Observed<A> observed = one(kind, name);
        assertThat(Fields.flat(observed.attributes(), this::value)).isEqualTo(Fields.flat(wanted, this::value));
        return observed;
    }

    <A extends Attributes> Observed<A> one(ResourceKind<A> kind, String name) {
        List<Observed<A>> found = named(kind, name);
        assertThat(found).as("resources that are %s/%s", kind.name(), name).hasSize(1);
        return found.get(0);
    }

    <A extends Attributes> List<Observed<A>> named(ResourceKind<A> kind, String name) {
        return read(kind).resources().stream()
                .filter(observed -> observed.address().equals(new ResourceAddress(kind.name(), name)))
                .toList();
    }

    <A extends Attributes> Found<A> read(ResourceKind<A> kind) {
        return kind.read(reading());
    }

    List<String> foreign(ResourceKind<?> kind) {
        return read(kind).foreign().stream().map(Foreign::toString).toList();
    }

    private Set<String> differences(Attributes observed, Attributes wanted) {
        Map<String, String> before = Fields.flat(observed, this::value);
        Map<String, String> after = Fields.flat(wanted, this::value);
        Set<String> all = new HashSet<>(before.keySet());
        all.addAll(after.keySet());
        Set<String> differing = new TreeSet<>();
        all.stream()
                .filter(field -> !Optional.ofNullable(before.get(field)).equals(Optional.ofNullable(after.get(field))))
                .forEach(differing::add);
        return differing;
    }

    private String value(Ref ref) {
        if (ref instanceof Ref.To to) {
            return made(to.target()).output(to.output()).orElseThrow();
        }
        return ((Ref.Id) ref).value();
    }

    Step step(ResourceKind<?> kind, String name) {
        return step(kind, name, UUID.randomUUID().toString().replace("-", ""));
    }

    Step step(ResourceKind<?> kind, String name, String token) {
        ResourceAddress address = new ResourceAddress(kind.name(), name);
        return new Step() {
            @Override
            public Clock clock() {
                return Clock.systemUTC();
            }

            @Override
            public AwsClients aws() {
                return clients;
            }

            @Override
            public ClusterScope scope() {
                return scope;
            }

            @Override
            public ResourceAddress address() {
                return address;
            }

            @Override
            public String value(Ref ref) {
                return NetworkAccount.this.value(ref);
            }

            @Override
            public String token() {
                return token;
            }

            @Override
            public void await(String waitingFor, Duration atMost, Supplier<Optional<String>> look) {
                Optional<String> seen = Optional.empty();
                for (int i = 0; i < LOOKS; i++) {
                    seen = look.get();
                    if (seen.isEmpty()) {
                        return;
                    }
                }
                throw new WaitTimeoutException(waitingFor, atMost, seen.orElseThrow(), Map.of());
            }
        };
    }

    @Override
    public void close() {
        clients.close();
    }
}
