package io.k8saws.plan;

/** What a {@link Change} does to its resource. */
public enum Action {
    /** Makes a resource that is not there. */
    CREATE("+"),
    /** Changes fields of a resource in place; it keeps its id. */
    UPDATE("~"),
    /** Makes a new resource and deletes the old one, because AWS cannot change a field in place. */
    REPLACE("±"),
    /** Deletes a resource that the cluster owns. */
    DELETE("-"),
    /** Takes over a resource that exists, without changing it. */
    ADOPT(">"),
    /** Does nothing; only seen where unchanged resources are listed. */
    NONE(" ");

    private final String symbol;

    Action(String symbol) {
        this.symbol = symbol;
    }

    /**
     * The one-character mark used in printed plans.
     *
     * @return for example {@code +} for {@link #CREATE}
     */
    public String symbol() {
        return symbol;
    }
}
