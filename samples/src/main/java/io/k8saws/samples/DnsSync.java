package io.k8saws.samples;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.k8saws.aws.AwsAccess;
import io.k8saws.dns.controller.DnsController;
import io.k8saws.dns.controller.DnsControllerSettings;
import io.k8saws.dns.controller.DnsHealth;
import io.k8saws.dns.controller.LeaseSettings;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Keeps Route 53 in step with the cluster that it runs in, until it is told to end. {@code samples/src/main/kubernetes/dns-sync.yaml} runs it twice, one to write and one to stand by. */
public final class DnsSync {
    private DnsSync() {}

    /**
     * Runs the controller.
     *
     * @param args the region, the owner's id, the namespace of the Lease, and who this is, such as the pod's name
     * @throws InterruptedException if the program is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        String region = args[0];
        String owner = args[1];
        String namespace = args[2];
        String identity = args[3];
        CountDownLatch ended = new CountDownLatch(1);
        try (KubernetesClient client = new KubernetesClientBuilder().build();
                DnsController controller = DnsController.start(
                        AwsAccess.of(region),
                        client,
                        DnsControllerSettings.builder(owner)
                                .lease(LeaseSettings.of(namespace, "dns-sync", identity))
                                .build())) {
            Runnable end = controller::close; // gives the Lease back, and needs the client for that
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                end.run();
                ended.countDown();
            }));
            DnsHealth told = controller.health();
            System.out.println(told);
            while (!ended.await(1, TimeUnit.SECONDS)) {
                DnsHealth now = controller.health();
                if (!now.equals(told)) {
                    System.out.println(now);
                    told = now;
                }
            }
        }
    }
}
