package io.k8saws.samples;

import io.k8saws.K8sAws;
import io.k8saws.plan.Drift;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Looks now and again at whether somebody has changed a cluster by hand, and says what and whose it is. It repairs nothing: the plan of a repair is for a person
 * to look at. Ends with 1 when there was drift, so that a scheduled job shows it; an interrupt ends it.
 */
public final class DriftWatch {
    private DriftWatch() {}

    /**
     * Watches.
     *
     * @param args the region, the cluster, how many rounds, and the seconds between two of them
     * @throws InterruptedException when it is interrupted between two rounds
     */
    public static void main(String[] args) throws InterruptedException {
        int rounds = Integer.parseInt(args[2]);
        Duration pause = Duration.ofSeconds(Long.parseLong(args[3]));
        boolean drifted = false;
        try (K8sAws k8s = K8sAws.connect(args[0])) {
            for (int round = 1; round <= rounds; round++) {
                Drift drift = k8s.cluster(args[1]).drift();
                System.out.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + drift);
                drifted |= !drift.isEmpty();
                if (round < rounds) {
                    Thread.sleep(pause.toMillis());
                }
            }
        }
        System.exit(drifted ? 1 : 0);
    }
}
