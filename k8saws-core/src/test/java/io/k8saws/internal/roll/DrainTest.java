package io.k8saws.internal.roll;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrainTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static PodView pod(String controller, boolean mirror, String phase, boolean leaving) {
        String owners = controller.isEmpty() ? "" : "{'kind':'" + controller + "','controller':true}";
        return PodView.of(
                json("{'metadata':{'namespace':'shop','name':'web','uid':'u','ownerReferences':[" + owners + "]"
                        + (mirror ? ",'annotations':{'kubernetes.io/config.mirror':'x'}" : "")
                        + (leaving ? ",'deletionTimestamp':'2026-01-01T00:00:00Z'" : "")
                        + "},'spec':{'nodeName':'i-1'},'status':{'phase':'" + phase + "'}}"));
    }

    @ParameterizedTest
    @CsvSource({
        "ReplicaSet,  false, Running,   false, evict",
        "ReplicaSet,  false, Pending,   false, evict",
        "StatefulSet, false, Unknown,   false, evict",
        "Job,         false, Running,   false, evict",
        "'',          false, Running,   false, evict",
        "ReplicaSet,  false, Running,   true,  leaving",
        "'',          false, Pending,   true,  leaving",
        "DaemonSet,   false, Running,   false, of a DaemonSet",
        "DaemonSet,   false, Running,   true,  of a DaemonSet",
        "Node,        true,  Running,   false, a file on its node",
        "'',          true,  Pending,   true,  a file on its node",
        "Job,         false, Succeeded, false, finished",
        "Job,         false, Failed,    true,  finished"
    })
    void whatBecomesOfAPod(String controller, boolean mirror, String phase, boolean leaving, String becomes) {
        PodView pod = pod(controller, mirror, phase, leaving);

        Drain drain = Drain.of(List.of(pod));

        assertThat(drain.evict()).hasSize(becomes.equals("evict") ? 1 : 0);
        assertThat(drain.leaving()).hasSize(becomes.equals("leaving") ? 1 : 0);
        boolean stays = drain.evict().isEmpty() && drain.leaving().isEmpty();
        assertThat(drain.stay()).isEqualTo(stays ? List.of(new Drain.Staying(pod, becomes)) : List.of());
        assertThat(drain.isDone()).isEqualTo(stays);
    }

    @Test
    void anOwnerThatIsNoControllerStartsNothingAnew() {
        PodView pod = PodView.of(
                json("{'metadata':{'namespace':'a','name':'b','ownerReferences':[{'kind':'DaemonSet'}]},'status':{}}"));

        assertThat(pod.controller()).isEmpty();
        assertThat(Drain.of(List.of(pod)).evict()).containsExactly(pod);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                                        | true",
                "null                                                                      | false",
                "{'matchLabels':{'app':'web'}}                                             | true",
                "{'matchLabels':{'app':'db'}}                                              | false",
                "{'matchLabels':{'app':'web','tier':'x'}}                                  | false",
                "{'matchExpressions':[{'key':'app','operator':'In','values':['a','web']}]} | true",
                "{'matchExpressions':[{'key':'app','operator':'NotIn','values':['web']}]}  | false",
                "{'matchExpressions':[{'key':'tier','operator':'NotIn','values':['web']}]} | true",
                "{'matchExpressions':[{'key':'app','operator':'Exists'}]}                  | true",
                "{'matchExpressions':[{'key':'app','operator':'DoesNotExist'}]}            | false",
                "{'matchExpressions':[{'key':'app','operator':'Likes'}]}                   | false",
                "{'matchLabels':{'app':'web'},'matchExpressions':[{'key':'tier','operator':'Exists'}]} | false"
            },
            quoteCharacter = '`')
    void selectors(String selector, boolean accepts) {
        assertThat(LabelSelector.of(json(selector)).accepts(java.util.Map.of("app", "web")))
                .isEqualTo(accepts);
    }

    @ParameterizedTest
    @CsvSource({"0, 2, 2, true", "0, 3, 2, true", "0, 1, 2, false", "1, 1, 2, false", "0, 0, 0, false", "0, 1, 0, false"
    })
    void aBudgetThatNeverAllows(int allowed, int desired, int expected, boolean never) {
        BudgetView budget = BudgetView.of(json("{'metadata':{'namespace':'shop','name':'web'},'spec':{'selector':{}},"
                + "'status':{'disruptionsAllowed':" + allowed + ",'desiredHealthy':" + desired + ",'expectedPods':"
                + expected + "}}"));

        assertThat(budget.neverAllows()).isEqualTo(never);
        assertThat(budget.counts(pod("ReplicaSet", false, "Running", false))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "True,  '',                                              true",
        "False, '',                                              false",
        "Unknown, '',                                            false",
        "True,  node.cloudprovider.kubernetes.io/uninitialized, false",
        "True,  node.kubernetes.io/unschedulable,               true"
    })
    void aNodeIsReadyWhenItsKubeletSaysSoAndTheCloudControllerHasSeenIt(String status, String taint, boolean ready) {
        NodeView node =
                NodeView.of(json("{'metadata':{'name':'i-1','uid':'u','annotations':{'k8saws.io/roll':'draining'}},"
                        + "'spec':{'unschedulable':true,'taints':[{'key':'" + taint
                        + "'}]},'status':{'conditions':[{'type':'MemoryPressure','status':'True'},{'type':'Ready','status':'"
                        + status + "'}]}}"));

        assertThat(node).isEqualTo(new NodeView("i-1", "u", ready, true, "draining"));
        assertThat(node.isMarked()).isTrue();
    }
}
