package io.k8saws.dns.internal.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.source.Sources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the kinds that names come from and depend on. Safe to use from many threads. */
public final class ClusterWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);

    private final KubernetesClient client;
    private final SourceSettings settings;
    private final ClusterObjects objects = new ClusterObjects();
    private final DesiredNames desired;
    private final BiConsumer<ObjectKey, Set<DnsName>> listener;
    private volatile List<SharedIndexInformer<?>> informers = List.of();
    private volatile List<String> missing = List.of();
    private volatile List<String> unread = List.of(); // of those that are missing, what is there and could not be read
    private final LongSupplier nanoTime;

    // guarded by this
    private int starts;
    private boolean closed;
    private List<String> servedLate = List.of(); // by the last look for what was missing
    private final Map<String, ReadPause> pauses = new HashMap<>(); // of late kinds that could not be read

    /**
     * Prepares to watch.
     *
     * @param client reaches the cluster; it stays the caller's
     * @param settings which kinds
     * @param listener hears of each object that changed, with the names to look at
     */
    public ClusterWatch(
            KubernetesClient client, SourceSettings settings, BiConsumer<ObjectKey, Set<DnsName>> listener) {
        this(client, settings, listener, System::nanoTime);
    }

    ClusterWatch(
            KubernetesClient client,
            SourceSettings settings,
            BiConsumer<ObjectKey, Set<DnsName>> listener,
            LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.client = client;
        this.settings = settings;
        this.listener = listener;
        this.desired = new DesiredNames(objects, new Sources(settings));
    }

    /**
     * What the objects want.
     *
     * @return always the newest
     */
    public DesiredNames desired() {
        return desired;
    }

    /**
     * Starts to watch, in the place of what was watched before: what objects want is read anew. A watch that has begun goes on by itself, whatever interrupts it; one that cannot begin fails.
     *
     * @return completes when all objects are known; fails when a kind cannot be read
     */
    public synchronized CompletableFuture<Void> start() {
        if (closed) {
            return CompletableFuture.failedFuture(new CancellationException("The watch is closed."));
        }
        starts++;
        servedLate = List.of();
        pauses.clear();
        informers.forEach(SharedIndexInformer::stop);
        desired.reset();
        List<SharedIndexInformer<?>> begun = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        for (ReadKind<?> kind : ReadKind.of(client, settings)) {
            if (kind.isServed(client)) {
                begun.add(watch(kind).informer());
            } else {
                absent.add(kind.kind());
            }
        }
        missing = List.copyOf(absent);
        unread = List.of();
        informers = List.copyOf(begun);
        return CompletableFuture.allOf(begun.stream()
                .map(informer -> informer.start().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }

    /**
     * Looks whether kinds are served by now that were not at the start, and watches them, too, each by itself. Asks the cluster alone, and only where a kind is missing. A kind that cannot be read is missing still, and none of its objects wants anything; it is read again after half a minute and then more and more seldom, up to each ten minutes, until the cluster serves other kinds of those that are missing.
     *
     * @return completes when of each such kind all objects are known or it is known that it cannot be read, and says whether any is watched now
     */
    public CompletableFuture<Boolean> startMissing() {
        int of;
        List<String> wanted;
        synchronized (this) {
            of = starts;
            wanted = closed ? List.of() : missing;
        }
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        List<ReadKind<?>> served = new ArrayList<>();
        for (ReadKind<?> kind : ReadKind.of(client, settings)) {
            if (wanted.contains(kind.kind()) && kind.isServed(client)) {
                served.add(kind);
            }
        }
        CompletableFuture<Boolean> any = CompletableFuture.completedFuture(false);
        for (Late late : prepare(of, served)) {
            any = any.thenCombine(begin(of, late), Boolean::logicalOr);
        }
        return any;
    }

    /** A kind whose watch is made. */
    private record Late(String kind, SlimStore<? extends HasMetadata> store, SharedIndexInformer<?> informer) {}

    private synchronized List<Late> prepare(int of, List<ReadKind<?>> served) {
        if (!isOfNow(of)) {
            return List.of();
        }
        List<String> kinds = served.stream().<String>map(ReadKind::kind).toList();
        if (!kinds.equals(servedLate)) {
            servedLate = kinds;
            pauses.clear(); // who has changed that may have given rights, too
        }
        List<Late> all = new ArrayList<>();
        List<String> stillUnread = new ArrayList<>();
        for (ReadKind<?> kind : served) {
            ReadPause pause = pauses.get(kind.kind());
            if (pause == null || pause.isOver(nanoTime.getAsLong())) {
                all.add(watch(kind));
            }
            if (unread.contains(kind.kind())) {
                stillUnread.add(kind.kind());
            }
        }
        unread = List.copyOf(stillUnread);
        return all;
    }

    /** Says whether the kind is watched in the end. It counts as seen only when what its objects want is known. */
    private CompletableFuture<Boolean> begin(int of, Late late) {
        return late.informer().start().toCompletableFuture().handle((known, failure) -> {
            boolean isRead = failure == null;
            try {
                if (isRead && isOfNow(of)) {
                    late.store().all().forEach(object -> changed(late.kind(), object));
                    if (join(of, late)) {
                        return true;
                    }
                }
            } catch (RuntimeException e) { // it is tried again, and not left half seen
                LOG.warn("What objects of kind {} want cannot be told.", late.kind(), e);
                isRead = false;
            }
            leave(of, late, !isRead);
            return false;
        });
    }

    private synchronized boolean isOfNow(int of) {
        return !closed && of == starts;
    }

    /** Adds a late kind to what is watched, unless all was started anew meanwhile. */
    private synchronized boolean join(int of, Late late) {
        if (!isOfNow(of)) {
            return false;
        }
        List<SharedIndexInformer<?>> all = new ArrayList<>(informers);
        all.add(late.informer());
        informers = List.copyOf(all);
        missing = without(missing, late.kind());
        unread = without(unread, late.kind());
        pauses.remove(late.kind());
        return true;
    }

    /** Forgets what has been seen of a late kind: of what goes from now on, nobody would hear. */
    private void leave(int of, Late late, boolean failed) {
        late.informer().stop();
        synchronized (this) {
            if (closed) {
                return;
            }
            if (failed && of == starts) {
                List<String> more = new ArrayList<>(without(unread, late.kind()));
                more.add(late.kind());
                unread = List.copyOf(more);
                long now = nanoTime.getAsLong();
                pauses.compute(late.kind(), (kind, before) -> before == null ? ReadPause.first(now) : before.next(now));
            }
        }
        if (objects.remove(late.kind(), late.store())) {
            desired.keysOf(late.kind()).forEach(this::changed);
        }
    }

    private static List<String> without(List<String> kinds, String one) {
        return kinds.stream().filter(kind -> !kind.equals(one)).toList();
    }

    private <T extends HasMetadata> Late watch(ReadKind<T> read) {
        String kind = read.kind();
        SlimStore<T> store = new SlimStore<>();
        objects.add(kind, store);
        SharedIndexInformer<T> informer = read.objects().runnableInformer(0);
        informer.itemStore(store);
        informer.exceptionHandler((started, failure) -> started); // it goes on once it has begun
        informer.addEventHandler(new ResourceEventHandler<T>() {
            @Override
            public void onAdd(T object) {
                changed(kind, object);
            }

            @Override
            public void onUpdate(T before, T after) {
                changed(kind, after);
            }

            @Override
            public void onDelete(T object, boolean unknown) {
                changed(kind, object);
            }
        });
        return new Late(kind, store, informer);
    }

    private void changed(String kind, HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        changed(new ObjectKey(
                kind, namespace == null ? "" : namespace, object.getMetadata().getName()));
    }

    private void changed(ObjectKey key) {
        Set<DnsName> names = desired.changed(key);
        try {
            listener.accept(key, names);
        } catch (RuntimeException e) { // the watch goes on
            LOG.warn("Who hears of changes has failed on {}.", key, e);
        }
    }

    /**
     * An object, as it was last seen.
     *
     * @param key which
     * @return without what names do not need
     */
    public Optional<HasMetadata> find(ObjectKey key) {
        return objects.find(key).map(HasMetadata.class::cast);
    }

    /**
     * The kinds that the cluster does not know.
     *
     * @return their names
     */
    public List<String> missing() {
        return missing;
    }

    /**
     * What is not seen of the cluster.
     *
     * @return a text for each kind that is missing
     */
    public List<String> problems() {
        List<String> late = unread;
        return missing.stream()
                .map(kind -> late.contains(kind)
                        ? "The kind " + kind + " cannot be read. Give the right to list and watch it, or leave it out"
                        : "The cluster has no kind " + kind + ". Install it, or leave it out")
                .toList();
    }

    /**
     * Whether changes are heard of now.
     *
     * @return false when one of the watches is interrupted
     */
    public boolean isWatching() {
        return informers.stream().allMatch(SharedIndexInformer::isWatching);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        informers.forEach(SharedIndexInformer::stop);
    }
}
