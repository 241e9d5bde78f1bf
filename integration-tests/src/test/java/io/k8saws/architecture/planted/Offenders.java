package io.k8saws.architecture.planted;

import io.k8saws.etcd.snapshot.Revision;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityRequest;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/** One class for each way to break a rule. */
public final class Offenders {
    private Offenders() {}

    /** Uses AWS far from the seam, but shows it to nobody. */
    static final class UsesAws {
        String name(Region region) {
            return region.id();
        }
    }

    /** Core must not know the modules that stand on it. */
    static final class UsesAnotherModule {
        String text(Revision revision) {
            return revision.toString();
        }
    }

    static final class MakesAClient {
        StsClient make() {
            return StsClient.create();
        }
    }

    static final class MakesABuilder {
        Supplier<StsClientBuilder> make() {
            return StsClient::builder;
        }
    }

    /** Sends the request by itself. */
    record GoesAroundTheGuard(StsClient aws) implements StsClient {
        @Override
        public GetCallerIdentityResponse getCallerIdentity(GetCallerIdentityRequest request) {
            return aws.getCallerIdentity(request);
        }

        @Override
        public String serviceName() {
            return aws.serviceName();
        }

        @Override
        public void close() {
            aws.close();
        }
    }

    /** Shows a type of AWS to users, inside a type argument. */
    public static final class ShowsAws {
        /** Returns regions. */
        public List<Region> regions() {
            return List.of();
        }
    }

    /** Shows a logger to those who extend it. */
    public static class ShowsLogger {
        /** A foreign type. */
        protected final Logger log = LoggerFactory.getLogger(ShowsLogger.class);
    }

    static final class UsesGrpc {
        boolean isOk(io.grpc.Status status) {
            return status.isOk();
        }
    }

    static final class Sleeps {
        void sleep() throws InterruptedException {
            Thread.sleep(1);
        }
    }

    static final class SleepsByUnit {
        void sleep() throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    static final class LooksAtTheClock {
        Instant look() {
            return Instant.now();
        }
    }

    static final class HasAClockOfItsOwn {
        Clock make() {
            return Clock.systemUTC();
        }
    }

    static final class Prints {
        void print() {
            System.out.println("loud");
        }
    }

    static final class PrintsTraces {
        void print(Exception e) {
            e.printStackTrace();
        }
    }

    static final class LogsInfo {
        void log(Logger log) {
            log.info("loud");
        }
    }

    static final class LogsElsewhere {
        String name(java.util.logging.Logger log) {
            return String.valueOf(log.getName());
        }
    }

    static final class RunsAnywhere {
        CompletableFuture<Void> run() {
            return CompletableFuture.runAsync(() -> {});
        }
    }

    static final class UnrelatedException extends RuntimeException {}

    static final class Counts {
        private static int calls;

        int count() {
            return ++calls;
        }
    }

    static final class CountsInBox {
        private static final AtomicInteger CALLS = new AtomicInteger();

        int count() {
            return CALLS.incrementAndGet();
        }
    }

    /** Breaks no rule. */
    public static final class Blameless {
        private static final List<String> NAMES = List.of("a");

        /** Runs where it is told to. */
        public CompletableFuture<List<String>> run(Executor executor) {
            return CompletableFuture.supplyAsync(() -> NAMES, executor);
        }
    }
}
