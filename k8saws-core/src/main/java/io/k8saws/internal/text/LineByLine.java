package io.k8saws.internal.text;

import java.util.AbstractList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A list that prints each element on a line of its own, for people who look at it at a prompt. Immutable; otherwise as any other list, and equal to one.
 *
 * @param <E> the kind of element
 */
public final class LineByLine<E> extends AbstractList<E> {
    private final List<E> elements;

    /**
     * Takes a copy.
     *
     * @param elements the elements, none of them null
     */
    public LineByLine(List<E> elements) {
        this.elements = List.copyOf(elements);
    }

    @Override
    public E get(int index) {
        return elements.get(index);
    }

    @Override
    public int size() {
        return elements.size();
    }

    @Override
    public String toString() {
        return isEmpty() ? "[]" : stream().map(String::valueOf).collect(Collectors.joining("\n"));
    }
}
