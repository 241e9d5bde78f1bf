package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** The queue that takes spot and termination notices. */
public final class Queues implements ResourceKind<Queues.Queue> {
    /** The kind's name. */
    public static final String KIND = "queue";

    /** The address of the cluster's only queue; the queue's name follows from it. */
    public static final ResourceAddress ADDRESS = new ResourceAddress(KIND, "notices");

    /** The output that holds the ARN. */
    public static final String ARN = "arn";

    private static final int NAME_LIMIT = 80;

    // SQS's older protocol puts its name before some codes, and the SDK hands on either form.
    private static final Set<String> NO_QUEUE =
            Set.of("AWS.SimpleQueueService.NonExistentQueue", "NonExistentQueue", "QueueDoesNotExist");
    private static final Set<String> DELETED_RECENTLY =
            Set.of("AWS.SimpleQueueService.QueueDeletedRecently", "QueueDeletedRecently");
    private static final Set<String> NAME_TAKEN =
            Set.of("QueueAlreadyExists", "QueueNameExists", "AWS.SimpleQueueService.QueueNameExists");

    private static final Map<QueueAttributeName, String> FIELDS = Map.of(
            QueueAttributeName.MESSAGE_RETENTION_PERIOD, "retentionSeconds",
            QueueAttributeName.SQS_MANAGED_SSE_ENABLED, "encrypted",
            QueueAttributeName.POLICY, "policy");

    /**
     * The fields of this kind.
     *
     * @param retentionSeconds how long a notice stays, 60 to 1209600
     * @param encrypted whether SQS encrypts notices at rest
     * @param policy who may send, as a JSON policy; empty for none
     * @param tags the tags besides those that say whose it is
     */
    public record Queue(
            int retentionSeconds,
            boolean encrypted,
            String policy,
            @Additive Map<String, String> tags) implements Attributes {
        /** Writes the policy in the one way in which it is compared. */
        public Queue {
            policy = CanonicalJson.policy(policy);
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Queue> attributes() {
        return Queue.class;
    }

    @Override
    public Risk deletionRisk(Observed<Queue> observed) {
        // Notices that nobody has taken yet are lost, so nodes may go without being drained.
        return Risk.DISRUPTIVE;
    }

    @Override
    public Found<Queue> read(Reading reading) {
        ClusterScope scope = reading.scope();
        SqsClient sqs = reading.aws().sqs();
        String name = queueName(scope, ADDRESS.name());
        List<Observed<Queue>> found = new ArrayList<>();
        sqs.listQueuesPaginator(r -> r.queueNamePrefix(name)).queueUrls().stream()
                .filter(url -> url.endsWith("/" + name))
                .forEach(url -> Missing.orEmpty(NO_QUEUE, () -> observed(reading, url))
                        .flatMap(queue -> queue)
                        .ifPresent(found::add));
        return Found.of(found);
    }

    @Override
    public Made create(Step step, Queue wanted) {
        SqsClient sqs = step.aws().sqs();
        String name = queueName(step.scope(), step.address().name());
        var url = new AtomicReference<>("");
        // A name is free again 60 seconds after its queue was deleted (API reference, CreateQueue).
        step.await("queue name " + name + " to be free", Duration.ofMinutes(3), () -> {
            boolean free = Missing.done(DELETED_RECENTLY, () -> url.set(createOrFind(step, sqs, name, wanted)));
            return free ? Optional.empty() : Optional.of("a queue of this name was deleted less than 60 s ago");
        });
        return made(step.scope(), url.get());
    }

    @Override
    public Made update(Step step, Observed<Queue> observed, Queue wanted, Set<String> fields) {
        SqsClient sqs = step.aws().sqs();
        String url = observed.id();
        Map<QueueAttributeName, String> changed = attributes(wanted);
        changed.keySet().removeIf(attribute -> !fields.contains(FIELDS.get(attribute)));
        if (!changed.isEmpty()) {
            sqs.setQueueAttributes(r -> r.queueUrl(url).attributes(changed));
        }
        TagChange tags = TagChange.of(step, wanted.tags(), fields);
        if (!tags.set().isEmpty()) {
            sqs.tagQueue(r -> r.queueUrl(url).tags(tags.set()));
        }
        if (!tags.removed().isEmpty()) {
            sqs.untagQueue(r -> r.queueUrl(url).tagKeys(tags.removed()));
        }
        return new Made(url, observed.outputs());
    }

    @Override
    public void delete(Step step, Observed<Queue> observed) {
        Missing.done(NO_QUEUE, () -> step.aws().sqs().deleteQueue(r -> r.queueUrl(observed.id())));
    }

    /** The ARN of the cluster's queue, whether it exists or not. */
    static String arn(ClusterScope scope) {
        return scope.arn("sqs", queueName(scope, ADDRESS.name()));
    }

    private static String queueName(ClusterScope scope, String name) {
        return scope.hyphenated(name, NAME_LIMIT);
    }

    private static Optional<Observed<Queue>> observed(Reading reading, String url) {
        ClusterScope scope = reading.scope();
        SqsClient sqs = reading.aws().sqs();
        Supplier<Map<String, String>> listed =
                reading.ahead(() -> sqs.listQueueTags(r -> r.queueUrl(url)).tags());
        var settings = sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                .attributes();
        Map<String, String> tags = listed.get();
        boolean encrypted = Boolean.parseBoolean(settings.get(QueueAttributeName.SQS_MANAGED_SSE_ENABLED))
                || settings.containsKey(QueueAttributeName.KMS_MASTER_KEY_ID);
        Queue queue = new Queue(
                Integer.parseInt(settings.getOrDefault(QueueAttributeName.MESSAGE_RETENTION_PERIOD, "0")),
                encrypted,
                settings.getOrDefault(QueueAttributeName.POLICY, ""),
                scope.ownTags(tags));
        Made made = made(scope, url);
        return scope.addressIn(tags)
                .map(address -> new Observed<>(address, made.id(), made.outputs(), queue, Origin.OURS));
    }

    /** Sent twice with the same attributes, AWS answers with the queue that is there, so no token is needed. */
    private static String createOrFind(Step step, SqsClient sqs, String name, Queue wanted) {
        Map<QueueAttributeName, String> attributes = attributes(wanted);
        attributes.values().removeIf(String::isEmpty);
        try {
            return sqs.createQueue(r -> r.queueName(name).attributes(attributes).tags(step.tags(wanted.tags())))
                    .queueUrl();
        } catch (AwsCallException e) {
            if (!NAME_TAKEN.contains(e.code())) {
                throw e;
            }
            String url = sqs.getQueueUrl(r -> r.queueName(name)).queueUrl();
            Map<String, String> tags = sqs.listQueueTags(r -> r.queueUrl(url)).tags();
            if (!step.scope().addressIn(tags).equals(Optional.of(step.address()))) {
                throw new K8sAwsException(
                        "Create " + step.address(),
                        "the queue name " + name + " is taken by a queue that is not this cluster's",
                        "delete that queue, or give the cluster another name",
                        Map.of("queue", url, "owner", tags.getOrDefault(ClusterScope.CLUSTER_TAG, "unknown")),
                        e);
            }
            return url;
        }
    }

    private static Map<QueueAttributeName, String> attributes(Queue wanted) {
        Map<QueueAttributeName, String> attributes = new EnumMap<>(QueueAttributeName.class);
        attributes.put(QueueAttributeName.MESSAGE_RETENTION_PERIOD, String.valueOf(wanted.retentionSeconds()));
        attributes.put(QueueAttributeName.SQS_MANAGED_SSE_ENABLED, String.valueOf(wanted.encrypted()));
        attributes.put(QueueAttributeName.POLICY, wanted.policy());
        return attributes;
    }

    private static Made made(ClusterScope scope, String url) {
        String name = url.substring(url.lastIndexOf('/') + 1);
        return new Made(url, Map.of(ARN, scope.arn("sqs", name)));
    }
}
