package io.k8saws.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;
import software.amazon.awssdk.services.ec2.model.Vpc;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/** Looks at one VPC of an emulator: the one that has some tags, or the only one that the account has beside its default VPC. */
final class VpcReader {
    /** Names under which an image's own disk stands; its machine has the root image instead. */
    private static final Set<String> ROOT_DEVICES = Set.of("/dev/xvda", "/dev/sda1", "/dev/sda");

    /** How often a load balancer asks at least, so that it soon leaves out who is not well. Who has become well waits as long as with AWS. */
    private static final int LONGEST_INTERVAL = 2;

    /** What AWS takes unless told otherwise (API reference, CreateTargetGroup). */
    private static final int DEFAULT_INTERVAL = 30;

    private static final int DEFAULT_THRESHOLD = 5;

    private final EmulatorClients clients;
    private final Map<String, String> tags;

    VpcReader(EmulatorClients clients, Map<String, String> tags) {
        this.clients = clients;
        this.tags = Map.copyOf(tags);
    }

    /** What is there; nothing as long as there is no such VPC. */
    Optional<VpcView> look() {
        List<Filter> filters = tags.entrySet().stream()
                .map(tag -> filter("tag:" + tag.getKey(), tag.getValue()))
                .toList();
        List<Vpc> vpcs = clients.ec2().describeVpcs(request -> request.filters(filters)).vpcs().stream()
                .filter(vpc -> !Boolean.TRUE.equals(vpc.isDefault()))
                .toList();
        if (vpcs.size() > 1) {
            throw new TestbedException(
                    "Find the VPC of the machines with the tags " + tags,
                    "there are several: " + vpcs.stream().map(Vpc::vpcId).toList(),
                    "Name tags that one of them has");
        }
        return vpcs.stream().findFirst().map(this::view);
    }

    private VpcView view(Vpc vpc) {
        Filter inVpc = filter("vpc-id", vpc.vpcId());
        Map<String, String> subnets =
                clients.ec2().describeSubnets(request -> request.filters(inVpc)).subnets().stream()
                        .collect(Collectors.toMap(Subnet::subnetId, Subnet::cidrBlock));
        // What instances have is read before them: of one that is terminated meanwhile it would seem taken away, while
        // its machine still works in order to end well.
        List<Volume> volumes = clients.ec2().describeVolumes().volumes();
        List<NetworkInterface> interfaces = clients.ec2()
                .describeNetworkInterfaces(request -> request.filters(inVpc))
                .networkInterfaces();
        Map<String, Instance> instances = new LinkedHashMap<>();
        clients.ec2()
                .describeInstances(
                        request -> request.filters(inVpc, filter("instance-state-name", "pending", "running")))
                .reservations()
                .forEach(reservation -> reservation.instances().forEach(one -> instances.put(one.instanceId(), one)));
        Map<String, String> states = new HashMap<>();
        clients.autoScaling()
                .describeAutoScalingInstancesPaginator()
                .autoScalingInstances()
                .forEach(one -> states.put(one.instanceId(), one.lifecycleState()));
        Map<String, String> names = new HashMap<>();
        List<VpcView.Balancer> balancers = balancers(vpc.vpcId(), interfaces, instances, names);
        return new VpcView(
                vpc.vpcId(),
                vpc.cidrBlock(),
                subnets.values().stream().sorted().toList(),
                instances,
                states,
                volumes(volumes, instances),
                attached(interfaces, subnets),
                balancers,
                withZones(names));
    }

    private static Map<String, VpcView.Volume> volumes(List<Volume> volumes, Map<String, Instance> instances) {
        Map<String, VpcView.Volume> all = new LinkedHashMap<>();
        for (Volume volume : volumes) {
            Optional<VolumeAttachment> attachment =
                    volume.attachments().stream().findFirst();
            boolean isRoot = attachment
                    .map(one -> isRoot(instances.get(one.instanceId()), one.device()))
                    .orElse(false);
            if (!isRoot) {
                all.put(
                        volume.volumeId(),
                        new VpcView.Volume(
                                volume.volumeId(),
                                volume.size(),
                                attachment.map(VolumeAttachment::instanceId).orElse("")));
            }
        }
        return all;
    }

    private static boolean isRoot(@Nullable Instance instance, String device) {
        return ROOT_DEVICES.contains(device) || instance != null && device.equals(instance.rootDeviceName());
    }

    private static List<VpcView.AttachedInterface> attached(
            List<NetworkInterface> interfaces, Map<String, String> subnets) {
        List<VpcView.AttachedInterface> attached = new ArrayList<>();
        for (NetworkInterface one : interfaces) {
            if (one.attachment() != null
                    && one.attachment().instanceId() != null
                    && one.attachment().deviceIndex() != 0) {
                attached.add(new VpcView.AttachedInterface(
                        one.attachment().instanceId(),
                        new NodeInterface(
                                one.networkInterfaceId(),
                                one.macAddress(),
                                one.privateIpAddress(),
                                subnets.getOrDefault(one.subnetId(), ""),
                                one.subnetId())));
            }
        }
        return attached;
    }

    // --- load balancers and names ---

    private List<VpcView.Balancer> balancers(
            String vpc, List<NetworkInterface> interfaces, Map<String, Instance> instances, Map<String, String> names) {
        List<VpcView.Balancer> all = new ArrayList<>();
        for (LoadBalancer balancer :
                clients.loadBalancing().describeLoadBalancersPaginator().loadBalancers()) {
            if (balancer.type() == LoadBalancerTypeEnum.NETWORK && vpc.equals(balancer.vpcId())) {
                address(balancer, interfaces).ifPresent(address -> {
                    names.put(plain(balancer.dnsName()), address);
                    all.addAll(ports(balancer, address, instances));
                });
            }
        }
        return all;
    }

    /** The address of its interface in its first subnet. */
    private static Optional<String> address(LoadBalancer balancer, List<NetworkInterface> interfaces) {
        String[] parts = balancer.loadBalancerArn().split("/", -1);
        String ending = parts[parts.length - 2] + "/" + parts[parts.length - 1];
        List<NetworkInterface> own = interfaces.stream()
                .filter(one -> one.description() != null
                        && one.description().startsWith("ELB net/")
                        && one.description().endsWith(ending))
                .toList();
        return balancer.availabilityZones().stream()
                .flatMap(zone -> own.stream().filter(one -> one.subnetId().equals(zone.subnetId())))
                .map(NetworkInterface::privateIpAddress)
                .findFirst();
    }

    private List<VpcView.Balancer> ports(LoadBalancer balancer, String address, Map<String, Instance> instances) {
        List<VpcView.Balancer> all = new ArrayList<>();
        for (Listener listener : clients.loadBalancing()
                .describeListeners(request -> request.loadBalancerArn(balancer.loadBalancerArn()))
                .listeners()) {
            for (Action action : listener.defaultActions()) {
                if (action.type() == ActionTypeEnum.FORWARD) {
                    TargetGroup group = targetGroup(action);
                    all.add(new VpcView.Balancer(address, listener.port(), targets(group, instances), check(group)));
                }
            }
        }
        return all;
    }

    private TargetGroup targetGroup(Action action) {
        String arn = action.targetGroupArn() != null
                ? action.targetGroupArn()
                : action.forwardConfig().targetGroups().get(0).targetGroupArn();
        return clients.loadBalancing()
                .describeTargetGroups(request -> request.targetGroupArns(arn))
                .targetGroups()
                .get(0);
    }

    private List<String> targets(TargetGroup group, Map<String, Instance> instances) {
        return clients
                .loadBalancing()
                .describeTargetHealth(request -> request.targetGroupArn(group.targetGroupArn()))
                .targetHealthDescriptions()
                .stream()
                .map(described -> target(described.target(), group, instances))
                .flatMap(Optional::stream)
                .sorted()
                .toList();
    }

    private static Optional<String> target(
            TargetDescription target, TargetGroup group, Map<String, Instance> instances) {
        int port = target.port() == null ? group.port() : target.port();
        Optional<String> address = target.id().startsWith("i-")
                ? Optional.ofNullable(instances.get(target.id())).map(Instance::privateIpAddress)
                : Optional.of(target.id());
        return address.map(found -> found + ":" + port);
    }

    private static Map<String, Object> check(TargetGroup group) {
        Map<String, Object> check = new LinkedHashMap<>();
        String protocol =
                Optional.ofNullable(group.healthCheckProtocolAsString()).orElse("TCP");
        check.put("protocol", protocol);
        check.put("path", Optional.ofNullable(group.healthCheckPath()).orElse("/"));
        int interval = Optional.ofNullable(group.healthCheckIntervalSeconds()).orElse(DEFAULT_INTERVAL);
        int seconds = Math.min(LONGEST_INTERVAL, interval);
        check.put("seconds", seconds);
        int threshold = Optional.ofNullable(group.healthyThresholdCount()).orElse(DEFAULT_THRESHOLD);
        check.put("rise", (interval * threshold + seconds - 1) / seconds);
        String port = Optional.ofNullable(group.healthCheckPort()).orElse("traffic-port");
        if (!port.equals("traffic-port")) {
            check.put("port", Integer.parseInt(port));
        }
        return check;
    }

    /** Adds what hosted zones say of addresses; an alias has the address of its load balancer. */
    private Map<String, List<String>> withZones(Map<String, String> balancers) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        balancers.forEach((name, address) -> names.put(name, List.of(address)));
        clients.route53().listHostedZonesPaginator().hostedZones().forEach(zone -> {
            for (ResourceRecordSet set : clients.route53()
                    .listResourceRecordSetsPaginator(request -> request.hostedZoneId(zone.id()))
                    .resourceRecordSets()) {
                if (set.type() == RRType.A) {
                    addresses(set, balancers).ifPresent(found -> names.put(plain(set.name()), found));
                }
            }
        });
        return names;
    }

    private static Optional<List<String>> addresses(ResourceRecordSet set, Map<String, String> balancers) {
        if (set.aliasTarget() == null) {
            return Optional.of(
                    set.resourceRecords().stream().map(ResourceRecord::value).toList());
        }
        return Optional.ofNullable(balancers.get(plain(set.aliasTarget().dnsName())))
                .map(List::of);
    }

    /** A name without its last dot, in lower case, and without the word that asks for both kinds of addresses. */
    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String whole = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        return whole.startsWith("dualstack.") ? whole.substring("dualstack.".length()) : whole;
    }

    private static Filter filter(String name, String... values) {
        return Filter.builder().name(name).values(values).build();
    }
}
