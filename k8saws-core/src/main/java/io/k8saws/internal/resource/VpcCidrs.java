package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Set;

/** A further address range of a VPC. */
public final class VpcCidrs implements ResourceKind<VpcCidrs.VpcCidr> {
    /** The kind's name. */
    public static final String KIND = "vpc-cidr";

    /** The fields of this kind. */
    public record VpcCidr(
            @ReplaceOnChange Ref vpc,
            @ReplaceOnChange String cidr)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<VpcCidr> attributes() {
        return VpcCidr.class;
    }

    @Override
    public Found<VpcCidr> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, VpcCidr wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<VpcCidr> observed, VpcCidr wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<VpcCidr> observed) {
        throw new UnsupportedOperationException();
    }
}
