package io.k8saws.testkit;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happened to a fleet and when, and what does not succeed at this moment. Thread-safe. */
final class FleetTimeline {
    private static final Logger log = LoggerFactory.getLogger(NodeFleet.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private final Clock clock;
    private final List<String> lines = new ArrayList<>();
    private final Map<String, String> problems = new LinkedHashMap<>();

    FleetTimeline(Clock clock) {
        this.clock = clock;
    }

    synchronized void say(String what) {
        Instant now = clock.instant();
        lines.add(TIME.format(now) + " " + what);
        log.debug("{}", what);
    }

    /** Does something that is tried again in the next round when it fails. */
    boolean attempt(String what, Runnable work) {
        try {
            work.run();
            solved(what);
            return true;
        } catch (RuntimeException e) {
            failed(what, TestbedException.why(e));
            return false;
        }
    }

    private synchronized void solved(String what) {
        if (problems.remove(what) != null) {
            say(what + ": succeeds again");
        }
    }

    private synchronized void failed(String what, String why) {
        if (!why.equals(problems.put(what, why))) {
            say(what + ": fails: " + why);
        }
    }

    /** What does not succeed at this moment. */
    synchronized List<String> problems() {
        return problems.entrySet().stream()
                .map(problem -> problem.getKey() + ": " + problem.getValue())
                .toList();
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
