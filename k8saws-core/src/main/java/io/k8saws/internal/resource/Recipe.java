package io.k8saws.internal.resource;

import org.jspecify.annotations.Nullable;

/**
 * How to make something that nobody may see, compared and printed by its name alone: the same name means the same thing. What was observed has a name only.
 *
 * @param <T> what it is made from
 */
public final class Recipe<T> {
    private final String name;
    private final @Nullable T how;

    private Recipe(String name, @Nullable T how) {
        this.name = name;
        this.how = how;
    }

    /**
     * A wish.
     *
     * @param name tells it apart from other wishes
     * @param how what it is made from
     * @param <T> its type
     * @return the recipe
     */
    public static <T> Recipe<T> of(String name, T how) {
        return new Recipe<>(name, how);
    }

    /**
     * What was observed.
     *
     * @param name its name
     * @param <T> what it would be made from
     * @return a recipe that cannot be followed
     */
    public static <T> Recipe<T> known(String name) {
        return new Recipe<>(name, null);
    }

    /**
     * What to make it from.
     *
     * @return what the wish said
     * @throws IllegalStateException when it was observed
     */
    public T how() {
        if (how == null) {
            throw new IllegalStateException("Only what is wanted can be made, and " + name + " was observed.");
        }
        return how;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Recipe<?> recipe && recipe.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }
}
