package io.k8saws.cluster;

import org.immutables.value.Value;

/** How the instance metadata service answers on a node. Immutable and thread-safe. */
@SpecStyle
@Value.Immutable
public abstract class ImdsSpec implements WithImdsSpec {

    ImdsSpec() {}

    /**
     * Starts a description with tokens required and one hop.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Tells whether requests need a session token (IMDSv2). Without it, a pod that can be made to fetch a URL can steal the node's
     * credentials.
     *
     * @return true by default
     */
    @Value.Default
    public boolean tokensRequired() {
        return true;
    }

    /**
     * Returns over how many network hops an answer travels, 1 to 64 (EC2 API, HttpPutResponseHopLimit). With 1, pods that do not use
     * the host's network cannot reach the service; 2 lets them.
     *
     * @return 1 by default
     */
    @Value.Default
    public int hopLimit() {
        return 1;
    }

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form, such as {@code IMDSv2 hops=1}. */
    @Override
    public String toString() {
        return (tokensRequired() ? "IMDSv2" : "IMDSv1 and v2") + " hops=" + hopLimit();
    }

    /** Builds an {@link ImdsSpec}. Not thread-safe. */
    public static final class Builder extends ImmutableImdsSpec.Builder {
        Builder() {}
    }
}
