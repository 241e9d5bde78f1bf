package io.k8saws.etcd.rescue;

import io.k8saws.etcd.registry.ResourceKey;
import io.k8saws.plan.Action;
import io.k8saws.plan.Risk;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What a rescue does to one key.
 *
 * @param key the key
 * @param action {@code CREATE}, {@code REPLACE} or {@code DELETE}
 * @param risk {@code SAFE} for a key that is not there; {@code DATA_LOSS} where the live value goes
 * @param reason why
 * @param seen the live key's mod revision when the plan was made; 0 when it was not there. If it is another then, the key is refused
 * @param revision at which the snapshot's value was written; 0 for a deletion
 * @param bytes how long the value is that is written; 0 for a deletion
 * @param life of an event: how long it lives from then on; zero for what stays
 */
public record RescueChange(
        String key, Action action, Risk risk, String reason, long seen, long revision, int bytes, Duration life) {
    /**
     * Which object of Kubernetes it is about.
     *
     * @return the object; empty when the key is none of an API server
     */
    public Optional<ResourceKey> resource() {
        return ResourceKey.of(key.getBytes(StandardCharsets.UTF_8));
    }

    String name() {
        return resource().map(ResourceKey::toString).orElse(key);
    }

    /** For example {@code + deployments.apps shop/front [only the snapshot has it]}. */
    @Override
    public String toString() {
        return action.symbol() + " " + name() + " [" + reason + "]" + (risk == Risk.SAFE ? "" : " " + risk);
    }
}
