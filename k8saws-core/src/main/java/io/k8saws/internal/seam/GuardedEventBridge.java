package io.k8saws.internal.seam;

import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.DeleteRuleRequest;
import software.amazon.awssdk.services.eventbridge.model.DeleteRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.ListRuleNamesByTargetRequest;
import software.amazon.awssdk.services.eventbridge.model.ListRuleNamesByTargetResponse;
import software.amazon.awssdk.services.eventbridge.model.ListRulesRequest;
import software.amazon.awssdk.services.eventbridge.model.ListRulesResponse;
import software.amazon.awssdk.services.eventbridge.model.ListTagsForResourceRequest;
import software.amazon.awssdk.services.eventbridge.model.ListTagsForResourceResponse;
import software.amazon.awssdk.services.eventbridge.model.ListTargetsByRuleRequest;
import software.amazon.awssdk.services.eventbridge.model.ListTargetsByRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.PutRuleRequest;
import software.amazon.awssdk.services.eventbridge.model.PutRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.PutTargetsRequest;
import software.amazon.awssdk.services.eventbridge.model.PutTargetsResponse;
import software.amazon.awssdk.services.eventbridge.model.RemoveTargetsRequest;
import software.amazon.awssdk.services.eventbridge.model.RemoveTargetsResponse;
import software.amazon.awssdk.services.eventbridge.model.TagResourceRequest;
import software.amazon.awssdk.services.eventbridge.model.TagResourceResponse;
import software.amazon.awssdk.services.eventbridge.model.UntagResourceRequest;
import software.amazon.awssdk.services.eventbridge.model.UntagResourceResponse;

/** EventBridge's operations that the library uses. */
final class GuardedEventBridge extends GuardedClient<EventBridgeClient> implements EventBridgeClient {
    GuardedEventBridge(EventBridgeClient aws, Guard guard, CallListener listener) {
        super(aws, "events", guard, listener);
    }

    @Override
    public DeleteRuleResponse deleteRule(DeleteRuleRequest request) {
        return send(request, aws::deleteRule);
    }

    @Override
    public ListRuleNamesByTargetResponse listRuleNamesByTarget(ListRuleNamesByTargetRequest request) {
        return send(request, aws::listRuleNamesByTarget);
    }

    @Override
    public ListRulesResponse listRules(ListRulesRequest request) {
        return send(request, aws::listRules);
    }

    @Override
    public ListTagsForResourceResponse listTagsForResource(ListTagsForResourceRequest request) {
        return send(request, aws::listTagsForResource);
    }

    @Override
    public ListTargetsByRuleResponse listTargetsByRule(ListTargetsByRuleRequest request) {
        return send(request, aws::listTargetsByRule);
    }

    @Override
    public PutRuleResponse putRule(PutRuleRequest request) {
        return send(request, aws::putRule);
    }

    @Override
    public PutTargetsResponse putTargets(PutTargetsRequest request) {
        return send(request, aws::putTargets);
    }

    @Override
    public RemoveTargetsResponse removeTargets(RemoveTargetsRequest request) {
        return send(request, aws::removeTargets);
    }

    @Override
    public TagResourceResponse tagResource(TagResourceRequest request) {
        return send(request, aws::tagResource);
    }

    @Override
    public UntagResourceResponse untagResource(UntagResourceRequest request) {
        return send(request, aws::untagResource);
    }
}
