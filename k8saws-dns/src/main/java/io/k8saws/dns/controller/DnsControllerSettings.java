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
import org.immutables.value.Value;

/**
 * What a controller looks after, and how. Immutable and thread-safe.
 *
 * <pre>{@code
 * DnsControllerSettings settings = DnsControllerSettings.builder("payments")
 *     .zones(ZoneFilter.builder().addDomain("example.com").build())
 *     .lease(LeaseSettings.of("kube-system", "dns", hostname))
 *     .build();
 * }</pre>
 */
@DnsControllerStyle
@Value.Immutable
public abstract class DnsControllerSettings {
    DnsControllerSettings() {}

    /**
     * Services and Ingresses in all zones, kept in step, with 5 min of grace, and at most 20 record sets or a tenth of them gone within a minute.
     *
     * @param owner the owner's id, such as the cluster's name
     * @return the settings
     */
    public static DnsControllerSettings of(String owner) {
        return builder(owner).build();
    }

    /**
     * Starts from {@link #of}.
     *
     * @param owner the owner's id, such as the cluster's name
     * @return a new builder
     */
    public static Builder builder(String owner) {
        return new Builder().marks(OwnerMarks.of(owner));
    }

    /**
     * Who we are.
     *
     * @return how records are marked
     */
    public abstract OwnerMarks marks();

    /**
     * Which objects give names.
     *
     * @return Services and Ingresses by default
     */
    @Value.Default
    public SourceSettings sources() {
        return SourceSettings.defaults();
    }

    /**
     * Which zones are looked after.
     *
     * @return all by default
     */
    @Value.Default
    public ZoneFilter zones() {
        return ZoneFilter.all();
    }

    /**
     * What may be done.
     *
     * @return {@link ChangePolicy#SYNC} by default
     */
    @Value.Default
    public ChangePolicy policy() {
        return ChangePolicy.SYNC;
    }

    /**
     * What host names of AWS are.
     *
     * @return {@link AliasTargets#ofAws} by default
     */
    @Value.Default
    public AliasTargets aliases() {
        return AliasTargets.ofAws();
    }

    /**
     * How long answers may be kept whose source says nothing.
     *
     * @return whole seconds from 0 to 2147483647; 5 min by default
     */
    @Value.Default
    public Duration ttl() {
        return Duration.ofMinutes(5);
    }

    /**
     * How long a name stays as it is while its object has nothing to lead to.
     *
     * @return 5 min by default
     */
    @Value.Default
    public Duration grace() {
        return Duration.ofMinutes(5);
    }

    /**
     * How many record sets may go within a minute in any case, marks not counted.
     *
     * @return 0 or more; 20 by default
     */
    @Value.Default
    public int deletions() {
        return 20;
    }

    /**
     * How many of the record sets that are ours may go within a minute. The larger of this and {@link #deletions} counts.
     *
     * @return a share from 0 to 1; a tenth by default
     */
    @Value.Default
    public double deletedShare() {
        return 0.1;
    }

    /**
     * By what several controllers agree on the one that writes.
     *
     * @return empty by default: there is one alone
     */
    public abstract Optional<LeaseSettings> lease();

    /**
     * Names of the program's own.
     *
     * @return none by default
     */
    public abstract List<Endpoint> records();

    /**
     * The time from one page of a zone that is compared to the next.
     *
     * @return empty by default: none is compared, and there is no call in an idle hour
     */
    public abstract Optional<Duration> audit();

    /**
     * Whether Services and Gateways are told by a condition of their status, beside the Event, how their names are.
     *
     * @return true by default
     */
    @Value.Default
    public boolean conditions() {
        return true;
    }

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Builds {@link DnsControllerSettings}. Not thread-safe. */
    public static final class Builder extends ImmutableDnsControllerSettings.Builder {
        Builder() {}

        /**
         * Builds the settings.
         *
         * @return the settings
         * @throws IllegalArgumentException if a number is out of its bounds
         */
        @Override
        public DnsControllerSettings build() {
            DnsControllerSettings settings = super.build();
            if (settings.deletions() < 0 || !(settings.deletedShare() >= 0 && settings.deletedShare() <= 1)) {
                throw new IllegalArgumentException(
                        "A number of record sets is 0 or more and a share is from 0 to 1, got " + settings.deletions()
                                + " and " + settings.deletedShare() + ".");
            }
            Duration ttl = settings.ttl();
            if (ttl.isNegative() || ttl.toSeconds() > Integer.MAX_VALUE || ttl.toNanosPart() != 0) {
                throw new IllegalArgumentException(
                        "A TTL is whole seconds from PT0S to PT2147483647S, got " + ttl + ".");
            }
            return settings;
        }
    }
}
