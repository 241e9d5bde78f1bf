package io.k8saws.addon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.cluster.AddonsSpec;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.KubernetesCallException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.plan.Action;
import io.k8saws.plan.Outcome;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.KubernetesApi;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AddonsIT {
    private static final AddonSite SITE = AddonSite.of("api.payments.example.com");
    private static final String NAMESPACE = "kube-system";
    private static final ResiliencePolicy IMPATIENT = ResiliencePolicy.defaults()
            .forEmulator()
            .withMaxAttempts(3)
            .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(20));

    private static List<Addon> catalogue(CniKind cni, Consumer<AddonsSpec.Builder> addons) {
        return AddonCatalogue.of(
                ClusterSpec.builder()
                        .name("payments")
                        .region("eu-west-1")
                        .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                        .cni(c -> c.kind(cni))
                        .addons(addons)
                        .build(),
                SITE);
    }

    private static List<Addon> catalogue(CniKind cni) {
        return catalogue(cni, a -> {});
    }

    /** One manifest of the user's and nothing else. */
    private static List<Addon> only(String name, String manifest) {
        return catalogue(CniKind.CUSTOM, a -> a.cloudController(c -> c.enabled(false))
                .ebsCsi(c -> c.enabled(false))
                .putManifest(name, manifest));
    }

    private static String configMap(String namespace, String name, String value) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: %s
                  namespace: %s
                data:
                  key: "%s"
                """.formatted(name, namespace, value);
    }

    private static void assertNothingToDo(Addons addons, List<Addon> wanted) {
        AddonPlan plan = addons.plan(wanted);
        assertThat(plan.isEmpty()).as(plan.toString()).isTrue();
    }

    private static Set<String> objects(List<Addon> addons) {
        return addons.stream()
                .flatMap(addon -> addon.objects().stream())
                .map(AddonObject::toString)
                .collect(Collectors.toSet());
    }

    private static Set<String> objects(List<Addon> addons, String name) {
        return objects(
                addons.stream().filter(addon -> addon.name().equals(name)).toList());
    }

    private static Set<String> changed(AddonPlan plan, Action action) {
        return plan.with(action).stream()
                .map(change -> change.object().toString())
                .collect(Collectors.toSet());
    }

    /** The whole catalogue for each network add-on in turn: each comes whole, and the one before goes whole, and nothing else does. */
    @Test
    void networkAddonsComeAndGo(@ApiServer(shared = false) KubernetesApi kubernetes) {
        Addons addons = Addons.on(kubernetes.client());
        ConfigMap foreign = kubernetes
                .client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("copy")
                        .withNamespace(NAMESPACE)
                        .withLabels(Map.of(Addons.MANAGED_BY, Addons.MANAGER, Addon.LABEL, "cilium"))
                        .endMetadata()
                        .build())
                .create();
        String before = "";
        List<Addon> last = List.of();
        for (CniKind cni : CniKind.values()) {
            List<Addon> wanted = catalogue(cni);
            String name = wanted.size() == 5 ? wanted.get(3).name() : "";

            AddonPlan plan = addons.plan(wanted);

            Set<String> coming = last.isEmpty() ? objects(wanted) : objects(wanted, name);
            assertThat(changed(plan, Action.CREATE)).containsExactlyInAnyOrderElementsOf(coming);
            assertThat(changed(plan, Action.DELETE)).containsExactlyInAnyOrderElementsOf(objects(last, before));
            assertThat(changed(plan, Action.UPDATE)).isEmpty();
            AddonReport report = addons.apply(plan);
            assertThat(report.with(Outcome.DONE)).hasSameSizeAs(plan.changes());
            assertNothingToDo(addons, wanted);
            before = name;
            last = wanted;
        }
        assertThat(kubernetes.client().resource(foreign).get()).isEqualTo(foreign);
    }

    @Test
    void anotherVersionIsAnUpdateOfWhatNamesIt(@ApiServer(shared = false) KubernetesApi kubernetes) {
        Addons addons = Addons.on(kubernetes.client());
        addons.apply(addons.plan(catalogue(CniKind.FLANNEL)));
        List<Addon> wanted = catalogue(
                CniKind.FLANNEL, a -> a.cni(c -> c.version("0.28.11")).cloudController(c -> c.putArgument("v", "4")));

        AddonPlan plan = addons.plan(wanted);

        assertThat(plan).hasToString("""
                        aws-cloud-controller-manager
                          ~ DaemonSet kube-system/aws-cloud-controller-manager
                              spec.template.spec.containers[aws-cloud-controller-manager].args[0]: --v=2 -> --v=4
                        flannel
                          ~ DaemonSet kube-system/kube-flannel
                              spec.template.spec.initContainers[install-cni].image: ghcr.io/flannel-io/flannel:v0.28.10 -> ghcr.io/flannel-io/flannel:v0.28.11
                              spec.template.spec.containers[kube-flannel].image: ghcr.io/flannel-io/flannel:v0.28.10 -> ghcr.io/flannel-io/flannel:v0.28.11
                        Add-ons: 2 to update, 20 unchanged.""");
        addons.apply(plan);
        assertNothingToDo(addons, wanted);
    }

    /** However far a run came before it was killed, the next one goes on from there. */
    @Test
    void aRunThatWasCutOffIsMadeGood(@ApiServer(controllers = true, shared = false) KubernetesApi kubernetes) {
        Addons addons = Addons.on(kubernetes.client());
        List<Addon> wanted = catalogue(CniKind.CUSTOM, a -> a.putManifest("widgets", WIDGETS));
        AddonPlan whole = addons.plan(wanted);
        for (int cut : List.of(1, 2, 8, whole.changes().size() - 1)) {
            addons.apply(new AddonPlan(whole.objects().subList(0, cut), false));

            AddonPlan rest = addons.plan(wanted);
            assertThat(rest.with(Action.NONE)).hasSize(cut);
            assertThat(rest.with(Action.CREATE)).hasSize(whole.changes().size() - cut);
            addons.apply(rest);
            assertNothingToDo(addons, wanted);

            AddonPlan leaving = addons.plan(List.of());
            addons.apply(new AddonPlan(leaving.objects().subList(0, cut), false));
            addons.apply(addons.plan(List.of()));
            assertNothingToDo(addons, List.of());
        }
    }

    @Test
    void anInterruptedThreadStops(@ApiServer(shared = false) KubernetesApi kubernetes) {
        Addons addons = Addons.on(kubernetes.client());
        AddonPlan plan = addons.plan(catalogue(CniKind.FLANNEL));
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> addons.apply(plan)).isInstanceOf(OperationCancelledException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(addons.plan(catalogue(CniKind.FLANNEL))).isEqualTo(plan);
    }

    @Test
    void whoHasSetAFieldOtherwiseIsNamed(@ApiServer(shared = false) KubernetesApi kubernetes) {
        Addons addons = Addons.on(kubernetes.client());
        List<Addon> wanted =
                only("mine", configMap("default", "shared", "ours") + "---\n" + configMap("default", "alone", "ours"));
        ConfigMap theirs = new ConfigMapBuilder()
                .withNewMetadata()
                .withName("shared")
                .withNamespace("default")
                .endMetadata()
                .withData(Map.of("key", "theirs", "other", "stays"))
                .build();
        kubernetes
                .client()
                .resource(theirs)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("somebody")
                        .build());

        AddonPlan plan = addons.plan(wanted);
        AddonConflictException conflict = catchThrowableOfType(AddonConflictException.class, () -> addons.apply(plan));

        assertThat(conflict.changes()).singleElement().satisfies(change -> assertThat(change.conflicts())
                .containsExactly(new FieldConflict("somebody", ".data.key")));
        assertThat(conflict)
                .hasMessageContaining("ConfigMap default/shared: .data.key is set by somebody")
                .hasMessageContaining("plan.forced()");
        assertThat(kubernetes
                        .client()
                        .configMaps()
                        .inNamespace("default")
                        .withName("alone")
                        .get())
                .as("nothing was changed")
                .isNull();

        addons.apply(plan.forced());

        assertThat(kubernetes
                        .client()
                        .configMaps()
                        .inNamespace("default")
                        .withName("shared")
                        .get()
                        .getData())
                .isEqualTo(Map.of("key", "ours", "other", "stays"));
        assertNothingToDo(addons, wanted);
    }

    private static final String WIDGETS = """
            apiVersion: example.com/v1
            kind: Widget
            metadata:
              name: first
              namespace: workshop
            size: 3
            ---
            apiVersion: v1
            kind: Namespace
            metadata:
              name: workshop
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata:
              name: widgets.example.com
            spec:
              group: example.com
              scope: Namespaced
              names: {kind: Widget, listKind: WidgetList, plural: widgets, singular: widget}
              versions:
                - name: v1
                  served: true
                  storage: true
                  schema:
                    openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
            """;

    /** Definitions and namespaces come first; they go last, and not as long as they hold something of others. */
    @Test
    void definitionsAndNamespacesStayAsLongAsTheyHoldSomethingOfOthers(
            @ApiServer(controllers = true, shared = false) KubernetesApi kubernetes) {
        Addons addons = Addons.on(kubernetes.client());
        List<Addon> wanted = only("widgets", WIDGETS);
        addons.apply(addons.plan(wanted));
        assertNothingToDo(addons, wanted);
        var foreign = kubernetes.client().resource("""
                        apiVersion: example.com/v1
                        kind: Widget
                        metadata: {name: second, namespace: workshop}
                        """);
        foreign.create();

        AddonPlan plan = addons.plan(List.of());
        assertThat(changed(plan, Action.DELETE)).containsExactly("Widget workshop/first");
        assertThat(plan.with(Action.NONE))
                .extracting(AddonChange::reason)
                .containsExactlyInAnyOrder("stays, because it holds 1 widgets", "stays, because it holds 1 widgets");
        addons.apply(plan);
        assertThat(foreign.get()).isNotNull();

        foreign.delete();
        AddonPlan rest = addons.plan(List.of());
        assertThat(rest.changes())
                .extracting(change -> change.object().kind())
                .containsExactly("Namespace", "CustomResourceDefinition");
        addons.apply(rest);
        assertNothingToDo(addons, List.of());
    }

    @Test
    void whatCannotBeChangedInPlaceIsMadeAnew(@ApiServer(shared = false) KubernetesApi kubernetes) {
        Addons addons = Addons.on(kubernetes.client());
        String text = """
                apiVersion: storage.k8s.io/v1
                kind: StorageClass
                metadata:
                  name: mine
                provisioner: ebs.csi.aws.com
                parameters:
                  type: gp3
                """;
        addons.apply(addons.plan(only("storage", text)));
        List<Addon> wanted = only("storage", text.replace("gp3", "io2"));

        AddonPlan plan = addons.plan(wanted);

        assertThat(plan.changes()).singleElement().satisfies(change -> {
            assertThat(change.action()).isEqualTo(Action.REPLACE);
            assertThat(change.reason()).isEqualTo("parameters cannot be changed in place");
        });
        addons.apply(plan);
        assertThat(kubernetes
                        .client()
                        .storage()
                        .v1()
                        .storageClasses()
                        .withName("mine")
                        .get()
                        .getParameters())
                .containsEntry("type", "io2");
        assertNothingToDo(addons, wanted);
    }

    @Test
    void whatTheServerRefusesIsToldWhenPlanning(@ApiServer(shared = false) KubernetesApi kubernetes) {
        Addons addons = Addons.on(kubernetes.client());
        String good = configMap("default", "good", "x") + "---\n";

        KubernetesCallException refused = catchThrowableOfType(
                KubernetesCallException.class,
                () -> addons.plan(only("mine", good + configMap("default", "bad", "x") + "spec: {}\n")));
        assertThat(refused.failure().path()).isEqualTo("/api/v1/namespaces/default/configmaps/bad");
        assertThat(refused)
                .hasMessageContaining(".spec: field not declared in schema")
                .hasMessageContaining("Correct the object");
        assertThat(refused.failure().attempts()).isOne();

        assertThatThrownBy(() -> addons.plan(only("mine", configMap("nowhere", "x", "x"))))
                .isInstanceOf(KubernetesCallException.class)
                .hasMessageContaining("namespaces \"nowhere\" not found");
        assertThatThrownBy(() -> addons.plan(only("mine", good.replace("v1", "v9"))))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("the API server knows no ConfigMap of v9");
        assertThatThrownBy(() -> addons.plan(only("mine", good + good)))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("ConfigMap default/good is wanted twice");
    }

    /** One add-on that fails keeps no other one back. */
    @Test
    void whatFailsIsReportedAndTheOthersGoOn(@ApiServer(shared = false) KubernetesApi kubernetes) {
        Addons addons = Addons.on(kubernetes.client());
        KubernetesClient client = kubernetes.client();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("going")
                        .endMetadata()
                        .build())
                .create();
        List<Addon> wanted = catalogue(
                CniKind.FLANNEL,
                a -> a.putManifest("mine", configMap("going", "a", "x") + "---\n" + configMap("going", "b", "x")));
        AddonPlan plan = addons.plan(wanted);
        client.namespaces().withName("going").delete();

        AddonApplyException failure = catchThrowableOfType(AddonApplyException.class, () -> addons.apply(plan));

        assertThat(failure.report().with(Outcome.FAILED)).singleElement().satisfies(result -> {
            assertThat(result.change().object()).hasToString("ConfigMap going/a");
            assertThat(result.error()).contains("being terminated");
        });
        assertThat(failure.report().with(Outcome.SKIPPED))
                .extracting(result -> result.change().object().toString())
                .containsExactly("ConfigMap going/b");
        assertNothingToDoButMine(addons);
    }

    private static void assertNothingToDoButMine(Addons addons) {
        assertNothingToDo(addons, catalogue(CniKind.FLANNEL));
    }

    @Test
    void whatASecretHoldsIsNotTold(@ApiServer(shared = false) KubernetesApi kubernetes) {
        Addons addons = Addons.on(kubernetes.client());
        String secret = """
                apiVersion: v1
                kind: Secret
                metadata: {name: mine, namespace: default}
                stringData: {password: first-secret}
                """;
        addons.apply(addons.plan(only("mine", secret)));

        AddonPlan plan = addons.plan(only("mine", secret.replace("first", "second")));

        assertThat(plan.changes()).hasSize(1);
        assertThat(plan + plan.changes().get(0).fields().toString() + addons.apply(plan))
                .doesNotContain("-secret")
                .contains("(not shown)");
    }

    @Test
    void statusSaysWhatIsAvailableAndWhyNot(
            @ApiServer(controllers = true, kwokNodes = 2, shared = false) KubernetesApi kubernetes) {
        Addons addons = Addons.on(kubernetes.client());
        List<Addon> wanted = catalogue(CniKind.FLANNEL, a -> a.putManifest("mine", """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: nowhere, namespace: default}
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: nowhere}}
                  template:
                    metadata: {labels: {app: nowhere}}
                    spec:
                      nodeSelector: {disk: none}
                      containers: [{name: main, image: example.com/main}]
                """));
        addons.apply(addons.plan(wanted));
        List<Addon> flannel =
                wanted.stream().filter(addon -> addon.name().equals("flannel")).toList();
        List<Addon> mine =
                wanted.stream().filter(addon -> addon.name().equals("mine")).toList();

        addons.waitUntilReady(flannel, Duration.ofSeconds(60));
        WaitTimeoutException late = catchThrowableOfType(
                WaitTimeoutException.class, () -> addons.waitUntilReady(mine, Duration.ofSeconds(10)));

        assertThat(late.lastSeen())
                .startsWith("mine: not ready\n  Deployment default/nowhere: 0 of 2 available\n"
                        + "    PodScheduled is false: 0/2 nodes are available")
                .contains("(2 pods, one on no node)");
        List<AddonStatus> status = addons.status(wanted);
        assertThat(status)
                .filteredOn(AddonStatus::isReady)
                .extracting(AddonStatus::addon)
                .contains("flannel");
        assertThat(status.get(0))
                .hasToString(
                        "coredns: not ready\n  Deployment kube-system/coredns: 0 of 0 available\n    it is not there");
        assertNothingToDo(addons, wanted);
    }

    @Test
    void anApiThatDoesNotAnswerIsToldInTime(@ApiServer KubernetesApi kubernetes) {
        Config nobody = new ConfigBuilder(kubernetes.client().getConfiguration())
                .withMasterUrl("https://127.0.0.1:1/")
                .build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(nobody).build()) {
            KubernetesCallException failure =
                    catchThrowableOfType(KubernetesCallException.class, () -> Addons.on(client, IMPATIENT)
                            .plan(catalogue(CniKind.FLANNEL)));

            assertThat(failure.statusCode()).isZero();
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.failure().attempts()).isEqualTo(3);
            assertThat(failure).hasMessageContaining("cannot be reached");
        }
    }

    @Test
    void whoMayNotIsTold(@ApiServer KubernetesApi kubernetes) {
        Config stranger = new ConfigBuilder(kubernetes.client().getConfiguration())
                .withAutoOAuthToken("wrong")
                .build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(stranger).build()) {
            assertThatThrownBy(() -> Addons.on(client, IMPATIENT).plan(catalogue(CniKind.FLANNEL)))
                    .isInstanceOf(KubernetesCallException.class)
                    .hasMessageContaining("Renew the credentials")
                    .hasMessageNotContaining("wrong");
        }
    }
}
