package io.k8saws.addon;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.internal.text.LineByLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The container images that the machines of a cluster fetch before any workload of yours: kubeadm's, the pause image, and the add-ons'. For filling a mirror. A pure
 * function.
 */
public final class ClusterImages {
    /** What {@code kubeadm config images list} names of each minor. */
    private static final Map<String, String> PAUSE =
            Map.of("1.33", "3.10", "1.34", "3.10.1", "1.35", "3.10.1", "1.36", "3.10.2");

    /** An API host stands in no image's name. */
    private static final AddonSite ANYWHERE = AddonSite.of("api");

    private ClusterImages() {}

    /**
     * An image.
     *
     * @param source where its project publishes it
     * @param fetchedAs the name by which machines fetch it: the same, or that in your registry
     */
    public record Image(String source, String fetchedAs) {
        /** Returns both names, for {@code xargs -n 2} and a tool that copies images. */
        @Override
        public String toString() {
            return source + " " + fetchedAs;
        }
    }

    /**
     * Lists the images of a cluster. Those in manifests of your own are fetched as they are written.
     *
     * @param spec the cluster
     * @return each image once, by its source; as text, one a line
     */
    public static List<Image> of(ClusterSpec spec) {
        List<Image> images = new ArrayList<>();
        Stream.concat(byKubeadm(spec).stream(), byAddons(spec, Addon.Origin.CATALOGUE))
                .map(source -> new Image(source, ImageNames.mirrored(spec, source)))
                .forEach(images::add);
        byAddons(spec, Addon.Origin.MANIFEST)
                .map(source -> new Image(source, source))
                .forEach(images::add);
        return new LineByLine<>(images.stream()
                .distinct()
                .sorted(Comparator.comparing(Image::source))
                .toList());
    }

    private static List<String> byKubeadm(ClusterSpec spec) {
        String version = ":v" + spec.kubernetesVersion();
        List<String> names = new ArrayList<>(List.of(
                "kube-apiserver" + version,
                "kube-controller-manager" + version,
                "kube-scheduler" + version,
                "coredns/coredns:v" + AddonVersions.coreDns(spec),
                "pause:" + AddonVersions.byMinor(PAUSE, spec)));
        if (spec.cni().kubeProxy()) {
            names.add("kube-proxy" + version);
        }
        return names.stream().map(name -> ImageNames.KUBERNETES + name).toList();
    }

    private static Stream<String> byAddons(ClusterSpec spec, Addon.Origin origin) {
        ClusterSpec upstream = spec.with(all -> all.assets(assets -> assets.registry(Optional.empty()))
                .addons(addons -> addons.registry(Optional.empty())));
        return AddonCatalogue.of(upstream, ANYWHERE).stream()
                .filter(addon -> addon.origin() == origin)
                .flatMap(addon -> addon.objects().stream())
                .flatMap(object -> Containers.of(Template.changeable(object.fields())).stream())
                .flatMap(Containers::images);
    }
}
