package io.k8saws.internal.resource;

import io.k8saws.internal.machine.ImageQuery;
import io.k8saws.internal.seam.AwsClients;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The images that an account can see in a region. */
public final class AwsImages implements ImageSource {
    private static final Comparator<software.amazon.awssdk.services.ec2.model.Image> BY_AGE = Comparator.comparing(
                    software.amazon.awssdk.services.ec2.model.Image::creationDate,
                    Comparator.nullsFirst(Comparator.naturalOrder())) // ISO 8601 in UTC sorts as text
            .thenComparing(software.amazon.awssdk.services.ec2.model.Image::imageId);

    private final AwsClients aws;

    /**
     * Makes the lookup; calls nothing.
     *
     * @param aws the calls
     */
    public AwsImages(AwsClients aws) {
        this.aws = aws;
    }

    @Override
    public Map<String, String> parameters(List<String> names) {
        Map<String, String> values = new HashMap<>();
        aws.ssm()
                .getParameters(r -> r.names(names))
                .parameters()
                .forEach(parameter -> values.put(parameter.name(), parameter.value()));
        return values;
    }

    @Override
    public Optional<Image> newest(ImageQuery.Newest query) {
        return aws
                .ec2()
                .describeImagesPaginator(r -> r.owners(query.owner())
                        .filters(
                                Ec2Tags.filter("name", query.name()),
                                Ec2Tags.filter("architecture", query.architecture()),
                                Ec2Tags.filter("state", "available")))
                .images()
                .stream()
                .max(BY_AGE)
                .map(image -> new Image(image.imageId(), image.rootDeviceName()));
    }
}
