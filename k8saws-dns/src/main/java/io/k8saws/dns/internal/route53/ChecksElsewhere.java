package io.k8saws.dns.internal.route53;

import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.AwsCallException;
import io.k8saws.internal.seam.AwsClients;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/**
 * Finds the health checks that record sets use in zones which nobody looks after: the filter leaves them out, they were made meanwhile, or their names are none to this library. A record there may name a check of ours
 * by its id.
 */
@FunctionalInterface
interface ChecksElsewhere {
    /**
     * What is used.
     *
     * @param ids the checks
     * @param unread why some zones were not read
     */
    record Uses(Set<String> ids, List<String> unread) {
        static final Uses NONE = new Uses(Set.of(), List.of());
    }

    /** Reads those zones whole. */
    Uses read();

    /**
     * In some accounts.
     *
     * @param accounts the calls of each
     * @param known the ids of the zones that are read anyway
     */
    static ChecksElsewhere of(Collection<? extends AwsClients> accounts, Set<String> known) {
        return () -> {
            Set<String> ids = new HashSet<>();
            List<String> unread = new ArrayList<>();
            for (AwsClients aws : accounts) {
                Route53Client route53 = aws.route53();
                try {
                    for (var zone : route53.listHostedZonesPaginator(r -> {}).hostedZones()) {
                        String id = HostedZone.bareId(zone.id());
                        if (!known.contains(id)) {
                            String name = zone.name() + " (" + id + "), which is not looked after,";
                            read(route53, id, name, ids, unread);
                        }
                    }
                } catch (AwsCallException e) {
                    unread.add("Zones cannot be listed: " + e.getMessage());
                }
            }
            return new Uses(ids, unread);
        };
    }

    private static void read(Route53Client route53, String id, String name, Set<String> ids, List<String> unread) {
        try {
            route53.listResourceRecordSetsPaginator(r -> r.hostedZoneId(id)).resourceRecordSets().stream()
                    .map(ResourceRecordSet::healthCheckId)
                    .filter(check -> check != null)
                    .forEach(ids::add);
        } catch (AwsCallException e) {
            unread.add(name + " cannot be read: " + e.getMessage());
        }
    }
}
