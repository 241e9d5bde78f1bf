package io.k8saws.dns.controller;

import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.plan.ChangePolicy;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.zone.ZoneFilter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a controller looks after, and how. Immutable.
 *
 * @param marks who we are
 * @param sources which objects give names
 * @param zones which zones are looked after
 * @param policy what may be done
 * @param aliases what host names of AWS are; {@link AliasTargets#ofAws} by default
 * @param ttl how long answers may be kept whose source says nothing
 * @param grace how long a name stays as it is while its object has nothing to lead to
 * @param deletions how many record sets may go within a minute in any case, marks not counted
 * @param deletedShare how many may go within a minute of those that are ours, from 0 to 1; the larger of the two counts
 * @param lease by which several controllers agree on the one that writes; empty when there is one alone
 * @param records names of the program's own
 * @param audit the time from one page of a zone that is compared to the next; empty for none, and then no call in an idle hour
 * @param conditions whether Services and Gateways are told by a condition of their status, beside the Event, how their names are
 */
public record DnsControllerSettings(
        OwnerMarks marks,
        SourceSettings sources,
        ZoneFilter zones,
        ChangePolicy policy,
        AliasTargets aliases,
        Duration ttl,
        Duration grace,
        int deletions,
        double deletedShare,
        Optional<LeaseSettings> lease,
        List<Endpoint> records,
        Optional<Duration> audit,
        boolean conditions) {
    /** Copies the list and checks the bounds. */
    public DnsControllerSettings {
        records = List.copyOf(records);
        if (deletions < 0 || !(deletedShare >= 0 && deletedShare <= 1)) {
            throw new IllegalArgumentException("A number of record sets is 0 or more and a share is from 0 to 1, got "
                    + deletions + " and " + deletedShare + ".");
        }
    }

    /**
     * Services and Ingresses in all zones, kept in step, with 5 min of grace, and at most 20 record sets or a tenth of them gone within a minute.
     *
     * @param owner the owner's id, such as the cluster's name
     * @return the settings
     */
    public static DnsControllerSettings of(String owner) {
        return new DnsControllerSettings(
                OwnerMarks.of(owner),
                SourceSettings.defaults(),
                ZoneFilter.all(),
                ChangePolicy.SYNC,
                AliasTargets.ofAws(),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                20,
                0.1,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                true);
    }

    /**
     * A changed copy.
     *
     * @param marks instead
     * @return the copy
     */
    public DnsControllerSettings withMarks(OwnerMarks marks) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                lease,
                records,
                audit,
                conditions);
    }

    /**
     * A changed copy.
     *
     * @param sources instead
     * @return the copy
     */
    public DnsControllerSettings withSources(SourceSettings sources) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                lease,
                records,
                audit,
                conditions);
    }

    /**
     * A changed copy.
     *
     * @param zones instead
     * @return the copy
     */
    public DnsControllerSettings withZones(ZoneFilter zones) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                lease,
                records,
                audit,
                conditions);
    }

    /**
     * A changed copy.
     *
     * @param policy instead
     * @return the copy
     */
    public DnsControllerSettings withPolicy(ChangePolicy policy) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                lease,
                records,
                audit,
                conditions);
    }

    /**
     * A changed copy.
     *
     * @param aliases instead
     * @return the copy
     */
    public DnsControllerSettings withAliases(AliasTargets aliases) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                lease,
                records,
                audit,
                conditions);
    }

    /**
     * A changed copy.
     *
     * @param ttl instead
     * @return the copy
     */
    public DnsControllerSettings withTtl(Duration ttl) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                lease,
                records,
                audit,
                conditions);
    }

    /**
     * A changed copy.
     *
     * @param grace instead
     * @return the copy
     */
    public DnsControllerSettings withGrace(Duration grace) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                lease,
                records,
                audit,
                conditions);
    }

    /**
     * A changed copy.
     *
     * @param deletions instead
     * @return the copy
     */
    public DnsControllerSettings withDeletions(int deletions) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                lease,
                records,
                audit,
                conditions);
    }

    /**
     * A changed copy.
     *
     * @param deletedShare instead
     * @return the copy
     */
    public DnsControllerSettings withDeletedShare(double deletedShare) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                lease,
                records,
                audit,
                conditions);
    }

    /**
     * A changed copy.
     *
     * @param lease instead
     * @return the copy
     */
    public DnsControllerSettings withLease(LeaseSettings lease) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                Optional.of(lease),
                records,
                audit,
                conditions);
    }

    /**
     * A changed copy.
     *
     * @param records instead
     * @return the copy
     */
    public DnsControllerSettings withRecords(List<Endpoint> records) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                lease,
                records,
                audit,
                conditions);
    }

    /**
     * A changed copy.
     *
     * @param audit instead
     * @return the copy
     */
    public DnsControllerSettings withAudit(Duration audit) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                lease,
                records,
                Optional.of(audit),
                conditions);
    }

    /**
     * A changed copy.
     *
     * @param conditions instead
     * @return the copy
     */
    public DnsControllerSettings withConditions(boolean conditions) {
        return new DnsControllerSettings(
                marks,
                sources,
                zones,
                policy,
                aliases,
                ttl,
                grace,
                deletions,
                deletedShare,
                lease,
                records,
                audit,
                conditions);
    }
}
