package io.k8saws.internal.resource;

import io.k8saws.internal.machine.ImageQuery;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the ids of machine images are looked up. Each method is one question; safe to use from many threads. */
public interface ImageSource {
    /** How many names {@link #parameters} takes (Systems Manager API reference, "GetParameters"). */
    int NAMES_AT_MOST = 10;

    /**
     * Reads parameters.
     *
     * @param names their names, {@value #NAMES_AT_MOST} at most
     * @return the values of those that there are, by name
     */
    Map<String, String> parameters(List<String> names);

    /**
     * Searches an image.
     *
     * @param query what is searched
     * @return the newest; empty when there is none
     */
    Optional<Image> newest(ImageQuery.Newest query);

    /**
     * An image that was found.
     *
     * @param id its id
     * @param rootDevice the name of its root device
     */
    record Image(String id, String rootDevice) {}
}
