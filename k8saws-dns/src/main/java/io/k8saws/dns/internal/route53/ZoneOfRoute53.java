package io.k8saws.dns.internal.route53;

import io.k8saws.dns.internal.engine.ZoneCalls;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.internal.seam.AwsClients;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.ChangeStatus;
import software.amazon.awssdk.services.route53.model.ListResourceRecordSetsRequest;
import software.amazon.awssdk.services.route53.model.ListResourceRecordSetsResponse;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/** A zone for the engine: each method is one call. Safe to use from many threads. */
public final class ZoneOfRoute53 implements ZoneCalls {
    private static final String PAGE = "300"; // API reference, ListResourceRecordSets

    private final HostedZone zone;
    private final Route53Client route53;
    private final AwsClients background;
    private final Consumer<String> unread;

    /**
     * Makes it; calls nothing.
     *
     * @param zone the zone
     * @param aws the calls, in the account of the zone
     */
    public ZoneOfRoute53(HostedZone zone, AwsClients aws) {
        this(zone, aws, aws);
    }

    /**
     * Makes it, with calls of lower urgency; calls nothing.
     *
     * @param zone the zone
     * @param aws the calls, in the account of the zone
     * @param background the same calls, for what nobody waits for
     */
    public ZoneOfRoute53(HostedZone zone, AwsClients aws, AwsClients background) {
        this(zone, aws, background, check -> {});
    }

    /**
     * Makes it, and tells of what no page has; calls nothing.
     *
     * @param zone the zone
     * @param aws the calls, in the account of the zone
     * @param background the same calls, for what nobody waits for
     * @param unread hears of the ids of health checks that are used by record sets of kinds that this library does not read
     */
    ZoneOfRoute53(HostedZone zone, AwsClients aws, AwsClients background, Consumer<String> unread) {
        this.zone = zone;
        this.route53 = aws.route53();
        this.background = background;
        this.unread = unread;
    }

    @Override
    public ZoneCalls inBackground() {
        return new ZoneOfRoute53(zone, background, background, unread);
    }

    @Override
    public String change(List<SetChange> changes) {
        List<Change> all = new ArrayList<>();
        changes.forEach(change -> change.before().ifPresent(set -> all.add(change(ChangeAction.DELETE, set))));
        changes.forEach(change -> change.after().ifPresent(set -> all.add(change(ChangeAction.CREATE, set))));
        return route53.changeResourceRecordSets(r -> r.hostedZoneId(zone.id()).changeBatch(batch -> batch.changes(all)))
                .changeInfo()
                .id();
    }

    private static Change change(ChangeAction action, RecordSet set) {
        return Change.builder()
                .action(action)
                .resourceRecordSet(RecordSets.to(set))
                .build();
    }

    @Override
    public Page list(Optional<Position> from) {
        ListResourceRecordSetsRequest.Builder request =
                ListResourceRecordSetsRequest.builder().hostedZoneId(zone.id()).maxItems(PAGE);
        from.ifPresent(position -> {
            request.startRecordName(position.name());
            position.type().ifPresent(request::startRecordType);
            position.setIdentifier().ifPresent(request::startRecordIdentifier);
        });
        ListResourceRecordSetsResponse page = route53.listResourceRecordSets(request.build());
        List<RecordSet> sets = new ArrayList<>();
        for (ResourceRecordSet set : page.resourceRecordSets()) {
            Optional<RecordSet> read = RecordSets.from(set);
            read.ifPresent(sets::add);
            if (read.isEmpty() && set.healthCheckId() != null) {
                unread.accept(set.healthCheckId());
            }
        }
        return new Page(sets, Boolean.TRUE.equals(page.isTruncated()) ? Optional.of(next(page)) : Optional.empty());
    }

    private static Position next(ListResourceRecordSetsResponse page) {
        return new Position(
                page.nextRecordName(),
                Optional.ofNullable(page.nextRecordTypeAsString()),
                Optional.ofNullable(page.nextRecordIdentifier()));
    }

    @Override
    public boolean isInSync(String changeId) {
        return route53.getChange(r -> r.id(changeId)).changeInfo().status() == ChangeStatus.INSYNC;
    }
}
