package io.k8saws.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Starts real components on this machine for a test, a demonstration or a benchmark.
 *
 * <pre>{@code
 * try (AwsEndpoint aws = Testbed.moto()) {
 *     Ec2Client ec2 = aws.configure(Ec2Client.builder()).build();
 *     ...
 * }
 * }</pre>
 *
 * <p>Each call starts a component of its own on free ports of the loopback address, waits until it is healthy and returns a value that ends it
 * when closed. Nothing outlives the JVM, even one that is killed. The programs come from {@code testbed/install}; one that is missing is a
 * {@link TestbedException} that names the command.
 *
 * <p>The environment decides first:
 *
 * <ul>
 *   <li>{@code K8SAWS_AWS_ENDPOINT}: the URL of an AWS endpoint to use; no emulator is started. {@code AWS_REGION},
 *       {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY} go with it.
 *   <li>{@code K8SAWS_ETCD_ENDPOINTS}: the client URLs of an etcd cluster to use, separated by commas. {@code ETCDCTL_CACERT},
 *       {@code ETCDCTL_CERT} and {@code ETCDCTL_KEY} go with https.
 *   <li>{@code K8SAWS_KUBECONFIG}: the kubeconfig file of a cluster to use; its current context counts.
 *   <li>{@code K8SAWS_TESTBED}: {@code docker} takes LocalStack and k3s in containers instead of installed programs.
 *   <li>{@code K8SAWS_TESTBED_HOME}: where the programs are installed; otherwise {@code $XDG_CACHE_HOME/k8saws/testbed} or
 *       {@code ~/.cache/k8saws/testbed}.
 *   <li>{@code K8SAWS_TESTBED_PYTHON}: the Python 3.11 or newer that supervises what is started; otherwise {@code python3}.
 * </ul>
 *
 * <p>In JUnit 5 tests take the annotations instead, such as {@link AwsEmulator}: they share components and close them.
 *
 * <p>Thread-safe.
 */
public final class Testbed {
    private Testbed() {}

    /**
     * Starts moto. Takes about two seconds; gives up after 60.
     *
     * @return an endpoint to close
     * @throws TestbedException if moto cannot be had
     */
    public static AwsEndpoint moto() {
        return Emulators.start(AwsKind.MOTO, Surroundings.current());
    }

    /**
     * Starts LocalStack. Takes about ten seconds; gives up after 120.
     *
     * @return an endpoint to close
     * @throws TestbedException if LocalStack cannot be had
     */
    public static AwsEndpoint localstack() {
        return Emulators.start(AwsKind.LOCALSTACK, Surroundings.current());
    }

    /**
     * Starts an etcd cluster that speaks plain HTTP. Takes about a second; gives up after 60.
     *
     * @param members how many, from 1 to 9
     * @return a cluster to close
     * @throws TestbedException if etcd cannot be had
     * @throws IllegalArgumentException if the number of members is out of range
     */
    public static EtcdCluster etcd(int members) {
        return EtcdCluster.start(members, false, Surroundings.current());
    }

    /**
     * Starts an etcd cluster that speaks TLS and asks for client certificates. Takes about a second; gives up after 60.
     *
     * @param members how many, from 1 to 9
     * @return a cluster to close
     * @throws TestbedException if etcd cannot be had
     * @throws IllegalArgumentException if the number of members is out of range
     */
    public static EtcdCluster etcdWithTls(int members) {
        return EtcdCluster.start(members, true, Surroundings.current());
    }

    /**
     * Starts an etcd cluster of the minor version before the newest of the testbed, 3.5, which speaks plain HTTP. Takes about a second; gives up after 60. {@code K8SAWS_ETCD_ENDPOINTS} does not
     * count here.
     *
     * @param members how many, from 1 to 9
     * @return a cluster to close
     * @throws TestbedException if it cannot be had
     * @throws IllegalArgumentException if the number of members is out of range
     */
    public static EtcdCluster previousEtcd(int members) {
        return EtcdCluster.startPrevious(members, false, Surroundings.current());
    }

    /**
     * The same, but it speaks TLS and asks for client certificates.
     *
     * @param members how many, from 1 to 9
     * @return a cluster to close
     * @throws TestbedException if it cannot be had
     * @throws IllegalArgumentException if the number of members is out of range
     */
    public static EtcdCluster previousEtcdWithTls(int members) {
        return EtcdCluster.startPrevious(members, true, Surroundings.current());
    }

    /**
     * Starts an etcd cluster of the older version that Debian has, 3.4 or 3.5, which speaks plain HTTP and writes to the disk for sure. Takes about a second; gives up after
     * 60. {@code K8SAWS_ETCD_ENDPOINTS} does not count here.
     *
     * @param members how many, from 1 to 9
     * @return a cluster to close
     * @throws TestbedException if it cannot be had
     * @throws IllegalArgumentException if the number of members is out of range
     */
    public static EtcdCluster olderEtcd(int members) {
        return EtcdCluster.startOlder(members, false, Surroundings.current());
    }

    /**
     * The same, but it speaks TLS and asks for client certificates.
     *
     * @param members how many, from 1 to 9
     * @return a cluster to close
     * @throws TestbedException if it cannot be had
     * @throws IllegalArgumentException if the number of members is out of range
     */
    public static EtcdCluster olderEtcdWithTls(int members) {
        return EtcdCluster.startOlder(members, true, Surroundings.current());
    }

    /**
     * Starts a kube-apiserver on an etcd of its own. Takes about five seconds; gives up after 90 for each part.
     *
     * @param controllers whether kube-controller-manager and kube-scheduler run, too
     * @param kwokNodes how many Ready nodes kwok plays; 0 for none
     * @return an API to close
     * @throws TestbedException if a part cannot be had
     * @throws IllegalArgumentException if the number of nodes is negative
     */
    public static KubernetesApi kubernetes(boolean controllers, int kwokNodes) {
        return Kubernetes.start(controllers, kwokNodes, Surroundings.current());
    }

    /**
     * Starts BIND's named for one zone. Takes about a second; gives up after 60.
     *
     * @param zone the zone's name, without final dot
     * @param text its zone file, such as {@link ZoneFile} writes
     * @return a name server to close
     * @throws TestbedException if it cannot be had, or refuses the zone
     */
    public static NameServer nameServer(String zone, String text) {
        return NameServer.start(zone, text, Surroundings.current());
    }

    /**
     * Starts a network for machines that boot from user data as EC2 instances do. Takes about two seconds; gives up after 60. Needs Linux and root, and
     * {@code testbed/install machines}, which {@code testbed/install} alone does not do.
     *
     * @param vpcCidr the IPv4 range of the VPC, such as {@code 10.0.0.0/16}; its third address is the name server's
     * @param subnetCidrs the IPv4 ranges of its subnets; the second address of each is its router's
     * @return a network to close
     * @throws TestbedException if it cannot be had
     */
    public static NodeMachines machines(String vpcCidr, List<String> subnetCidrs) {
        return NodeMachines.start(vpcCidr, subnetCidrs, Surroundings.current());
    }

    /**
     * Plays EC2's hosts for the only VPC that an emulator has, or will have, beside its default VPC: a machine for each of its instances.
     *
     * @param aws an emulator; its keys must be allowed to look at everything, to terminate instances and to take on their roles
     * @return a fleet to close; the emulator stays
     * @throws TestbedException if machines cannot be had here
     */
    public static NodeFleet fleet(AwsEndpoint aws) {
        return fleet(aws, Map.of());
    }

    /**
     * Plays EC2's hosts for one VPC of an emulator: a machine for each of its instances. The VPC need not be there yet.
     *
     * @param aws an emulator; its keys must be allowed to look at everything, to terminate instances and to take on their roles
     * @param vpcTags tags that the VPC has and no other
     * @return a fleet to close; the emulator stays
     * @throws TestbedException if machines cannot be had here
     */
    public static NodeFleet fleet(AwsEndpoint aws, Map<String, String> vpcTags) {
        return NodeFleet.start(aws, vpcTags, Surroundings.current());
    }

    /**
     * The folder of what node machines fetch: each file under the host and path of its first place, with its file of sums beside it. Nothing is checked.
     *
     * @return the folder, which {@code testbed/install machines} fills
     */
    public static Path mirror() {
        return Surroundings.current().home().resolve("machines/current/mirror");
    }

    /**
     * Finds an installed program of the testbed, to run it with arguments of your own.
     *
     * @param name one of {@code moto-server}, {@code localstack-host}, {@code etcd}, {@code etcdctl}, {@code etcdutl}, {@code etcd-3.5}, {@code etcdutl-3.5}, {@code etcd-debian}, {@code etcdctl-debian},
     *     {@code kube-apiserver}, {@code kube-controller-manager}, {@code kube-scheduler}, {@code kubeadm}, {@code kubeadm-1.33} to {@code kubeadm-1.35}, {@code kwok},
     *     {@code kubelet}, {@code kubectl}, {@code kube-proxy}, {@code coredns}, {@code aws-encryption-provider} (a stand-in), {@code dig}, {@code named-checkzone}, and named, BIND's server
     * @return the path of the program
     * @throws TestbedException if it is not installed
     * @throws IllegalArgumentException if the testbed has no such program
     */
    public static Path program(String name) {
        return Component.with(name).program(Surroundings.current(), name);
    }
}
