package io.k8saws.etcd.rescue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.registry.ResourceKey;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.snapshot.SnapshotFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mistyped name is refused before the live etcd is asked anything: nobody listens at its endpoint. */
class SnapshotNamesTest {
    @TempDir
    Path directory;

    private RescueRefusedException refused(Selection selection, long revision) {
        Path file = new EtcdContent()
                .put("/registry/namespaces/shop", "x") // revision 2
                .put("/registry/namespaces/bank", "x")
                .put("/registry/deployments/shop/front", "x")
                .put("/registry/secrets/bank/password", "hidden")
                .put("/app/settings", "x")
                .save(directory.resolve("before.db"));
        try (SnapshotFile snapshot = SnapshotFile.open(file);
                Etcd nobody = Etcd.at("http://127.0.0.1:1")) {
            return catchThrowableOfType(RescueRefusedException.class, () -> Rescue.of(selection, snapshot, nobody)
                    .atRevision(revision)
                    .plan());
        }
    }

    @Test
    void aMistypedNamespaceIsRefusedWithTheNearest() {
        RescueRefusedException refused = refused(Selection.ofNamespace("shpo"), Long.MAX_VALUE);

        assertThat(refused.refusals()).containsExactly("nothing of namespace shpo: there are shop, bank");
        assertThat(refused).hasMessage("""
                Rescue namespace shpo from before.db: at revision 6 the snapshot has
                  - nothing of namespace shpo: there are shop, bank
                Mend the name or leave it out, or take a snapshot or an earlier revision that has it.""");
    }

    @Test
    void eachNameIsLookedAtByItself() {
        Selection selection = Selection.ofNamespace("shop")
                .withNamespace("bnak")
                .withType("deployments")
                .withType("secrets")
                .withPrefix("/app/setings")
                .withPrefix("/registry/");

        assertThat(refused(selection, Long.MAX_VALUE).refusals())
                .containsExactly(
                        "nothing of namespace bnak: there are bank, shop",
                        "no deployments: of kinds, there are deployments.apps, secrets, namespaces",
                        "no key that begins with /app/setings: the one most like it is /app/settings");
    }

    /** Lists of kinds that are the same for all clusters would be refused by most of them. */
    @Test
    void aKindThatJustHasNoObjectsIsNotedAndNotRefused() {
        SnapshotNames names = new SnapshotNames(Selection.ofType("configmaps")
                .withType("statefulsets.apps")
                .withType("statefulset.apps")
                .withType("ingresses.networking.k8s.io")
                .withType("crontabs.stable.example.com"));
        for (String key : List.of(
                "/registry/configmaps/shop/a",
                "/registry/apiextensions.k8s.io/customresourcedefinitions/crontabs.stable.example.com",
                "/registry/apiextensions.k8s.io/customresourcedefinitions/others.stable.example.com")) {
            names.see(key, ResourceKey.of(key.getBytes(UTF_8)));
        }

        assertThat(names.none())
                .containsExactly(
                        "no crontabs.stable.example.com", "no ingresses.networking.k8s.io", "no statefulsets.apps");
        assertThat(names.missing()).singleElement().asString().startsWith("no statefulset.apps: of kinds, there are");
    }

    @Test
    void aRescueOfWhichNothingIsThereIsRefusedAlsoWhenItsKindsAreKnown() {
        assertThat(refused(Selection.ofType("statefulsets.apps").withType("jobs.batch"), Long.MAX_VALUE)
                        .refusals())
                .hasSize(2)
                .allMatch(one -> one.matches("no (statefulsets.apps|jobs.batch): of kinds, there are .*"));
    }

    @Test
    void aKindIsNoNamespaceOfThatName() {
        assertThat(refused(Selection.ofNamespace("secrets").withType("secrets"), Long.MAX_VALUE)
                        .refusals())
                .containsExactly("nothing of namespace secrets: there are shop, bank");
    }

    @Test
    void anEarlierRevisionHasFewer() {
        assertThat(refused(Selection.ofNamespace("bank"), 2).refusals())
                .containsExactly("nothing of namespace bank: there is shop");
    }
}
