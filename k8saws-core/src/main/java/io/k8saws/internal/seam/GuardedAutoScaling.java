package io.k8saws.internal.seam;

import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AttachLoadBalancerTargetGroupsRequest;
import software.amazon.awssdk.services.autoscaling.model.AttachLoadBalancerTargetGroupsResponse;
import software.amazon.awssdk.services.autoscaling.model.CreateAutoScalingGroupRequest;
import software.amazon.awssdk.services.autoscaling.model.CreateAutoScalingGroupResponse;
import software.amazon.awssdk.services.autoscaling.model.CreateOrUpdateTagsRequest;
import software.amazon.awssdk.services.autoscaling.model.CreateOrUpdateTagsResponse;
import software.amazon.awssdk.services.autoscaling.model.DeleteAutoScalingGroupRequest;
import software.amazon.awssdk.services.autoscaling.model.DeleteAutoScalingGroupResponse;
import software.amazon.awssdk.services.autoscaling.model.DeleteLifecycleHookRequest;
import software.amazon.awssdk.services.autoscaling.model.DeleteLifecycleHookResponse;
import software.amazon.awssdk.services.autoscaling.model.DeleteTagsRequest;
import software.amazon.awssdk.services.autoscaling.model.DeleteTagsResponse;
import software.amazon.awssdk.services.autoscaling.model.DescribeAutoScalingGroupsRequest;
import software.amazon.awssdk.services.autoscaling.model.DescribeAutoScalingGroupsResponse;
import software.amazon.awssdk.services.autoscaling.model.DescribeLifecycleHooksRequest;
import software.amazon.awssdk.services.autoscaling.model.DescribeLifecycleHooksResponse;
import software.amazon.awssdk.services.autoscaling.model.DetachLoadBalancerTargetGroupsRequest;
import software.amazon.awssdk.services.autoscaling.model.DetachLoadBalancerTargetGroupsResponse;
import software.amazon.awssdk.services.autoscaling.model.PutLifecycleHookRequest;
import software.amazon.awssdk.services.autoscaling.model.PutLifecycleHookResponse;
import software.amazon.awssdk.services.autoscaling.model.SetDesiredCapacityRequest;
import software.amazon.awssdk.services.autoscaling.model.SetDesiredCapacityResponse;
import software.amazon.awssdk.services.autoscaling.model.TerminateInstanceInAutoScalingGroupRequest;
import software.amazon.awssdk.services.autoscaling.model.TerminateInstanceInAutoScalingGroupResponse;
import software.amazon.awssdk.services.autoscaling.model.UpdateAutoScalingGroupRequest;
import software.amazon.awssdk.services.autoscaling.model.UpdateAutoScalingGroupResponse;

/** Auto Scaling's operations that the library uses. */
final class GuardedAutoScaling extends GuardedClient<AutoScalingClient> implements AutoScalingClient {
    GuardedAutoScaling(AutoScalingClient aws, Guard guard, CallListener listener) {
        super(aws, "autoscaling", guard, listener);
    }

    @Override
    public AttachLoadBalancerTargetGroupsResponse attachLoadBalancerTargetGroups(
            AttachLoadBalancerTargetGroupsRequest request) {
        return send(request, aws::attachLoadBalancerTargetGroups);
    }

    @Override
    public CreateAutoScalingGroupResponse createAutoScalingGroup(CreateAutoScalingGroupRequest request) {
        return send(request, aws::createAutoScalingGroup);
    }

    @Override
    public CreateOrUpdateTagsResponse createOrUpdateTags(CreateOrUpdateTagsRequest request) {
        return send(request, aws::createOrUpdateTags);
    }

    @Override
    public DeleteAutoScalingGroupResponse deleteAutoScalingGroup(DeleteAutoScalingGroupRequest request) {
        return send(request, aws::deleteAutoScalingGroup);
    }

    @Override
    public DeleteLifecycleHookResponse deleteLifecycleHook(DeleteLifecycleHookRequest request) {
        return send(request, aws::deleteLifecycleHook);
    }

    @Override
    public DeleteTagsResponse deleteTags(DeleteTagsRequest request) {
        return send(request, aws::deleteTags);
    }

    @Override
    public DescribeAutoScalingGroupsResponse describeAutoScalingGroups(DescribeAutoScalingGroupsRequest request) {
        return send(request, aws::describeAutoScalingGroups);
    }

    @Override
    public DescribeLifecycleHooksResponse describeLifecycleHooks(DescribeLifecycleHooksRequest request) {
        return send(request, aws::describeLifecycleHooks);
    }

    @Override
    public DetachLoadBalancerTargetGroupsResponse detachLoadBalancerTargetGroups(
            DetachLoadBalancerTargetGroupsRequest request) {
        return send(request, aws::detachLoadBalancerTargetGroups);
    }

    @Override
    public PutLifecycleHookResponse putLifecycleHook(PutLifecycleHookRequest request) {
        return send(request, aws::putLifecycleHook);
    }

    @Override
    public SetDesiredCapacityResponse setDesiredCapacity(SetDesiredCapacityRequest request) {
        return send(request, aws::setDesiredCapacity);
    }

    @Override
    public TerminateInstanceInAutoScalingGroupResponse terminateInstanceInAutoScalingGroup(
            TerminateInstanceInAutoScalingGroupRequest request) {
        return send(request, aws::terminateInstanceInAutoScalingGroup);
    }

    @Override
    public UpdateAutoScalingGroupResponse updateAutoScalingGroup(UpdateAutoScalingGroupRequest request) {
        return send(request, aws::updateAutoScalingGroup);
    }
}
