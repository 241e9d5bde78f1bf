package io.k8saws.internal.blueprint;

import io.k8saws.bootstrap.Asset;
import io.k8saws.bootstrap.AssetCatalogue;
import io.k8saws.bootstrap.AssetHashes;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.machine.ImageQuery;
import io.k8saws.pki.KeyUse;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a blueprint needs and no spec says.
 *
 * @param hostedZoneId the id of the existing public hosted zone that the spec names; empty when it names none
 * @param pins what was looked up for the spec
 * @param keys which generations of the cluster's keys sign and are trusted
 * @param endpoint where machines reach AWS, when it is an emulator
 */
public record Surroundings(Optional<String> hostedZoneId, Pins pins, KeyUse keys, Optional<String> endpoint) {
    /** With keys of which none was ever rotated. */
    public Surroundings(Optional<String> hostedZoneId, Pins pins, Optional<String> endpoint) {
        this(hostedZoneId, pins, KeyUse.first(), endpoint);
    }

    /**
     * The name under which the hash of a program is pinned.
     *
     * @param asset the program
     * @return such as {@code kubelet/amd64 1.36.1}: it does not name the place, so another mirror must have the same program
     */
    public static String pin(Asset asset) {
        return asset.key() + " " + asset.version();
    }

    /** The hashes that are known: the spec's own win. */
    AssetHashes hashes(ClusterSpec spec) {
        TreeMap<String, String> hashes = new TreeMap<>();
        AssetCatalogue.of(spec).forEach(asset -> pins.get(pin(asset)).ifPresent(hash -> hashes.put(asset.key(), hash)));
        hashes.putAll(spec.assets().sha256());
        return new AssetHashes(hashes);
    }

    /** The id of an image. */
    String image(ImageQuery query) {
        return known(query)
                .orElseThrow(() -> new K8sAwsException(
                        "Describe the machines' images",
                        "no image is pinned for " + query.pin(),
                        "plan again: the plan was made by a version of this library that did not look it up"));
    }

    private Optional<String> known(ImageQuery query) {
        return query instanceof ImageQuery.Id image ? Optional.of(image.id()) : pins.get(query.pin());
    }

    /**
     * Tells whether a blueprint of a spec can be drawn.
     *
     * @param spec the spec
     * @return false when it was pinned by a version of the library that did not look up what this one needs
     */
    public boolean sufficeFor(ClusterSpec spec) {
        return hashes(spec).missing(spec).isEmpty()
                && GroupImage.of(spec).stream()
                        .allMatch(image -> known(image.query()).isPresent());
    }
}
