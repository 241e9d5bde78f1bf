package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import java.util.List;
import java.util.function.Function;

/** Says what a name needs. Called at the moment of writing, on the zone's lane, so that it may look at the newest wishes. */
@FunctionalInterface
public interface Planning {
    /**
     * Plans a name.
     *
     * @param name the name
     * @param current the record sets of any name as the mirror has them
     * @return what to change; a plan without changes when all is well
     */
    NamePlan plan(DnsName name, Function<DnsName, List<RecordSet>> current);
}
