package io.k8saws.dns.resolve;

import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.seam.Sleeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/** Waits until name servers answer as it was planned. Used by one thread. */
public final class Waiting {
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final String WHAT = "Wait until names are answered as planned";

    private final Sleeper sleeper;
    private final ExecutorService threads;
    private final List<Question> open = new ArrayList<>();
    private int asked;

    private record Question(Expectation expected, Resolver resolver) {}

    /** What is open after a round, and what one of the answers was instead. */
    private record Left(List<Question> questions, Optional<String> lack) {}

    /**
     * Begins without questions.
     *
     * @param sleeper lets time pass
     * @param threads on which name servers are asked, each by one; as many as there are
     */
    public Waiting(Sleeper sleeper, ExecutorService threads) {
        this.sleeper = sleeper;
        this.threads = threads;
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
            sleeper.sleep(PAUSE, WHAT);
        }
    }

    /** Asks all that is open, once, as long as there is time: each name server one question after the other, and all of them at once. One that does not answer is waited for each time. */
    private Optional<String> round(BooleanSupplier late) {
        Map<Resolver, List<Question>> byResolver = new LinkedHashMap<>();
        open.forEach(question -> byResolver
                .computeIfAbsent(question.resolver(), unused -> new ArrayList<>())
                .add(question));
        List<Callable<Left>> works = new ArrayList<>();
        byResolver.values().forEach(questions -> works.add(() -> ask(questions, late)));
        open.clear();
        Optional<String> lack = Optional.empty();
        for (Left one : all(works)) {
            open.addAll(one.questions());
            lack = lack.or(one::lack);
        }
        return lack;
    }

    private static Left ask(List<Question> questions, BooleanSupplier late) {
        Optional<String> lack = Optional.empty();
        List<Question> left = new ArrayList<>();
        for (Question question : questions) {
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
        return new Left(left, lack);
    }

    private List<Left> all(List<Callable<Left>> works) {
        List<Left> all = new ArrayList<>();
        try {
            for (Future<Left> one : threads.invokeAll(works)) {
                all.add(one.get());
            }
            return all;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException(WHAT, "the thread was interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
