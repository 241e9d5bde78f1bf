package io.k8saws.internal.blueprint;

import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.MachineSecrets;
import io.k8saws.bootstrap.ScriptSet;
import io.k8saws.internal.resource.Buckets;
import io.k8saws.internal.resource.Keys;
import io.k8saws.internal.resource.Recipe;
import io.k8saws.internal.resource.SecretBundles;
import io.k8saws.plan.ResourceAddress;
import java.util.List;

/** The keys that the cluster rests on, and the secret files that are made from them for each group of machines. */
final class KeyResources {
    private static final String SPEC_PATH = "name"; // each cluster has them

    private KeyResources() {}

    static void draw(Drawing drawing) {
        Keys.Making making = new Keys.Making(
                Bootstrap.pki(drawing.spec()), drawing.spec().keys().kmsKey());
        drawing.bootstrap()
                .keys()
                .forEach(key -> drawing.add(
                        Keys.KIND,
                        key.name(),
                        new Keys.Key(Drawing.ref(Buckets.KIND, BucketResources.NAME), Recipe.of(key.name(), making)),
                        SPEC_PATH));
        for (ScriptSet set : drawing.scripts()) {
            set.secrets()
                    .ifPresent(secrets -> drawing.add(
                            SecretBundles.KIND,
                            set.part(),
                            new SecretBundles.SecretBundle(
                                    Drawing.ref(Buckets.KIND, BucketResources.NAME), Recipe.of(secrets.key(), secrets)),
                            SPEC_PATH,
                            keys(secrets)));
        }
    }

    private static List<ResourceAddress> keys(MachineSecrets secrets) {
        return secrets.needs().stream()
                .map(key -> new ResourceAddress(Keys.KIND, key.name()))
                .toList();
    }
}
