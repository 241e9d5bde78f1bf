package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What else of the cluster an object's names depend on. Implementations do not call the cluster. */
public interface Surroundings {
    /**
     * A node.
     *
     * @param name its name
     * @return the node; empty when there is none
     */
    Optional<Node> node(String name);

    /**
     * All nodes.
     *
     * @return the nodes, in any order
     */
    List<Node> nodes();

    /**
     * A pod.
     *
     * @param namespace its namespace
     * @param name its name
     * @return the pod; empty when there is none
     */
    Optional<Pod> pod(String namespace, String name);

    /**
     * The pods that have labels.
     *
     * @param namespace their namespace
     * @param labels all of these
     * @return the pods, in any order
     */
    List<Pod> pods(String namespace, Map<String, String> labels);

    /**
     * The addresses behind a Service.
     *
     * @param namespace its namespace
     * @param service its name
     * @return the slices, in any order
     */
    List<EndpointSlice> slices(String namespace, String service);

    /**
     * A Gateway.
     *
     * @param namespace its namespace
     * @param name its name
     * @return the Gateway; empty when there is none
     */
    Optional<Gateway> gateway(String namespace, String name);

    /**
     * An Ingress.
     *
     * @param namespace its namespace
     * @param name its name
     * @return the Ingress; empty when there is none
     */
    Optional<Ingress> ingress(String namespace, String name);

    /**
     * The labels of a namespace.
     *
     * @param name its name
     * @return the labels; empty also when there is no such namespace
     */
    Map<String, String> namespaceLabels(String name);
}
