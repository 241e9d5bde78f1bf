package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Disruptive;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;

/** The port of a load balancer. */
public final class Listeners implements ResourceKind<Listeners.Listener> {
    /** The kind's name. */
    public static final String KIND = "listener";

    /** The output that holds the ARN; the id, too. */
    public static final String ARN = "arn";

    /** The fields of this kind. */
    public record Listener(
            @ReplaceOnChange Ref loadBalancer,
            @Disruptive int port,
            @Disruptive String protocol,
            Ref targetGroup,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Listener> attributes() {
        return Listener.class;
    }

    @Override
    public Risk deletionRisk(Observed<Listener> observed) {
        return Risk.DESTRUCTIVE;
    }

    @Override
    public Found<Listener> read(Reading reading) {
        List<Observed<Listener>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        var listeners = LoadBalancing.listeners(reading);
        var tagsByArn = LoadBalancing.tags(reading);
        for (var listener : listeners) {
            String arn = listener.listenerArn();
            Map<String, String> tags = tagsByArn.get(arn);
            Optional<ResourceAddress> balancer =
                    reading.scope().addressIn(tagsByArn.getOrDefault(listener.loadBalancerArn(), Map.of()));
            if (tags == null || balancer.isEmpty()) {
                continue;
            }
            reading.scope()
                    .addressIn(tags)
                    .ifPresentOrElse(
                            address -> found.add(new Observed<>(
                                    address,
                                    arn,
                                    Map.of(ARN, arn),
                                    attributes(reading.scope(), listener, tags),
                                    Origin.OURS)),
                            () -> foreign.add(new Foreign(
                                    balancer.get(),
                                    "listener " + listener.port() + "/" + listener.protocolAsString(),
                                    tags.getOrDefault(ClusterScope.CLUSTER_TAG, "unknown"))));
        }
        return new Found<>(found, foreign);
    }

    @Override
    public Made create(Step step, Listener wanted) {
        String arn = createOrFind(step, wanted);
        return new Made(arn, Map.of(ARN, arn));
    }

    @Override
    public Made update(Step step, Observed<Listener> observed, Listener wanted, Set<String> fields) {
        String arn = observed.id();
        if (fields.contains("port") || fields.contains("protocol") || fields.contains("targetGroup")) {
            step.aws().loadBalancing().modifyListener(r -> r.listenerArn(arn)
                    .port(wanted.port())
                    .protocol(wanted.protocol())
                    .defaultActions(forward(step, wanted)));
        }
        LoadBalancing.retag(step, arn, TagChange.of(step, wanted.tags(), fields));
        return new Made(arn, observed.outputs());
    }

    @Override
    public void delete(Step step, Observed<Listener> observed) {
        Missing.done(
                LoadBalancing.NO_LISTENER,
                () -> step.aws().loadBalancing().deleteListener(r -> r.listenerArn(observed.id())));
    }

    private static String createOrFind(Step step, Listener wanted) {
        var client = step.aws().loadBalancing();
        String balancer = step.value(wanted.loadBalancer());
        try {
            // AWS answers with the listener that is there when the same is asked for twice, so no token is needed.
            return client.createListener(r -> r.loadBalancerArn(balancer)
                            .port(wanted.port())
                            .protocol(wanted.protocol())
                            .defaultActions(forward(step, wanted))
                            .tags(LoadBalancing.list(step.tags(wanted.tags()))))
                    .listeners()
                    .get(0)
                    .listenerArn();
        } catch (AwsCallException e) {
            if (!e.code().equals("DuplicateListener")) {
                throw e;
            }
            String arn = client.describeListenersPaginator(r -> r.loadBalancerArn(balancer)).listeners().stream()
                    .filter(listener -> Objects.equals(listener.port(), wanted.port()))
                    .findFirst()
                    .orElseThrow(() -> e)
                    .listenerArn();
            LoadBalancing.requireOurs(step, arn, "port " + wanted.port() + " of the load balancer", e);
            return arn;
        }
    }

    private static Action forward(Step step, Listener wanted) {
        return Action.builder()
                .type(ActionTypeEnum.FORWARD)
                .targetGroupArn(step.value(wanted.targetGroup()))
                .build();
    }

    private static Listener attributes(
            ClusterScope scope,
            software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener listener,
            Map<String, String> tags) {
        String target = listener.defaultActions().stream()
                .map(Action::targetGroupArn)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("");
        return new Listener(
                Ref.id(listener.loadBalancerArn()),
                listener.port(),
                listener.protocolAsString(),
                Ref.id(target),
                scope.ownTags(tags));
    }
}
