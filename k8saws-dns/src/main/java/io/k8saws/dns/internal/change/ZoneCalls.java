package io.k8saws.dns.internal.change;

import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import java.util.List;

/** The calls to one zone. */
public interface ZoneCalls {
    /**
     * Sends a batch. All of it is done, or nothing.
     *
     * @param changes the changes of a zone
     * @return the id under which Route 53 tells how far it is spread
     * @throws RefusedBatchException if a change is not allowed, or what it says to be there is not
     */
    String change(List<SetChange> changes);

    /**
     * Reads one name.
     *
     * @param name the name
     * @return its record sets
     */
    List<RecordSet> records(DnsName name);
}
