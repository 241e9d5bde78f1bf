package io.k8saws.etcd.rescue;

import io.k8saws.etcd.internal.digest.Sha256;
import io.k8saws.etcd.registry.ResourceKey;
import io.k8saws.etcd.registry.ResourceValue;
import io.k8saws.etcd.snapshot.KeyRevision;
import java.util.List;
import java.util.Optional;

/** A chosen key of the snapshot, without its value. */
record Chosen(
        String key,
        Optional<ResourceKey> resource,
        long revision,
        int bytes,
        String digest,
        String encryption,
        boolean json,
        String uid,
        List<String> ownerUids) {
    static Chosen of(KeyRevision key, Optional<ResourceKey> resource) {
        byte[] value = key.value();
        ResourceValue gist = ResourceValue.of(value);
        return new Chosen(
                key.keyText(),
                resource,
                key.revision().main(),
                value.length,
                digest(value),
                gist.encryption().orElse(""),
                gist.encoding() == ResourceValue.Encoding.JSON,
                gist.uid(),
                gist.ownerUids());
    }

    static String digest(byte[] value) {
        return Sha256.hex(value);
    }

    String type() {
        return resource.map(ResourceKey::type).orElse("");
    }
}
