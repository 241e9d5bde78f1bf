package io.k8saws.internal.seam;

import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.CreateQueueRequest;
import software.amazon.awssdk.services.sqs.model.CreateQueueResponse;
import software.amazon.awssdk.services.sqs.model.DeleteQueueRequest;
import software.amazon.awssdk.services.sqs.model.DeleteQueueResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlResponse;
import software.amazon.awssdk.services.sqs.model.ListQueueTagsRequest;
import software.amazon.awssdk.services.sqs.model.ListQueueTagsResponse;
import software.amazon.awssdk.services.sqs.model.ListQueuesRequest;
import software.amazon.awssdk.services.sqs.model.ListQueuesResponse;
import software.amazon.awssdk.services.sqs.model.SetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.SetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.TagQueueRequest;
import software.amazon.awssdk.services.sqs.model.TagQueueResponse;
import software.amazon.awssdk.services.sqs.model.UntagQueueRequest;
import software.amazon.awssdk.services.sqs.model.UntagQueueResponse;

/** SQS's operations that the library uses. */
final class GuardedSqs extends GuardedClient<SqsClient> implements SqsClient {
    GuardedSqs(SqsClient aws, Guard guard, CallListener listener) {
        super(aws, "sqs", guard, listener);
    }

    @Override
    public CreateQueueResponse createQueue(CreateQueueRequest request) {
        return send(request, aws::createQueue);
    }

    @Override
    public DeleteQueueResponse deleteQueue(DeleteQueueRequest request) {
        return send(request, aws::deleteQueue);
    }

    @Override
    public GetQueueAttributesResponse getQueueAttributes(GetQueueAttributesRequest request) {
        return send(request, aws::getQueueAttributes);
    }

    @Override
    public GetQueueUrlResponse getQueueUrl(GetQueueUrlRequest request) {
        return send(request, aws::getQueueUrl);
    }

    @Override
    public ListQueueTagsResponse listQueueTags(ListQueueTagsRequest request) {
        return send(request, aws::listQueueTags);
    }

    @Override
    public ListQueuesResponse listQueues(ListQueuesRequest request) {
        return send(request, aws::listQueues);
    }

    @Override
    public SetQueueAttributesResponse setQueueAttributes(SetQueueAttributesRequest request) {
        return send(request, aws::setQueueAttributes);
    }

    @Override
    public TagQueueResponse tagQueue(TagQueueRequest request) {
        return send(request, aws::tagQueue);
    }

    @Override
    public UntagQueueResponse untagQueue(UntagQueueRequest request) {
        return send(request, aws::untagQueue);
    }
}
