package io.k8saws.dns.internal.kubernetes;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.k8saws.dns.source.ObjectKey;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the status of Services and Gateways whether their names are as they want them: by server-side apply of one condition, so that those of others stay. Other kinds have no conditions of objects, and get none. What has not changed is not
 * written, and what this controller has said once it does not say again against another one. Safe to use from many threads.
 */
public final class ObjectConditions {
    /** The condition's type. */
    public static final String TYPE = "k8saws.io/DnsInStep";

    private static final Logger LOG = LoggerFactory.getLogger(ObjectConditions.class);
    private static final String MANAGER = "k8saws-dns";
    private static final int LONGEST = 32_768; // Kubernetes API conventions, Condition: message
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(MANAGER)
            .withForce(true)
            .build();

    /**
     * What is said.
     *
     * @param inStep whether all names are as they are wanted
     * @param reason one word
     * @param message which names, or what is in the way
     */
    public record State(boolean inStep, String reason, String message) {
        /** Cuts the message to what Kubernetes takes. */
        public State {
            message = message.length() <= LONGEST ? message : message.substring(0, LONGEST - 3) + "...";
        }

        private String status() {
            return inStep ? "True" : "False";
        }
    }

    private record Said(String uid, State state) {}

    private final KubernetesClient client;
    private final Function<ObjectKey, Optional<HasMetadata>> objects;
    private final Clock clock;
    private final Map<ObjectKey, Said> said = new ConcurrentHashMap<>();
    private volatile boolean denied;

    // guarded by this
    private final Set<ObjectKey> untold = new LinkedHashSet<>();
    private final Set<ObjectKey> refused = new LinkedHashSet<>();

    /**
     * Says nothing yet.
     *
     * @param client reaches the cluster
     * @param objects finds objects
     * @param clock the time of conditions
     */
    public ObjectConditions(KubernetesClient client, Function<ObjectKey, Optional<HasMetadata>> objects, Clock clock) {
        this.client = client;
        this.objects = objects;
        this.clock = clock;
    }

    /**
     * Says how the names of an object are, unless its status says so.
     *
     * @param key which object; nothing is said to one that is gone, or of another kind
     * @param state how they are
     */
    public void say(ObjectKey key, State state) {
        HasMetadata object = objects.apply(key).filter(ObjectConditions::canSay).orElse(null);
        if (object == null) {
            said.remove(key);
            return;
        }
        if (denied) {
            note(key, untold);
            return;
        }
        Said now = new Said(String.valueOf(object.getMetadata().getUid()), state);
        if (now.equals(said.put(key, now))) {
            return;
        }
        Optional<Condition> there = condition(object);
        if (there.filter(condition -> isSame(condition, state)).isPresent()) {
            return;
        }
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", TYPE);
        condition.put("status", state.status());
        condition.put("reason", state.reason());
        condition.put("message", state.message());
        condition.put(
                "lastTransitionTime",
                there.filter(before -> state.status().equals(before.getStatus()))
                        .map(Condition::getLastTransitionTime)
                        .orElseGet(() -> Instant.now(clock)
                                .truncatedTo(ChronoUnit.SECONDS)
                                .toString()));
        apply(key, object, List.of(condition));
    }

    /**
     * Takes back what was said: an object wants no name any more.
     *
     * @param key which object
     */
    public void unsay(ObjectKey key) {
        said.remove(key);
        objects.apply(key)
                .filter(ObjectConditions::canSay)
                .filter(object -> !denied && condition(object).isPresent())
                .ifPresent(object -> apply(key, object, List.of()));
    }

    private synchronized void note(ObjectKey key, Set<ObjectKey> set) {
        set.add(key);
    }

    /**
     * Lets conditions be written again, though they were not allowed before: the right may have been given.
     *
     * @return the objects to which nothing was said meanwhile
     */
    public synchronized List<ObjectKey> takeUntold() {
        List<ObjectKey> keys = new ArrayList<>(untold);
        refused.removeAll(untold);
        keys.addAll(refused); // the last: perhaps it is they alone that are refused
        untold.clear();
        refused.clear();
        denied = false;
        return keys;
    }

    /**
     * What keeps conditions from being written.
     *
     * @return that the cluster does not allow it
     */
    public Optional<String> problem() {
        return denied
                ? Optional.of("The cluster does not allow to write conditions. Allow to patch services/status and"
                        + " gateways/status, or turn conditions off; it is tried again every ten minutes")
                : Optional.empty();
    }

    private static boolean canSay(HasMetadata object) {
        return object instanceof Service || object instanceof Gateway;
    }

    private static Optional<Condition> condition(HasMetadata object) {
        List<Condition> all = object instanceof Service service && service.getStatus() != null
                ? service.getStatus().getConditions()
                : object instanceof Gateway gateway && gateway.getStatus() != null
                        ? gateway.getStatus().getConditions()
                        : List.of();
        return all == null
                ? Optional.empty()
                : all.stream()
                        .filter(condition -> TYPE.equals(condition.getType()))
                        .findFirst();
    }

    private static boolean isSame(Condition there, State state) {
        return state.status().equals(there.getStatus())
                && state.reason().equals(there.getReason())
                && state.message().equals(there.getMessage());
    }

    private void apply(ObjectKey key, HasMetadata object, List<Map<String, Object>> conditions) {
        GenericKubernetesResource wanted = new GenericKubernetesResource();
        wanted.setApiVersion(object.getApiVersion());
        wanted.setKind(object.getKind());
        wanted.setMetadata(new ObjectMetaBuilder()
                .withName(key.name())
                .withNamespace(key.namespace())
                .withUid(object.getMetadata().getUid()) // one that was made anew meanwhile is another object
                .build());
        wanted.setAdditionalProperty("status", Map.of("conditions", conditions));
        try {
            client.genericKubernetesResources(ResourceDefinitionContext.fromResourceType(object.getClass()))
                    .inNamespace(key.namespace())
                    .resource(wanted)
                    .subresource("status")
                    .patch(APPLY);
        } catch (KubernetesClientException e) {
            // a condition is a courtesy; the names do not wait for it
            LOG.debug("No condition for {}", key, e);
            said.remove(key);
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                denied = true;
                note(key, refused);
            }
        }
    }
}
