package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Set;

/** The SSH key that instances start with. */
public final class KeyPairs implements ResourceKind<KeyPairs.KeyPair> {
    /** The kind's name. */
    public static final String KIND = "key-pair";

    /** The fields of this kind. */
    public record KeyPair(
            @ReplaceOnChange String publicKey,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<KeyPair> attributes() {
        return KeyPair.class;
    }

    @Override
    public Found<KeyPair> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, KeyPair wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<KeyPair> observed, KeyPair wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<KeyPair> observed) {
        throw new UnsupportedOperationException();
    }
}
