package io.k8saws.etcd.rescue;

import io.k8saws.plan.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What Kubernetes may make of keys that appear without its doing, as sentences for the plan. */
final class Caveats {
    private static final int MOST_NAMES = 3;

    private final List<RescueChange> changes;
    private final List<Chosen> written;
    private final LiveLook live;

    Caveats(List<RescueChange> changes, List<Chosen> written, LiveLook live) {
        this.changes = changes;
        this.written = written;
        this.live = live;
    }

    List<String> text(String systemUid, boolean deletes) {
        List<String> text = new ArrayList<>();
        if (!systemUid.isEmpty() && !live.systemUid.isEmpty() && !systemUid.equals(live.systemUid)) {
            text.add("the snapshot is of another cluster: the uid of kube-system is another");
        }
        if (changes.isEmpty()) {
            return text;
        }
        if (written.stream().anyMatch(one -> one.resource().isPresent())) {
            text.add("objects keep uid and ownerReferences of the snapshot, and get a new resourceVersion from etcd;"
                    + " no admission and no quota is asked");
        }
        orphans().ifPresent(text::add);
        terminating().ifPresent(text::add);
        long services = count("services");
        if (services > 0) {
            text.add(services
                    + " Services bring their cluster IPs and node ports along. API servers enter these in their"
                    + " ranges and IPAddresses within some minutes; what another Service was given meanwhile is in use"
                    + " twice until one of the two is made anew");
        }
        if (count("pods") > 0) {
            text.add(count("pods") + " Pods say what they were then; kubelets and controllers start, replace or remove"
                    + " them");
        }
        if (count("persistentvolumeclaims") + count("persistentvolumes") > 0) {
            text.add("volumes are not in etcd: a claim is of use only as long as its disk is there");
        }
        encrypted().ifPresent(text::add);
        if (deletes && changes.stream().anyMatch(change -> change.action() == Action.DELETE)) {
            text.add("what is deleted here is gone at once: no finalizer is waited for, and nothing outside of the"
                    + " cluster that it stands for is deleted");
        }
        return text;
    }

    private long count(String type) {
        return written.stream().filter(one -> one.type().equals(type)).count();
    }

    private Optional<String> orphans() {
        List<Chosen> orphans = written.stream()
                .filter(one ->
                        !one.ownerUids().isEmpty() && one.ownerUids().stream().noneMatch(this::isThere))
                .toList();
        return orphans.isEmpty()
                ? Optional.empty()
                : Optional.of(orphans.size() + " objects have owners that are neither chosen nor there; the"
                        + " garbage collector will delete them (" + names(orphans) + ")");
    }

    private boolean isThere(String uid) {
        return live.ownersSeen.contains(uid) || live.chosenUids().contains(uid);
    }

    private Optional<String> terminating() {
        String replaced = changes.stream()
                .filter(change -> change.action() == Action.REPLACE
                        && change.resource()
                                .filter(key -> key.type().equals(LiveLook.NAMESPACES))
                                .isPresent())
                .map(RescueChange::name)
                .collect(Collectors.joining(", "));
        return replaced.isEmpty()
                ? Optional.empty()
                : Optional.of("if " + replaced + " is being deleted just now, wait until it is gone and plan again:"
                        + " the namespace controller would delete what is rescued");
    }

    private Optional<String> encrypted() {
        String how = written.stream()
                .map(Chosen::encryption)
                .filter(one -> !one.isEmpty())
                .distinct()
                .sorted()
                .collect(Collectors.joining("; "));
        return how.isEmpty()
                ? Optional.empty()
                : Optional.of("values that are " + how + " are taken as they are: the names of the keys are those"
                        + " of the live cluster, the keys themselves were not compared");
    }

    private static String names(List<Chosen> objects) {
        return objects.stream().limit(MOST_NAMES).map(Chosen::key).collect(Collectors.joining(", "))
                + (objects.size() > MOST_NAMES ? ", ..." : "");
    }
}
