package io.k8saws.internal.seam;

import software.amazon.awssdk.services.elasticloadbalancing.ElasticLoadBalancingClient;
import software.amazon.awssdk.services.elasticloadbalancing.model.DeleteLoadBalancerRequest;
import software.amazon.awssdk.services.elasticloadbalancing.model.DeleteLoadBalancerResponse;
import software.amazon.awssdk.services.elasticloadbalancing.model.DescribeLoadBalancersRequest;
import software.amazon.awssdk.services.elasticloadbalancing.model.DescribeLoadBalancersResponse;
import software.amazon.awssdk.services.elasticloadbalancing.model.DescribeTagsRequest;
import software.amazon.awssdk.services.elasticloadbalancing.model.DescribeTagsResponse;

/** The operations on classic load balancers that the library uses. */
final class GuardedElasticLoadBalancing extends GuardedClient<ElasticLoadBalancingClient>
        implements ElasticLoadBalancingClient {
    GuardedElasticLoadBalancing(ElasticLoadBalancingClient aws, Guard guard, CallListener listener) {
        super(aws, "elasticloadbalancing", guard, listener);
    }

    @Override
    public DeleteLoadBalancerResponse deleteLoadBalancer(DeleteLoadBalancerRequest request) {
        return send(request, aws::deleteLoadBalancer);
    }

    @Override
    public DescribeLoadBalancersResponse describeLoadBalancers(DescribeLoadBalancersRequest request) {
        return send(request, aws::describeLoadBalancers);
    }

    @Override
    public DescribeTagsResponse describeTags(DescribeTagsRequest request) {
        return send(request, aws::describeTags);
    }
}
