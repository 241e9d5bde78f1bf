package io.k8saws.cluster;

import java.util.Locale;
import java.util.Objects;

/**
 * A mark on nodes that keeps pods away unless they tolerate it. Immutable. Key and value are checked when the {@link ClusterSpec} is
 * built.
 *
 * @param key a qualified name, for example {@code dedicated} or {@code example.com/gpu}
 * @param value a label value; empty means that the taint has none
 * @param effect what the taint does
 */
public record Taint(String key, String value, TaintEffect effect) {

    /** Checks that no part is missing. */
    public Taint {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(effect, "effect");
    }

    /**
     * Returns a taint that keeps new pods away.
     *
     * @param key the key
     * @param value the value; may be empty
     * @return the taint with {@link TaintEffect#NO_SCHEDULE}
     */
    public static Taint noSchedule(String key, String value) {
        return new Taint(key, value, TaintEffect.NO_SCHEDULE);
    }

    /**
     * Returns a taint that keeps new pods away and evicts running ones.
     *
     * @param key the key
     * @param value the value; may be empty
     * @return the taint with {@link TaintEffect#NO_EXECUTE}
     */
    public static Taint noExecute(String key, String value) {
        return new Taint(key, value, TaintEffect.NO_EXECUTE);
    }

    /** Returns the form that kubectl and the kubelet use: {@code key=value:NoSchedule}, or {@code key:NoSchedule}. */
    @Override
    public String toString() {
        return key + (value.isEmpty() ? "" : "=" + value) + ":" + kubernetesEffect();
    }

    /**
     * Returns the effect as the Kubernetes API spells it.
     *
     * @return {@code NoSchedule}, {@code PreferNoSchedule} or {@code NoExecute}
     */
    public String kubernetesEffect() {
        StringBuilder name = new StringBuilder();
        for (String word : effect.name().toLowerCase(Locale.ROOT).split("_", -1)) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
        }
        return name.toString();
    }
}
