package io.k8saws.etcd.schedule;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Which of several programs does the work. At most one holds the right of a name at a time. Safe to use from many threads. */
public interface Leadership {
    /** The right, while it is held. */
    interface Term extends AutoCloseable {
        /**
         * Makes sure that it is still held.
         *
         * @throws io.k8saws.error.ConflictException if it was lost
         */
        void requireHeld();

        /**
         * The number of the term, for what can refuse those of the past.
         *
         * @return above that of each term before it
         */
        long fence();

        /** Gives it back. */
        @Override
        void close();
    }

    /**
     * Takes the right if nobody has it. Does not wait.
     *
     * @param name what for
     * @return the right, to be closed; empty if somebody else has it
     */
    Optional<Term> tryTake(String name);

    /**
     * Among the threads of this program alone.
     *
     * @return the leadership
     */
    static Leadership inThisProgram() {
        Set<String> taken = ConcurrentHashMap.newKeySet();
        AtomicLong terms = new AtomicLong();
        return name ->
                taken.add(name) ? Optional.of(new LocalTerm(taken, name, terms.incrementAndGet())) : Optional.empty();
    }
}
