package io.k8saws.etcd.snapshot;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** What a source gives until it gives null. */
final class Pulled<T> implements Iterator<T> {
    private final Supplier<@Nullable T> source;
    private @Nullable T next;
    private boolean ended;

    private Pulled(Supplier<@Nullable T> source) {
        this.source = source;
    }

    static <T> Stream<T> stream(Supplier<@Nullable T> source) {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(
                        new Pulled<>(source), Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE),
                false);
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            next = source.get();
            ended = next == null;
        }
        return next != null;
    }

    @Override
    public T next() {
        T result = hasNext() ? next : null;
        if (result == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return result;
    }
}
