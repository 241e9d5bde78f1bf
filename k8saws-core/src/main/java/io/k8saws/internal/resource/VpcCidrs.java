package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.VpcCidrBlockAssociation;
import software.amazon.awssdk.services.ec2.model.VpcCidrBlockStateCode;

/**
 * A further address range of a VPC. The association of a range has no tags, so a tag on the VPC marks which ranges are ours; others are foreign. A mark without
 * its range, which a run leaves that ends between the two, is a range that is not associated.
 */
public final class VpcCidrs implements ResourceKind<VpcCidrs.VpcCidr> {
    /** The kind's name. */
    public static final String KIND = "vpc-cidr";

    private static final String MARK = "k8saws.io/" + KIND + "/";
    private static final Set<VpcCidrBlockStateCode> THERE =
            Set.of(VpcCidrBlockStateCode.ASSOCIATING, VpcCidrBlockStateCode.ASSOCIATED);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** The fields of this kind. */
    public record VpcCidr(
            @ReplaceOnChange Ref vpc, @ReplaceOnChange String cidr, boolean associated) implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<VpcCidr> attributes() {
        return VpcCidr.class;
    }

    /** Whether a tag of a VPC only marks a range as ours. */
    static boolean isMark(String tag) {
        return tag.startsWith(MARK);
    }

    @Override
    public Found<VpcCidr> read(Reading reading) {
        List<Observed<VpcCidr>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        for (var vpc : Vpcs.described(reading)) {
            Map<String, String> tags = Ec2Tags.map(vpc.tags());
            Optional<ResourceAddress> owner = Ec2Tags.address(reading.scope(), Vpcs.KIND, tags);
            if (owner.isEmpty()) {
                continue;
            }
            Set<String> marks =
                    tags.keySet().stream().filter(VpcCidrs::isMark).collect(Collectors.toCollection(TreeSet::new));
            for (VpcCidrBlockAssociation range : vpc.cidrBlockAssociationSet()) {
                if (range.cidrBlock().equals(vpc.cidrBlock()) || !THERE.contains(state(range))) {
                    continue;
                }
                if (marks.remove(mark(range.cidrBlock()))) {
                    found.add(observed(vpc.vpcId(), range.cidrBlock(), range.associationId(), true));
                } else {
                    foreign.add(new Foreign(owner.get(), "address range " + range.cidrBlock(), Owners.UNKNOWN));
                }
            }
            marks.forEach(mark -> found.add(observed(vpc.vpcId(), cidr(mark), vpc.vpcId() + " " + mark, false)));
        }
        return new Found<>(found, foreign);
    }

    private static Observed<VpcCidr> observed(String vpc, String cidr, String id, boolean associated) {
        return new Observed<>(
                new ResourceAddress(KIND, name(cidr)),
                id,
                Map.of(),
                new VpcCidr(Ref.id(vpc), cidr, associated),
                Origin.OURS);
    }

    @Override
    public Made create(Step step, VpcCidr wanted) {
        String vpc = step.value(wanted.vpc());
        Ec2Client ec2 = step.aws().ec2();
        // marked first: a run that ends here leaves a mark without a range, which is no more than a difference
        ec2.createTags(request -> request.resources(vpc)
                .tags(Tag.builder().key(mark(wanted.cidr())).value("owned").build()));
        return associate(step, vpc, wanted);
    }

    private static Made associate(Step step, String vpc, VpcCidr wanted) {
        Ec2Client ec2 = step.aws().ec2();
        VpcCidrBlockAssociation range;
        try {
            range = ec2.associateVpcCidrBlock(request -> request.vpcId(vpc).cidrBlock(wanted.cidr()))
                    .cidrBlockAssociation();
        } catch (AwsCallException e) {
            if (e.code().isEmpty()) {
                throw e;
            }
            // refused: for another reason, or because a first answer was lost and the range is there
            range = find(step, vpc, wanted.cidr()).orElseThrow(() -> e);
        }
        if (state(range) != VpcCidrBlockStateCode.ASSOCIATED) {
            step.await("address range " + wanted.cidr() + " to be part of " + vpc, PATIENCE, () -> {
                VpcCidrBlockStateCode state = find(step, vpc, wanted.cidr())
                        .map(VpcCidrs::state)
                        .orElse(VpcCidrBlockStateCode.UNKNOWN_TO_SDK_VERSION);
                return state == VpcCidrBlockStateCode.ASSOCIATED ? Optional.empty() : Optional.of(state.toString());
            });
        }
        return Made.id(range.associationId());
    }

    @Override
    public Made update(Step step, Observed<VpcCidr> observed, VpcCidr wanted, Set<String> fields) {
        return associate(step, step.value(wanted.vpc()), wanted); // the one field that is not replace-on-change
    }

    @Override
    public void delete(Step step, Observed<VpcCidr> observed) {
        Ec2Client ec2 = step.aws().ec2();
        String vpc = step.value(observed.attributes().vpc());
        String mark = mark(observed.attributes().cidr());
        if (observed.attributes().associated()) {
            Ec2Deletion.send(
                    step,
                    observed.id(),
                    Set.of("InvalidVpcCidrBlockAssociationID.NotFound", "InvalidVpcID.NotFound"),
                    Set.of("DependencyViolation", "InvalidCidrBlock.InUse"),
                    () -> ec2.disassociateVpcCidrBlock(request -> request.associationId(observed.id())),
                    () -> "subnets in " + observed.attributes().cidr());
        }
        try {
            ec2.deleteTags(request ->
                    request.resources(vpc).tags(Tag.builder().key(mark).build()));
        } catch (AwsCallException e) {
            if (!e.code().equals("InvalidVpcID.NotFound")) {
                throw e;
            }
        }
    }

    @Override
    public Set<String> deletedAfter() {
        return Set.of(Subnets.KIND); // a subnet lies in a range without naming it
    }

    private static Optional<VpcCidrBlockAssociation> find(Step step, String vpc, String cidr) {
        return step.aws().ec2().describeVpcs(request -> request.vpcIds(vpc)).vpcs().stream()
                .flatMap(found -> found.cidrBlockAssociationSet().stream())
                .filter(range -> range.cidrBlock().equals(cidr) && THERE.contains(state(range)))
                .findFirst();
    }

    private static VpcCidrBlockStateCode state(VpcCidrBlockAssociation range) {
        return range.cidrBlockState().state();
    }

    private static String name(String cidr) {
        return cidr.replace('/', '-');
    }

    private static String mark(String cidr) {
        return MARK + name(cidr);
    }

    private static String cidr(String mark) {
        return mark.substring(MARK.length()).replace('-', '/');
    }
}
