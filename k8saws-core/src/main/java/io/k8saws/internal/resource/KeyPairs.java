package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.ec2.model.DeleteKeyPairRequest;
import software.amazon.awssdk.services.ec2.model.DescribeKeyPairsRequest;
import software.amazon.awssdk.services.ec2.model.ImportKeyPairRequest;
import software.amazon.awssdk.services.ec2.model.KeyPairInfo;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/** The SSH key that instances start with. Its id is its name, because that is what a launch template wants; the AWS id is the output {@code key-pair-id}. */
public final class KeyPairs implements ResourceKind<KeyPairs.KeyPair> {
    /** The kind's name. */
    public static final String KIND = "key-pair";

    /** The longest name that EC2 takes. */
    private static final int NAME_LIMIT = 255;

    /**
     * The fields of this kind.
     *
     * @param publicKey the key as OpenSSH writes it: type and Base64; a comment is left out
     * @param tags further tags
     */
    public record KeyPair(
            @ReplaceOnChange String publicKey, @Additive Map<String, String> tags) implements Attributes {
        /** Leaves out the comment, which EC2 replaces. */
        public KeyPair {
            publicKey = withoutComment(publicKey);
            tags = Map.copyOf(tags);
        }

        private static String withoutComment(String key) {
            String[] words = key.strip().split("\\s+", -1);
            return words.length > 1 ? words[0] + " " + words[1] : key.strip();
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<KeyPair> attributes() {
        return KeyPair.class;
    }

    @Override
    public Found<KeyPair> read(Reading reading) {
        ClusterScope scope = reading.scope();
        List<Observed<KeyPair>> found = new ArrayList<>();
        var answer = reading.aws()
                .ec2()
                .describeKeyPairs(DescribeKeyPairsRequest.builder()
                        .filters(Ec2Tags.owned(scope))
                        .includePublicKey(true)
                        .build());
        for (KeyPairInfo key : answer.keyPairs()) {
            address(scope, key).ifPresent(address -> {
                Map<String, String> tags = scope.ownTags(Ec2Tags.map(key.tags()));
                String publicKey = Optional.ofNullable(key.publicKey()).orElse("");
                found.add(new Observed<>(
                        address,
                        key.keyName(),
                        outputs(key.keyName(), key.keyPairId()),
                        new KeyPair(publicKey, tags),
                        Observed.Origin.OURS));
            });
        }
        return Found.of(found);
    }

    @Override
    public Made create(Step step, KeyPair wanted) {
        String name = step.scope().qualified(step.address().name(), NAME_LIMIT);
        try {
            var made = step.aws()
                    .ec2()
                    .importKeyPair(ImportKeyPairRequest.builder()
                            .keyName(name)
                            .publicKeyMaterial(SdkBytes.fromUtf8String(wanted.publicKey()))
                            .tagSpecifications(Ec2Tags.specification(ResourceType.KEY_PAIR, step.tags(wanted.tags())))
                            .build());
            return new Made(name, outputs(name, made.keyPairId()));
        } catch (AwsCallException e) {
            if (!Answers.alreadyThere(e)) {
                throw e;
            }
            return adopt(step, name, e);
        }
    }

    private static Made adopt(Step step, String name, AwsCallException refusal) {
        var answer = step.aws()
                .ec2()
                .describeKeyPairs(
                        DescribeKeyPairsRequest.builder().keyNames(name).build());
        for (KeyPairInfo key : answer.keyPairs()) {
            if (address(step.scope(), key).filter(step.address()::equals).isPresent()) {
                return new Made(name, outputs(name, key.keyPairId()));
            }
        }
        throw Answers.taken(step, "the key pair name " + name, name, refusal);
    }

    @Override
    public Made update(Step step, Observed<KeyPair> observed, KeyPair wanted, Set<String> fields) {
        String id = Optional.ofNullable(observed.outputs().get("key-pair-id")).orElseThrow();
        Ec2Tags.converge(step, id, observed.attributes().tags(), wanted.tags(), fields);
        return new Made(observed.id(), observed.outputs());
    }

    /** EC2 answers the deletion of a key pair that is gone with success. */
    @Override
    public void delete(Step step, Observed<KeyPair> observed) {
        try {
            step.aws()
                    .ec2()
                    .deleteKeyPair(DeleteKeyPairRequest.builder()
                            .keyName(observed.id())
                            .build());
        } catch (AwsCallException e) {
            if (!Answers.notThere(e)) {
                throw e;
            }
        }
    }

    private static Optional<ResourceAddress> address(ClusterScope scope, KeyPairInfo key) {
        return scope.addressIn(Ec2Tags.map(key.tags()))
                .filter(address -> address.kind().equals(KIND));
    }

    private static Map<String, String> outputs(String name, String id) {
        return Map.of("name", name, "key-pair-id", id);
    }
}
