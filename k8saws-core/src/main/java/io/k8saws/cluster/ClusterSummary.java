package io.k8saws.cluster;

import io.k8saws.internal.machine.ImageQuery;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A cluster in a few lines: what was said, and what was chosen where nothing was said. */
final class ClusterSummary {
    private final ClusterSpec spec;

    ClusterSummary(ClusterSpec spec) {
        this.spec = spec;
    }

    String text() {
        StringBuilder text =
                new StringBuilder("Cluster " + spec.name() + "@" + spec.region() + " " + spec.kubernetesVersion());
        text.append("\n  network       ").append(spec.network());
        text.append("\n  api           ").append(spec.api());
        text.append("\n  access        ").append(spec.access());
        text.append("\n  control plane ").append(spec.controlPlane());
        text.append("\n  etcd          ").append(spec.etcd());
        text.append("\n  cni           ").append(spec.cni());
        text.append("\n  dns           ").append(spec.dns());
        text.append("\n  images        ").append(images());
        text.append("\n  assets        ").append(assets());
        for (NodePoolSpec pool : spec.nodePools()) {
            text.append("\n  node pool     ").append(pool);
        }
        return text.toString();
    }

    /** One for all machines, or that of each group. */
    private String images() {
        Map<String, String> images = new LinkedHashMap<>();
        images.put("control plane", image(spec.controlPlane().image(), OperatingSystem.LINUX));
        if (spec.etcd().placement() == EtcdPlacement.DEDICATED) {
            images.put("etcd", image(spec.etcd().image(), OperatingSystem.LINUX));
        }
        for (NodePoolSpec pool : spec.nodePools()) {
            images.put("pool " + pool.name(), image(pool.image(), pool.os()));
        }
        if (spec.access().method() == AccessMethod.BASTION) {
            images.put("bastion", image(spec.access().bastion().image(), OperatingSystem.LINUX));
        }
        Set<String> different = Set.copyOf(images.values());
        return different.size() == 1
                ? different.iterator().next()
                : images.entrySet().stream()
                        .map(image -> image.getKey() + " " + image.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static String image(Optional<String> said, OperatingSystem system) {
        return ImageQuery.named(said, system == OperatingSystem.WINDOWS);
    }

    /** With the add-ons' registry where it is another one than that of kubeadm's images. */
    private String assets() {
        Optional<String> addons = spec.addons().registry();
        return spec.assets()
                + (addons.equals(spec.assets().registry())
                        ? ""
                        : ", add-ons from " + addons.orElse("their own registries"));
    }
}
