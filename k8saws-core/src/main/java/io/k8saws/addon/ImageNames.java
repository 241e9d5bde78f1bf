package io.k8saws.addon;

import io.k8saws.cluster.ClusterSpec;

/** Where images are fetched from, when a user has a mirror. */
final class ImageNames {
    static final String KUBERNETES = "registry.k8s.io/";

    private ImageNames() {}

    /** The name by which machines fetch an image: it lies under the mirror's prefix with its host and path, those of registry.k8s.io where kubeadm looks, too. */
    static String mirrored(ClusterSpec spec, String image) {
        if (image.startsWith(KUBERNETES) && spec.assets().registry().isPresent()) {
            return spec.assets().registry().get() + "/" + image.substring(KUBERNETES.length());
        }
        return spec.addons().registry().map(prefix -> prefix + "/" + image).orElse(image);
    }
}
