package io.k8saws.dns.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.source.SourceKind;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Objects are listed page by page, with those to which they refer, or it is said what cannot be listed")
class ListedObjectsTest {
    private static final String CORE = "/api/v1/";
    private static final String SLICES = "/apis/discovery.k8s.io/v1/";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Set<String> denied = ConcurrentHashMap.newKeySet();
    private final AtomicInteger tooOld = new AtomicInteger();
    private final PlayedApi api = new PlayedApi(question -> {
        asked.add(question.path() + "?" + question.query());
        boolean gone = question.query().contains("continue=more") && tooOld.getAndDecrement() > 0;
        int status = gone ? 410 : denied.contains(question.path()) ? 403 : 200;
        return new PlayedApi.Answer(status, answer(question.path(), question.query(), status));
    });

    @AfterEach
    void end() {
        api.close();
    }

    /** Two Services on two pages; of other kinds there is none. */
    private static String answer(String path, String query, int status) {
        if (status != 200) {
            return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":" + status
                    + (status == 410
                            ? ",\"reason\":\"Expired\",\"message\":\"too old\"}"
                            : ",\"reason\":\"Forbidden\",\"message\":\"may not list\"}");
        }
        boolean second = query.contains("continue=more");
        return "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{"
                + (path.endsWith("/services") && !second ? "\"continue\":\"more\"" : "") + "},\"items\":["
                + (path.endsWith("/services")
                        ? "{\"metadata\":{\"namespace\":\"shop\",\"name\":\"" + (second ? "b" : "a")
                                + "\"},\"spec\":{\"type\":\"NodePort\"}}"
                        : "")
                + "]}";
    }

    @Test
    void allPagesAreReadAndEmptyKindsAreKnown() {
        ListedObjects listed = ListedObjects.read(api.client(), SourceSettings.defaults());

        assertThat(listed.all())
                .extracting(ObjectKey::of)
                .containsExactly(new ObjectKey("Service", "shop", "a"), new ObjectKey("Service", "shop", "b"));
        assertThat(asked).allMatch(one -> one.contains("limit=500")).hasSize(6);
        Set<String> lacking = new TreeSet<>();
        assertThat(listed.noting(lacking).nodes()).isEmpty();
        assertThat(listed.noting(lacking).slices("shop", "a")).isEmpty();
        assertThat(lacking).isEmpty();
    }

    @Test
    void whatWasNotGivenIsLacking() {
        ListedObjects listed = new ListedObjects(
                ListedObjects.read(api.client(), SourceSettings.defaults()).all());
        Set<String> lacking = new TreeSet<>();

        assertThat(listed.noting(lacking).nodes()).isEmpty();
        assertThat(listed.noting(lacking).namespaceLabels("shop")).isEmpty();
        assertThat(lacking).containsExactly("Namespace", "Node");
    }

    @Test
    void oneNamespaceIsAskedFor_andNodesAreInNone() {
        ListedObjects listed = ListedObjects.read(
                api.client(), SourceSettings.builder().namespace("shop").build());

        assertThat(listed.all()).hasSize(2);
        assertThat(asked)
                .extracting(one -> one.substring(0, one.indexOf('?')))
                .containsOnly(
                        CORE + "nodes",
                        CORE + "namespaces/shop/pods",
                        SLICES + "namespaces/shop/endpointslices",
                        CORE + "namespaces/shop/services",
                        "/apis/networking.k8s.io/v1/namespaces/shop/ingresses");
    }

    @Test
    void aKindThatMayNotBeListedIsNamed() {
        denied.add(CORE + "nodes");

        assertThatThrownBy(() -> ListedObjects.read(api.client(), SourceSettings.defaults()))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageStartingWith("List objects of kind Node: may not list.");
    }

    @Test
    void aListThatBecameTooOldBeginsAgain() {
        tooOld.set(2);

        assertThat(ListedObjects.read(api.client(), SourceSettings.defaults()).all())
                .extracting(ObjectKey::of)
                .containsExactly(new ObjectKey("Service", "shop", "a"), new ObjectKey("Service", "shop", "b"));
        assertThat(asked).filteredOn(one -> one.startsWith(CORE + "services")).hasSize(6);
    }

    @Test
    void aListThatIsTooOldTimeAndAgainIsTold() {
        tooOld.set(100);

        assertThatThrownBy(() -> ListedObjects.read(api.client(), SourceSettings.defaults()))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageStartingWith(
                        "List objects of kind Service: the list became too old before its last page, 3 times.");
    }

    @Test
    void aKindThatTheClusterDoesNotServeIsNamed() {
        SourceSettings routes =
                SourceSettings.builder().kinds(SourceKind.HTTP_ROUTE).build();

        assertThatThrownBy(() -> ListedObjects.read(api.client(), routes))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageStartingWith("List objects of kind Gateway: the cluster does not serve it.");
    }
}
