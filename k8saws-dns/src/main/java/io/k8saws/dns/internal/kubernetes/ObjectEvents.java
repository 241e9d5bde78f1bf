package io.k8saws.dns.internal.kubernetes;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.k8saws.dns.source.ObjectKey;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells objects, by Kubernetes' Events, what became of their names. The same is told once. Safe to use from many threads. */
public final class ObjectEvents {
    /** That all names of an object are as it wants them. */
    public static final String READY = "RecordReady";

    /** That something is wrong with a name. */
    public static final String ERROR = "RecordError";

    private static final Logger LOG = LoggerFactory.getLogger(ObjectEvents.class);
    private static final int LONGEST = 1024; // Kubernetes API reference, Event v1: note

    private final KubernetesClient client;
    private final Function<ObjectKey, Optional<HasMetadata>> objects;
    private final Clock clock;
    private final Map<ObjectKey, String> told = new ConcurrentHashMap<>();

    /**
     * Tells nothing yet.
     *
     * @param client reaches the cluster
     * @param objects finds objects
     * @param clock the time of events
     */
    public ObjectEvents(KubernetesClient client, Function<ObjectKey, Optional<HasMetadata>> objects, Clock clock) {
        this.client = client;
        this.objects = objects;
        this.clock = clock;
    }

    /**
     * Tells an object, unless that was the last that it was told.
     *
     * @param key which object; nothing is told to one that is gone
     * @param reason {@link #READY} or {@link #ERROR}
     * @param message what
     */
    public void tell(ObjectKey key, String reason, String message) {
        Optional<HasMetadata> object = objects.apply(key);
        if (object.isEmpty()) {
            told.remove(key);
            return;
        }
        String uid = String.valueOf(object.get().getMetadata().getUid());
        String text = message.length() <= LONGEST ? message : message.substring(0, LONGEST - 3) + "...";
        String now = reason + " " + uid + " " + text; // an object that is made anew has heard nothing
        if (now.equals(told.put(key, now))) {
            return;
        }
        try {
            write(object.get(), key, reason, text);
        } catch (KubernetesClientException e) {
            // an event is a courtesy; the names do not wait for it
            LOG.debug("No event for {}", key, e);
            told.remove(key);
        }
    }

    /**
     * Forgets what an object was told: it wants no name any more, or is gone.
     *
     * @param key which object
     */
    public void forget(ObjectKey key) {
        told.remove(key);
    }

    /**
     * Whether the last that an object was told is a trouble.
     *
     * @param key which object
     * @return whether it was {@link #ERROR}
     */
    public boolean isTroubled(ObjectKey key) {
        return told.getOrDefault(key, "").startsWith(ERROR);
    }

    /** Of how many objects is remembered what they were told. */
    int remembered() {
        return told.size();
    }

    private void write(HasMetadata object, ObjectKey key, String reason, String text) {
        String namespace = key.namespace().isEmpty() ? "default" : key.namespace();
        String now = Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString();
        client.v1()
                .events()
                .inNamespace(namespace)
                .resource(new EventBuilder()
                        .withNewMetadata()
                        .withGenerateName(
                                key.name().substring(0, Math.min(200, key.name().length())) + ".")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewInvolvedObject()
                        .withApiVersion(object.getApiVersion())
                        .withKind(key.kind())
                        .withNamespace(key.namespace().isEmpty() ? null : key.namespace())
                        .withName(key.name())
                        .withUid(object.getMetadata().getUid())
                        .endInvolvedObject()
                        .withReason(reason)
                        .withMessage(text)
                        .withType(reason.equals(READY) ? "Normal" : "Warning")
                        .withFirstTimestamp(now)
                        .withLastTimestamp(now)
                        .withCount(1)
                        .withNewSource()
                        .withComponent("k8saws-dns")
                        .endSource()
                        .build())
                .create();
    }
}
