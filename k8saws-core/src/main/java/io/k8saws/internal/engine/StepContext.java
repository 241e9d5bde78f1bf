package io.k8saws.internal.engine;

import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.Made;
import io.k8saws.internal.resource.Step;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.internal.text.Sha256;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.progress.ProgressEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The step of one resource in one run. Used by one thread. */
final class StepContext implements Step {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final AwsClients aws;
    private final ClusterScope scope;
    private final ResourceAddress address;
    private final String runId;
    private final Map<ResourceAddress, Made> made;
    private final Sleeper sleeper;
    private final Clock clock;
    private final Runnable atEachTurn;
    private final Consumer<ProgressEvent> progress;

    StepContext(
            AwsClients aws,
            ClusterScope scope,
            ResourceAddress address,
            String runId,
            Map<ResourceAddress, Made> made,
            Sleeper sleeper,
            Clock clock,
            Runnable atEachTurn,
            Consumer<ProgressEvent> progress) {
        this.aws = aws;
        this.scope = scope;
        this.address = address;
        this.runId = runId;
        this.made = made;
        this.sleeper = sleeper;
        this.clock = clock;
        this.atEachTurn = atEachTurn;
        this.progress = progress;
    }

    @Override
    public AwsClients aws() {
        return aws;
    }

    @Override
    public ClusterScope scope() {
        return scope;
    }

    @Override
    public ResourceAddress address() {
        return address;
    }

    @Override
    public String value(Ref ref) {
        if (ref instanceof Ref.To to) {
            return Optional.ofNullable(made.get(to.target()))
                    .flatMap(target -> target.output(to.output()))
                    .orElseThrow(() -> new IllegalStateException(address + " needs " + to
                            + ", which has not been made; made so far: " + made.keySet() + "."));
        }
        return ((Ref.Id) ref).value();
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public String token() {
        return Sha256.hex(runId + "/" + address).substring(0, 32);
    }

    @Override
    public void await(String waitingFor, Duration atMost, Supplier<Optional<String>> look) {
        long started = sleeper.nanoTime();
        Duration pause = FIRST_PAUSE;
        while (true) {
            atEachTurn.run();
            Optional<String> seen = look.get();
            if (seen.isEmpty()) {
                return;
            }
            Duration waited = Duration.ofNanos(sleeper.nanoTime() - started);
            if (waited.compareTo(atMost) >= 0) {
                throw new WaitTimeoutException(waitingFor, waited, seen.get(), Map.of("resource", address.toString()));
            }
            progress.accept(new ProgressEvent.StepWaiting(address, waitingFor, waited, seen.get()));
            sleeper.sleep(pause, "Wait for " + waitingFor);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }
}
