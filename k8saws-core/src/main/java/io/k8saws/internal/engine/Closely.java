package io.k8saws.internal.engine;

import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.SeenClosely;
import io.k8saws.internal.resource.ResourceKind;
import io.k8saws.internal.resource.ResourceKinds;
import io.k8saws.plan.Change;
import io.k8saws.plan.Plan;
import io.k8saws.plan.ResourceAddress;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** How closely a look looks: which resources it asks for one by one, because AWS tells some of their fields in no other way. */
final class Closely {
    /** What a plan looks at: its reads do not grow with the cluster. */
    static final Predicate<ResourceAddress> NOTHING = address -> false;

    /** What a search for drift looks at. */
    static final Predicate<ResourceAddress> EVERYTHING = address -> true;

    private Closely() {}

    /**
     * What the apply of a plan must look at, to see again what the plan saw.
     *
     * @param plan the plan
     * @param kinds the kinds
     * @return the resources of which the plan shows a field that only a close look tells
     */
    static Predicate<ResourceAddress> asFor(Plan plan, ResourceKinds kinds) {
        Set<ResourceAddress> addresses = new HashSet<>();
        for (ResourceKind<?> kind : kinds.inOrder()) {
            Set<String> fields = new HashSet<>();
            Arrays.stream(kind.attributes().getRecordComponents())
                    .filter(component -> component.isAnnotationPresent(SeenClosely.class))
                    .map(RecordComponent::getName)
                    .forEach(fields::add);
            plan.changes().stream()
                    .filter(change -> change.resource().kind().equals(kind.name()))
                    .filter(change -> change.fields().stream()
                            .anyMatch(field -> fields.contains(Fields.component(field.field()))))
                    .map(Change::resource)
                    .forEach(addresses::add);
        }
        return Set.copyOf(addresses)::contains;
    }
}
