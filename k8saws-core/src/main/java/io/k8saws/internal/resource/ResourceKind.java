package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.plan.Risk;
import java.util.Set;

/**
 * Everything that k8saws knows about one kind of AWS resource: how to read all of a cluster's resources of that kind at once, and how to create, update and
 * delete one. Implementations have no state and are safe to use from many threads.
 *
 * @param <A> the record of the kind's fields
 */
public interface ResourceKind<A extends Attributes> {
    /**
     * Whether only the cluster's own controllers make such resources. They are left alone until the cluster is destroyed, so they are read only then.
     *
     * @return false unless said otherwise
     */
    default boolean madeByControllersOnly() {
        return false;
    }

    /**
     * The kind's name in addresses.
     *
     * @return kebab case, AWS's own noun, for example {@code nat-gateway}
     */
    String name();

    /**
     * The record type of the kind's fields.
     *
     * @return the class of {@code A}
     */
    Class<A> attributes();

    /**
     * Reads all resources of this kind that belong to the cluster, with at most one paginated call of its own; what several kinds share is read once through
     * {@link Reading#once}. Only for what {@link Reading#closely} names may it make a call a resource.
     *
     * @param reading the calls and the cluster to read for
     * @return the resources, and what was found on them that is not ours
     */
    Found<A> read(Reading reading);

    /**
     * Creates a resource, with its tags in the creating call. Sending it twice with the same {@link Step#token()} makes one resource where AWS can do that; where a
     * name is unique, "already exists" is answered by reading it.
     *
     * @param step the calls, the cluster and the values of references
     * @param wanted the wanted fields
     * @return the new resource's id and outputs
     */
    Made create(Step step, A wanted);

    /**
     * Changes fields in place.
     *
     * @param step the calls, the cluster and the values of references
     * @param observed the resource as it is
     * @param wanted the wanted fields
     * @param fields the paths that differ, as {@link io.k8saws.internal.graph.Fields#flat} names them; never one marked as replace-on-change
     * @return the resource's id and outputs after the change
     */
    Made update(Step step, Observed<A> observed, A wanted, Set<String> fields);

    /**
     * Deletes a resource and waits until it no longer holds on to others. A resource that is gone already is no error.
     *
     * @param step the calls and the cluster
     * @param observed the resource as it is
     */
    void delete(Step step, Observed<A> observed);

    /**
     * Fills in what AWS does not tell of a resource, so that it counts as no difference. Pure.
     *
     * @param observed the fields as they were read
     * @param wanted the wanted fields
     * @return the fields to compare with the wanted ones; what was read unless the kind says otherwise
     */
    default A assume(A observed, A wanted) {
        return observed;
    }

    /**
     * The kinds whose resources must be gone before one of this kind can be deleted, besides those that point to it by a field.
     *
     * @return names of kinds
     */
    default Set<String> deletedAfter() {
        return Set.of();
    }

    /**
     * Whether a resource stays, also when it is no longer wanted, until the whole cluster is destroyed.
     *
     * @return false unless the kind says otherwise
     */
    default boolean deletedWithTheClusterOnly() {
        return false;
    }

    /**
     * The risk of deleting or replacing a resource.
     *
     * @param observed the resource as it is
     * @return how much that can hurt
     */
    default Risk deletionRisk(Observed<A> observed) {
        return Risk.SAFE;
    }

    /**
     * The risk of an update in place, besides that of fields marked as disruptive.
     *
     * @param observed the resource as it is
     * @param wanted the wanted fields
     * @param fields the paths that differ
     * @return how much that can hurt
     */
    default Risk updateRisk(Observed<A> observed, A wanted, Set<String> fields) {
        return Risk.SAFE;
    }

    /**
     * The outputs that an update changes, so that those who refer to them change too.
     *
     * @param fields the paths that differ
     * @return names of outputs; none for most kinds
     */
    default Set<String> outputsChangedBy(Set<String> fields) {
        return Set.of();
    }

    /**
     * Whether a replacement is made before the old resource is deleted. Only kinds without a unique name or address can.
     *
     * @return false unless the kind says otherwise
     */
    default boolean createsBeforeDeleting() {
        return false;
    }
}
