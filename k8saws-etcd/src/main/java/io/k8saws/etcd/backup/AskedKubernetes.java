package io.k8saws.etcd.backup;

import io.k8saws.error.OperationCancelledException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * What is known of a Kubernetes, and what is to be remarked of it. API servers may be away in just the hour in which a backup of their etcd is wanted most: that nobody answers is a remark, and never a reason to have no backup.
 *
 * @param facts what is known
 * @param remarks what the manifest shall say about it
 */
record AskedKubernetes(KubernetesFacts facts, List<String> remarks) {
    AskedKubernetes {
        remarks = List.copyOf(remarks);
    }

    /**
     * Asks on a thread of its own, which a limit can leave behind.
     *
     * @throws OperationCancelledException if the calling thread is interrupted
     */
    static AskedKubernetes ask(Supplier<KubernetesFacts> source, Duration limit) {
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread asking = new Thread(task, "k8saws-backup-kubernetes");
            asking.setDaemon(true);
            return asking;
        });
        try {
            Future<KubernetesFacts> answer = thread.submit(source::get);
            KubernetesFacts facts = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return facts == null ? unknown("nothing was said") : new AskedKubernetes(facts, List.of());
        } catch (TimeoutException e) {
            return unknown("there was no answer within " + limit.toMillis() + " ms");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VirtualMachineError error) {
                throw error;
            }
            return unknown(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Ask for the version of Kubernetes");
        } finally {
            thread.shutdownNow();
        }
    }

    private static AskedKubernetes unknown(String why) {
        return new AskedKubernetes(
                KubernetesFacts.unknown(), List.of("what Kubernetes could say of itself is not known: " + why));
    }

    /** The same with what a caller has said by hand. A version that differs is out of date, as after an upgrade: that which was read counts. */
    AskedKubernetes with(KubernetesFacts given, String name) {
        List<String> more = new ArrayList<>(remarks);
        KubernetesFacts used = given;
        if (!given.version().isEmpty()
                && !facts.version().isEmpty()
                && !given.version().equals(facts.version())) {
            more.add("version " + given.version() + " was given, and " + facts.version() + " was read, which counts");
            used = new KubernetesFacts(facts.version(), given.atRestKeys());
        }
        return new AskedKubernetes(used.with(facts, name), more);
    }
}
