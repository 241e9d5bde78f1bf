package io.k8saws.internal.graph;

import io.k8saws.internal.text.Sha256;
import io.k8saws.plan.ResourceAddress;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where a cluster lives and how its resources are named and tagged. Everything in here follows from four values, so that names never have to be looked up.
 *
 * @param cluster the cluster's name
 * @param account the AWS account id, 12 digits
 * @param region the AWS region
 * @param partition the AWS partition, for example {@code aws}
 */
public record ClusterScope(String cluster, String account, String region, String partition) {
    /** The tag that holds a resource's address. */
    public static final String ADDRESS_TAG = "k8saws.io/resource";

    /** The tag that tells whose a resource is, as the cloud controller manager and many policies read it. */
    public static final String CLUSTER_TAG = "KubernetesCluster";

    /** What the names of our buckets begin with. */
    public static final String BUCKET_PREFIX = "k8saws-";

    private static final int HASH_LENGTH = 8;

    private static final int IAM_NAME_LIMIT = 64;

    /** The value of {@link #ownedTag()} on what the cluster owns. */
    public static final String OWNED = "owned";

    /**
     * The key of the tag by which Kubernetes' own controllers recognise a cluster's resources.
     *
     * @return {@code kubernetes.io/cluster/<name>}
     */
    public String ownedTag() {
        return "kubernetes.io/cluster/" + cluster;
    }

    /**
     * All tags of a resource that this cluster owns.
     *
     * @param address the resource
     * @param wanted further tags
     * @return the wanted tags with name, owner and address
     */
    public Map<String, String> tagsOf(ResourceAddress address, Map<String, String> wanted) {
        Map<String, String> tags = new TreeMap<>(wanted);
        tags.putIfAbsent("Name", address.name() + "." + cluster);
        tags.put(CLUSTER_TAG, cluster);
        tags.put(ownedTag(), OWNED);
        tags.put(ADDRESS_TAG, address.toString());
        return tags;
    }

    /**
     * The address that a resource's tags give it.
     *
     * @param tags the tags as AWS has them
     * @return the address, or empty when this cluster's library did not make the resource, or somebody has spoilt the tag
     */
    public Optional<ResourceAddress> addressIn(Map<String, String> tags) {
        String address = tags.get(ADDRESS_TAG);
        if (address == null || !OWNED.equals(tags.get(ownedTag()))) {
            return Optional.empty();
        }
        try {
            return Optional.of(ResourceAddress.parse(address));
        } catch (IllegalArgumentException e) { // others can write tags, too; what they wrote must not stop the reading
            return Optional.empty();
        }
    }

    /**
     * The tags without those that {@link #tagsOf} adds by itself and those that AWS sets, to compare with the wanted ones.
     *
     * @param tags the tags as AWS has them
     * @return what is left, sorted
     */
    public Map<String, String> ownTags(Map<String, String> tags) {
        Map<String, String> left = new TreeMap<>(tags);
        left.keySet().removeIf(key -> key.startsWith("aws:"));
        addressIn(tags).ifPresent(address -> left.remove("Name", address.name() + "." + cluster));
        left.remove(CLUSTER_TAG);
        left.remove(ownedTag());
        left.remove(ADDRESS_TAG);
        return left;
    }

    /**
     * The cluster's bucket: state, lock, history and what nodes fetch. S3 names are global, so it carries a hash of account and region.
     *
     * @return a valid bucket name of at most 63 characters
     */
    public String bucket() {
        return fit(BUCKET_PREFIX + cluster.replace('.', '-') + "-" + hash(account + "/" + region + "/" + cluster), 63);
    }

    /**
     * Whether a bucket's name looks like that of a cluster.
     *
     * @param bucket the name of a bucket
     * @return true when it has our prefix and room for a name and a hash
     */
    public static boolean isBucket(String bucket) {
        return bucket.startsWith(BUCKET_PREFIX) && bucket.length() > BUCKET_PREFIX.length() + HASH_LENGTH + 1;
    }

    /**
     * The cluster that a bucket's name speaks of.
     *
     * @param bucket a name for which {@link #isBucket} holds
     * @return the cluster's name
     */
    public static String clusterOf(String bucket) {
        return bucket.substring(BUCKET_PREFIX.length(), bucket.length() - HASH_LENGTH - 1);
    }

    /**
     * The path of the cluster's IAM roles and instance profiles; nobody else uses it. IAM knows no regions, so it carries the region.
     *
     * @return begins and ends with a slash
     */
    public String iamPath() {
        return "/k8saws/" + region + "/" + cluster + "/";
    }

    /**
     * The name of an IAM role or instance profile: unique in the account, so it carries the region.
     *
     * @param name the name within the cluster
     * @return at most 64 characters
     */
    public String iamName(String name) {
        return fit(name + "." + cluster + "." + region, IAM_NAME_LIMIT);
    }

    /**
     * A name that is unique in account and region: {@code <name>.<cluster>}, shortened with a hash when it would be too long.
     *
     * @param name the name within the cluster
     * @param limit the longest name that AWS takes for the kind
     * @return the name
     */
    public String qualified(String name, int limit) {
        return fit(name + "." + cluster, limit);
    }

    /**
     * A name for kinds that take only letters, digits and hyphens, such as load balancers; always carries a hash, so that dots and cuts cannot make two
     * clusters collide.
     *
     * @param name the name within the cluster
     * @param limit the longest name that AWS takes for the kind
     * @return the name
     */
    public String hyphenated(String name, int limit) {
        String plain = (name + "-" + cluster).replaceAll("[^A-Za-z0-9-]", "-");
        int room = limit - 7;
        String cut = plain.length() > room ? plain.substring(0, room) : plain;
        return cut.replaceAll("-+$", "") + "-" + hash(name + "/" + cluster).substring(0, 6);
    }

    /**
     * An ARN of a resource in this account.
     *
     * @param service the service, for example {@code sqs}
     * @param resource what follows the account
     * @return the ARN; IAM's carry no region
     */
    public String arn(String service, String resource) {
        return "arn:" + partition + ":" + service + ":" + (service.equals("iam") ? "" : region) + ":" + account + ":"
                + resource;
    }

    private static String fit(String name, int limit) {
        return name.length() <= limit ? name : name.substring(0, limit - 9) + "-" + hash(name);
    }

    private static String hash(String text) {
        return Sha256.hex(text).substring(0, 8);
    }
}
