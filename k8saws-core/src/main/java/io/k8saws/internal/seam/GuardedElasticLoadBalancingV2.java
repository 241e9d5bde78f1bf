package io.k8saws.internal.seam;

import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.AddTagsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.AddTagsResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateListenerRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateListenerResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateLoadBalancerRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateLoadBalancerResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateTargetGroupRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateTargetGroupResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeleteListenerRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeleteListenerResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeleteLoadBalancerRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeleteLoadBalancerResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeleteTargetGroupRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeleteTargetGroupResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeListenersRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeListenersResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeLoadBalancerAttributesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeLoadBalancerAttributesResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeLoadBalancersRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeLoadBalancersResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTagsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTagsResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTargetGroupAttributesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTargetGroupAttributesResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTargetGroupsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTargetGroupsResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTargetHealthRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTargetHealthResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyListenerRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyListenerResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyLoadBalancerAttributesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyLoadBalancerAttributesResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyTargetGroupAttributesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyTargetGroupAttributesResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyTargetGroupRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyTargetGroupResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.RemoveTagsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.RemoveTagsResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.SetSecurityGroupsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.SetSecurityGroupsResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.SetSubnetsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.SetSubnetsResponse;

/** The operations on network load balancers that the library uses. */
final class GuardedElasticLoadBalancingV2 extends GuardedClient<ElasticLoadBalancingV2Client>
        implements ElasticLoadBalancingV2Client {
    GuardedElasticLoadBalancingV2(ElasticLoadBalancingV2Client aws, Guard guard, CallListener listener) {
        super(aws, "elasticloadbalancing", guard, listener);
    }

    @Override
    public AddTagsResponse addTags(AddTagsRequest request) {
        return send(request, aws::addTags);
    }

    @Override
    public CreateListenerResponse createListener(CreateListenerRequest request) {
        return send(request, aws::createListener);
    }

    @Override
    public CreateLoadBalancerResponse createLoadBalancer(CreateLoadBalancerRequest request) {
        return send(request, aws::createLoadBalancer);
    }

    @Override
    public CreateTargetGroupResponse createTargetGroup(CreateTargetGroupRequest request) {
        return send(request, aws::createTargetGroup);
    }

    @Override
    public DeleteListenerResponse deleteListener(DeleteListenerRequest request) {
        return send(request, aws::deleteListener);
    }

    @Override
    public DeleteLoadBalancerResponse deleteLoadBalancer(DeleteLoadBalancerRequest request) {
        return send(request, aws::deleteLoadBalancer);
    }

    @Override
    public DeleteTargetGroupResponse deleteTargetGroup(DeleteTargetGroupRequest request) {
        return send(request, aws::deleteTargetGroup);
    }

    @Override
    public DescribeListenersResponse describeListeners(DescribeListenersRequest request) {
        return send(request, aws::describeListeners);
    }

    @Override
    public DescribeLoadBalancerAttributesResponse describeLoadBalancerAttributes(
            DescribeLoadBalancerAttributesRequest request) {
        return send(request, aws::describeLoadBalancerAttributes);
    }

    @Override
    public DescribeLoadBalancersResponse describeLoadBalancers(DescribeLoadBalancersRequest request) {
        return send(request, aws::describeLoadBalancers);
    }

    @Override
    public DescribeTagsResponse describeTags(DescribeTagsRequest request) {
        return send(request, aws::describeTags);
    }

    @Override
    public DescribeTargetGroupAttributesResponse describeTargetGroupAttributes(
            DescribeTargetGroupAttributesRequest request) {
        return send(request, aws::describeTargetGroupAttributes);
    }

    @Override
    public DescribeTargetGroupsResponse describeTargetGroups(DescribeTargetGroupsRequest request) {
        return send(request, aws::describeTargetGroups);
    }

    @Override
    public DescribeTargetHealthResponse describeTargetHealth(DescribeTargetHealthRequest request) {
        return send(request, aws::describeTargetHealth);
    }

    @Override
    public ModifyListenerResponse modifyListener(ModifyListenerRequest request) {
        return send(request, aws::modifyListener);
    }

    @Override
    public ModifyLoadBalancerAttributesResponse modifyLoadBalancerAttributes(
            ModifyLoadBalancerAttributesRequest request) {
        return send(request, aws::modifyLoadBalancerAttributes);
    }

    @Override
    public ModifyTargetGroupResponse modifyTargetGroup(ModifyTargetGroupRequest request) {
        return send(request, aws::modifyTargetGroup);
    }

    @Override
    public ModifyTargetGroupAttributesResponse modifyTargetGroupAttributes(ModifyTargetGroupAttributesRequest request) {
        return send(request, aws::modifyTargetGroupAttributes);
    }

    @Override
    public RemoveTagsResponse removeTags(RemoveTagsRequest request) {
        return send(request, aws::removeTags);
    }

    @Override
    public SetSecurityGroupsResponse setSecurityGroups(SetSecurityGroupsRequest request) {
        return send(request, aws::setSecurityGroups);
    }

    @Override
    public SetSubnetsResponse setSubnets(SetSubnetsRequest request) {
        return send(request, aws::setSubnets);
    }
}
