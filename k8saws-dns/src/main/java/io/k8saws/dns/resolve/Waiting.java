package io.k8saws.dns.resolve;

import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.seam.Sleeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Waits until name servers answer as it was planned. Used by one thread. */
public final class Waiting {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Sleeper sleeper;
    private final List<Question> open = new ArrayList<>();
    private int asked;

    private record Question(Expectation expected, Resolver resolver) {}

    /**
     * Begins without questions.
     *
     * @param sleeper lets time pass
     */
    public Waiting(Sleeper sleeper) {
        this.sleeper = sleeper;
    }

    /**
     * Adds questions.
     *
     * @param expectations what shall be answered
     * @param resolvers who shall answer so, each of them
     */
    public void add(List<Expectation> expectations, List<Resolver> resolvers) {
        expectations.forEach(expected -> resolvers.forEach(resolver -> open.add(new Question(expected, resolver))));
        asked = open.size();
    }

    /**
     * Asks until all is answered as planned. What was answered so once is not asked again.
     *
     * @param limit how long at most
     * @throws WaitTimeoutException if it takes longer; it says what one of them answers
     * @throws OperationCancelledException if the thread is interrupted
     */
    public void run(Duration limit) {
        long started = sleeper.nanoTime();
        while (true) {
            Optional<String> lack = round(() -> sleeper.nanoTime() - started >= limit.toNanos());
            if (lack.isEmpty()) {
                return;
            }
            Duration waited = Duration.ofNanos(sleeper.nanoTime() - started);
            if (waited.compareTo(limit) >= 0) {
                throw new WaitTimeoutException(
                        "names to be answered as planned",
                        waited,
                        lack.get() + "; " + open.size() + " of " + asked + " questions are open",
                        "look whether the change is spread and whether the zone's name servers are reached from here; the names stay as they were written",
                        Map.of("open", String.valueOf(open.size())));
            }
            sleeper.sleep(PAUSE, "Wait until names are answered as planned");
        }
    }

    /** Asks all that is open, once, as long as there is time: a name server that does not answer is waited for each time. */
    private Optional<String> round(BooleanSupplier late) {
        Optional<String> lack = Optional.empty();
        List<Question> left = new ArrayList<>();
        for (Question question : open) {
            if (lack.isPresent() && late.getAsBoolean()) {
                left.add(question);
                continue;
            }
            Optional<String> missing = question.expected().lack(question.resolver());
            if (missing.isPresent()) {
                left.add(question);
                lack = missing;
            }
        }
        open.clear();
        open.addAll(left);
        return lack;
    }
}
