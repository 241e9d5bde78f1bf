package io.k8saws;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.addon.Addon;
import io.k8saws.addon.AddonReport;
import io.k8saws.addon.Addons;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.bootstrap.SecretsKey;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.engine.Engine;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.operate.Operator;
import io.k8saws.internal.operate.Rotating;
import io.k8saws.internal.text.LineByLine;
import io.k8saws.kubeconfig.Kubeconfig;
import io.k8saws.operate.ClusterReadiness;
import io.k8saws.operate.EtcdAccess;
import io.k8saws.operate.EtcdDisk;
import io.k8saws.operate.EtcdOrder;
import io.k8saws.operate.RollOptions;
import io.k8saws.operate.RollPlan;
import io.k8saws.operate.RollReport;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.ExpiryReport;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.KeyRing;
import io.k8saws.pki.KeyUse;
import io.k8saws.pki.Rotation;
import io.k8saws.plan.Drift;
import io.k8saws.plan.Plan;
import io.k8saws.state.ClusterState;
import io.k8saws.state.Lock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A cluster that was applied before. A snapshot of its state, taken when it was asked for; its methods read the world anew. Immutable, safe to use from many
 * threads, and good for as long as the {@link K8sAws} that it came from is open.
 */
public final class Cluster {
    private final K8sAws library;
    private final Engine engine;
    private final ClusterScope scope;
    private final ClusterState state;

    Cluster(K8sAws library, Engine engine, ClusterScope scope, ClusterState state) {
        this.library = library;
        this.engine = engine;
        this.scope = scope;
        this.state = state;
    }

    /**
     * The cluster's name.
     *
     * @return the name in its spec
     */
    public String name() {
        return scope.cluster();
    }

    /**
     * What the last apply wanted.
     *
     * @return the spec
     * @throws K8sAwsException if the last apply was to destroy the cluster and nothing older is known
     */
    public ClusterSpec spec() {
        return state.lastWanted()
                .orElseThrow(() -> new K8sAwsException(
                        "Read the spec of cluster " + name(),
                        "the last apply was to destroy it",
                        "plan with a spec of your own, or go on destroying it"));
    }

    /**
     * The same cluster with its state read anew: for programs that run for long, while others plan and apply.
     *
     * @return a value of now; of what this one knows when there is no state any more
     * @throws K8sAwsException if the cluster's bucket cannot be read
     */
    public Cluster reread() {
        return new Cluster(library, engine, scope, current());
    }

    /**
     * How far the last apply came.
     *
     * @return the state as it was when this value was made
     */
    public ClusterState state() {
        return state;
    }

    /**
     * Plans a change of this cluster. Reads only.
     *
     * @param change makes the wanted spec from the last one
     * @return the plan
     */
    public Plan plan(UnaryOperator<ClusterSpec> change) {
        return library.plan(change.apply(spec()));
    }

    /**
     * Plans to make the cluster again what its spec says. Reads only, and looks closely: besides what any plan sees, it sees what AWS tells for one resource a
     * call only, such as the lifecycle hooks of an Auto Scaling group. That costs a call more for each of them.
     *
     * @return the plan; empty when nothing has drifted
     */
    public Plan planRepair() {
        return library.planRepair(spec());
    }

    /**
     * Plans newer machine images for this cluster: its last spec, with all images looked up anew that the spec does not name by their ids. Reads only. Any other plan keeps
     * the images that the last apply had.
     *
     * <p>The apply makes new versions of launch templates. Machines that run stay as they are until {@linkplain #planRoll() a roll}.
     *
     * @return the plan; empty when there is nothing newer and nothing else to do
     * @throws io.k8saws.error.InvalidSpecException if an image is no longer there
     */
    public Plan planNewImages() {
        return library.planNewImages(spec());
    }

    /**
     * Plans the replacement of all machines that are out of date: those that their groups would start otherwise now. See {@link #planRoll(Consumer)}.
     *
     * @return the plan; empty when no machine is out of date
     */
    public RollPlan planRoll() {
        return planRoll(roll -> {});
    }

    /**
     * Plans the replacement of machines that are out of date: an apply changes what groups start, and leaves running machines as they are. Reads only; asks AWS and the cluster's
     * API. Nothing is remembered of former rolls: when one was cut off, planning again shows what is left.
     *
     * @param options says which groups, and how carefully
     * @return the plan; empty when no machine is out of date
     * @throws K8sAwsException if the cluster has no such group, or its API does not answer
     */
    public RollPlan planRoll(Consumer<RollOptions.Builder> options) {
        RollOptions.Builder builder = new RollOptions.Builder();
        options.accept(builder);
        return library.roller(scope).plan(spec(), builder.build());
    }

    /**
     * Replaces the machines that a plan names: members of etcd one at a time and only while all others work, then the control plane one at a time, then pools. Nodes are cordoned and
     * drained with respect to PodDisruptionBudgets; each machine is ended through its group, which starts the successor. Takes the cluster's lock. Can be killed anywhere: planning
     * and rolling again goes on from there. The listener that the library was opened with hears of each change.
     *
     * @param plan the plan
     * @param limit how long at most
     * @return what was done; the successors work
     * @throws io.k8saws.operate.RollRefusedException if the plan has refusals, or groups start other machines now than it shows; nothing was changed
     * @throws io.k8saws.error.ConflictException if another writer works on the cluster; nothing was changed
     * @throws io.k8saws.operate.RollException if it stopped before its end; it carries the report, and its cause says why
     */
    public RollReport roll(RollPlan plan, Duration limit) {
        return library.roller(scope).roll(spec(), plan, limit, library.progress());
    }

    /**
     * Plans the deletion of everything that the cluster owns. Reads only.
     *
     * @return the plan
     */
    public Plan planDestroy() {
        return library.planDestroy(name());
    }

    /**
     * What differs from the last apply, and what is there that is not ours. Reads only, and looks as closely as {@link #planRepair()}.
     *
     * @return the drift
     */
    public Drift drift() {
        return Drift.of(planRepair());
    }

    /**
     * What the cluster's machines said last: at which step each is on its way to becoming a node, or why it failed. Reads the cluster's bucket and its groups.
     *
     * @return one status for each machine that has written one and is still there, by group
     */
    public List<NodeStatus> nodes() {
        return new LineByLine<>(operator().nodes(spec()));
    }

    /**
     * Makes an administrator's kubeconfig that lives for an hour. See {@link #kubeconfig(Duration)}.
     *
     * @return the file's content; secret
     */
    public Kubeconfig kubeconfig() {
        return kubeconfig(Operator.CREDENTIALS);
    }

    /**
     * Makes an administrator's kubeconfig: a new key, and a certificate for it from the authority in the cluster's bucket. Whoever may read {@code nodes/pki/keys/} there may do
     * this. The certificate cannot be called back, so it should live as short as will do.
     *
     * @param validity how long it lives, at most as long as the authority
     * @return the file's content; secret
     * @throws K8sAwsException if the authority cannot be read
     */
    public Kubeconfig kubeconfig(Duration validity) {
        return operator().kubeconfig(spec(), keyUse(), validity);
    }

    /**
     * Opens a client of the cluster's Kubernetes API, with an administrator's rights for an hour.
     *
     * @return the client, to be closed
     */
    public KubernetesClient kubernetes() {
        return operator().client(spec(), keyUse(), Operator.CREDENTIALS);
    }

    /**
     * Makes what a client of the cluster's etcd needs: a new key, and a certificate for it from the authority in the cluster's bucket. Whoever may read {@code nodes/pki/keys/} there may do this. The members
     * answer machines alone that their security groups let in.
     *
     * @param validity how long the certificate lives, at most as long as the authority
     * @return where the members are, and what a client needs; secret
     * @throws K8sAwsException if the authority cannot be read
     */
    public EtcdAccess etcdAccess(Duration validity) {
        return operator().etcd(spec(), keyUse(), false, validity);
    }

    /**
     * Makes what a client of the cluster's etcd for events needs. See {@link #etcdAccess(Duration)}.
     *
     * @param validity how long the certificate lives
     * @return where the members are, and what a client needs; secret
     * @throws K8sAwsException if there is no etcd for events, too
     */
    public EtcdAccess etcdEventsAccess(Duration validity) {
        return operator().etcd(spec(), keyUse(), true, validity);
    }

    /**
     * Looks at the keys with which the API servers encrypt Secrets in etcd, in the cluster's bucket: a backup of etcd is of no use without them. Whoever may read {@code nodes/pki/keys/} there may do this.
     *
     * @return one for each key that is needed to read what is in etcd, with a fingerprint and never the key; none when Secrets are not encrypted
     * @throws K8sAwsException if a key cannot be read
     */
    public List<SecretsKey> secretsKeys() {
        return operator().secretsKeys(spec(), keyUse());
    }

    /**
     * Looks at the disk of an etcd member: which volume it is, and whether the member's machine waits because its data is lost. Reads the cluster's bucket, its groups and its volumes.
     *
     * @param member the member's name, for example {@code etcd-3}
     * @return how it is
     * @throws K8sAwsException if there is no such member
     */
    public EtcdDisk etcdDisk(String member) {
        return operator().etcdDisk(spec(), false, member);
    }

    /**
     * Looks at the disk that an etcd member has for events. See {@link #etcdDisk(String)}.
     *
     * @param member the member's name
     * @return how it is
     * @throws K8sAwsException if there is no etcd for events, too
     */
    public EtcdDisk etcdEventsDisk(String member) {
        return operator().etcdDisk(spec(), true, member);
    }

    /**
     * Lets the machine of an etcd member start on a disk without data. This is one step of a member's replacement, and wrong before the others: {@code MemberReplacement} of {@code k8saws-etcd} does all of them. Takes the
     * cluster's lock. The same order twice is as good as once; no two orders are ever written for one id of a member.
     *
     * @param order which member, under which id, takes which volume
     * @throws K8sAwsException if the member's machine does not say that it waits for this, the volume is not the member's, the machine does not have it, or the id was ordered before; nothing was written
     * @throws io.k8saws.error.ConflictException if another writer works on the cluster; nothing was written
     */
    public void orderEtcdDisk(EtcdOrder order) {
        ClusterSpec spec = spec();
        engine.locked(scope, mayChange -> {
            operator().orderEtcdDisk(spec, order, mayChange);
            return order;
        });
    }

    /**
     * The add-ons that the cluster should have, in the order in which they are applied.
     *
     * @return the add-ons of its spec
     */
    public List<Addon> addons() {
        return operator().addons(spec());
    }

    /**
     * Waits until the cluster's API answers, then makes its add-ons what its spec says. Without them no node becomes ready. May be called at any time, and again.
     *
     * @param limit how long to wait for the API
     * @return what was done
     * @throws io.k8saws.error.WaitTimeoutException if the API does not answer in time; it says where each machine is
     * @throws io.k8saws.addon.AddonConflictException if somebody else has set fields otherwise
     * @throws io.k8saws.addon.AddonApplyException if some objects failed; it carries the report
     */
    public AddonReport applyAddons(Duration limit) {
        Operator operator = operator();
        try (KubernetesClient client = clientFor(limit)) {
            operator.awaitApi(spec(), client, limit, library.progress());
            Addons addons = operator.addons(client);
            return addons.apply(addons.plan(operator.addons(spec())));
        }
    }

    /**
     * Looks at the cluster's machines, its API and its add-ons once.
     *
     * @return what was seen
     */
    public ClusterReadiness readiness() {
        try (KubernetesClient client = kubernetes()) {
            return operator().look(spec(), client);
        }
    }

    /**
     * Waits until each machine is what it shall be, the API answers and each add-on is available. The listener that the library was opened with hears of each change.
     * Changes nothing: {@link #applyAddons} does.
     *
     * @param limit how long at most
     * @return what was seen in the end
     * @throws io.k8saws.error.WaitTimeoutException if not all is ready in time; it names what is not, and for a machine the step, the reason and the last lines of its log
     */
    public ClusterReadiness waitUntilReady(Duration limit) {
        try (KubernetesClient client = clientFor(limit)) {
            return operator().awaitReady(spec(), client, limit, library.progress());
        }
    }

    /** A client whose credentials outlive a wait. */
    private KubernetesClient clientFor(Duration limit) {
        return operator().client(spec(), keyUse(), Operator.CREDENTIALS.plus(limit));
    }

    /** As they are now: a value of this class may have been made before a rotation went on. */
    private KeyUse keyUse() {
        return keyRing().use();
    }

    private KeyRing keyRing() {
        return current().keys();
    }

    private ClusterState current() {
        return engine.state(scope).read().orElse(state);
    }

    /**
     * The keys that the cluster rests on; all of them can be rotated, but for the Kubernetes authority where there are Windows workers, which do not tell what they trust.
     *
     * @return its authorities, the key of service accounts, and the one that encrypts Secrets when they are encrypted
     */
    public Set<ClusterKey> keys() {
        return Rotating.keys(spec());
    }

    /**
     * Gives the authority to which the next rotation of its key goes; without one the rotation makes its own, which is its own root. May be called at any time before that
     * rotation begins; what is given is used, unless {@link #forgetNextAuthority} takes it back. As for {@link K8sAws#keepAuthority}, one with its private key is taken as it is, and one with a signer signs a
     * subordinate one.
     *
     * @param role which authority
     * @param authority the authority
     * @return the generation that it is
     * @throws io.k8saws.pki.InvalidAuthorityException if it has ended or ends within 60 days, its key is elsewhere and it cannot sign an authority, or an authority of the cluster has the same key; nothing was
     *     written
     * @throws io.k8saws.error.ConflictException if the next one was given before, or another writer works on the cluster; a signer was not asked
     * @throws K8sAwsException if the cluster's present authority is not there yet, because no apply has made it
     * @throws IllegalArgumentException if the cluster has no such authority
     */
    public KeyGeneration keepNextAuthority(AuthorityRole role, CertificateAuthority authority) {
        return library.keepAuthority(spec(), role, authority, true);
    }

    /**
     * Takes back what {@link #keepNextAuthority} has given, as long as no rotation to it was begun: its object is destroyed with all its versions. The next rotation makes its own
     * authority again, unless another one is given.
     *
     * @param role which authority
     * @return the generation that it would have been; empty when none was given
     * @throws io.k8saws.error.ConflictException if another writer works on the cluster
     */
    public Optional<KeyGeneration> forgetNextAuthority(AuthorityRole role) {
        return engine.forgetNextKey(scope, ClusterKey.of(role));
    }

    /**
     * When the cluster's authorities and certificates end, as far as they lie in its bucket: authorities in use and those that were given for a rotation, under the names of their
     * generations; certificates of etcd's members and of the control plane that an apply has made, under their group and path. Machines keep what they have loaded until they are
     * replaced. What machines sign for themselves is not here: they renew that by themselves. Reads only.
     *
     * @return the report, at the time of the library's clock
     */
    public ExpiryReport expiry() {
        return operator().expiry();
    }

    /**
     * How far the rotations of the cluster's keys are. Reads the state.
     *
     * @return the last one of each key that was ever rotated, done or not
     */
    public List<Rotation> rotations() {
        return new LineByLine<>(keyRing().rotations());
    }

    /**
     * Plans the next phase of the rotations of keys: of those that do not run yet the first, for the others the next, all together, so that one roll of the machines serves all.
     * Reads only: the cluster's groups, and what each machine said of the keys that it has loaded. The plan is one like any other; its apply saves the phase before it changes
     * anything. Then {@linkplain #planRoll() roll} the machines, and plan again, until {@link #rotations()} says {@code DONE}. {@link #rotate(Set, Duration)} does all that.
     *
     * <p>When the last apply has not come to its end, this plans what is left of it, and no further phase.
     *
     * @param keys which keys, of {@link #keys()}
     * @return the plan; the last one destroys the old keys
     * @throws K8sAwsException if an authority that was given for a rotation that would begin cannot be used any more, or ends within two weeks
     * @throws io.k8saws.pki.RotationBlockedException if machines are in the way, by their names: they have not told, or run with the files of an earlier phase; or time
     * @throws IllegalArgumentException if no key is named, or one that the cluster does not have
     */
    public Plan planRotation(ClusterKey... keys) {
        return planRotation(List.of(keys));
    }

    /**
     * Plans the next phase of the rotations of keys; see {@link #planRotation(ClusterKey...)}.
     *
     * @param keys which keys, such as all {@link #keys()}
     * @return the plan
     * @throws io.k8saws.pki.RotationBlockedException if machines or time are in the way
     */
    public Plan planRotation(Collection<ClusterKey> keys) {
        return planRotation(keys, key -> Rotating.unseenLife(spec(), key));
    }

    /**
     * Plans the next phase of the rotations of keys; see {@link #planRotation(ClusterKey...)}.
     *
     * @param keys which keys, of {@link #keys()}
     * @param unseenLife for rotations that begin: the longest life of what the old keys have signed and no machine shows, such as kubeconfigs that were handed out and tokens that
     *     pods or people asked for. So long everybody trusts both keys. Unless given it is an hour for the Kubernetes authority and a day for service accounts
     * @return the plan
     * @throws io.k8saws.pki.RotationBlockedException if machines or time are in the way
     */
    public Plan planRotation(Collection<ClusterKey> keys, Duration unseenLife) {
        return planRotation(keys, key -> unseenLife);
    }

    private Plan planRotation(Collection<ClusterKey> keys, Function<ClusterKey, Duration> unseenLife) {
        ClusterSpec spec = spec();
        return engine.planKeys(spec, scope, (found, ring) -> {
            requireSameWish(found);
            return found.status() == ClusterState.Status.APPLIED
                    ? library.rotating(scope).next(spec, ring, keys, unseenLife)
                    : ring;
        });
    }

    /** Keys are exchanged in a cluster that shall stay as it is: a destroy is not turned back by the way, and nobody's change. */
    private void requireSameWish(ClusterState found) {
        requireWanted(found);
        if (!found.lastWanted().equals(state.lastWanted())) {
            throw new K8sAwsException(
                    "Plan a rotation of the keys of cluster " + name(),
                    "somebody has changed its spec since it was looked up",
                    "ask for the cluster again: k8s.cluster(name)");
        }
    }

    void requireWanted() {
        requireWanted(state);
    }

    private void requireWanted(ClusterState found) {
        if (found.spec().isEmpty()) {
            throw new K8sAwsException(
                    "Rotate the keys of cluster " + name(),
                    "the last apply was to destroy it",
                    "go on destroying it, or plan and apply a spec of yours first");
        }
    }

    /**
     * Plans to turn rotations back, from any phase but the last: a rotation in the other direction, to be applied and gone on with like any other. Reads only.
     *
     * @param keys which keys
     * @return the plan
     * @throws K8sAwsException if a key has no rotation that runs
     */
    public Plan planRollBack(ClusterKey... keys) {
        return planRollBack(List.of(keys));
    }

    /**
     * Plans to turn rotations back; see {@link #planRollBack(ClusterKey...)}.
     *
     * @param keys which keys
     * @return the plan
     * @throws K8sAwsException if a key has no rotation that runs
     */
    public Plan planRollBack(Collection<ClusterKey> keys) {
        return engine.planKeys(spec(), scope, (found, ring) -> {
            requireSameWish(found);
            return library.rotating(scope).back(ring, keys);
        });
    }

    /**
     * Reads each Secret of the cluster and writes it back as it is, so that etcd has it encrypted with the key that encrypts now. A rotation of that key waits for this in its phase
     * {@code REISSUE}. May be called at any time.
     *
     * @param limit how long at most
     * @return how many Secrets were written
     * @throws io.k8saws.error.WaitTimeoutException if it took longer; it may be called again
     */
    public int rewriteSecrets(Duration limit) {
        try (KubernetesClient client = clientFor(limit)) {
            return library.rotating(scope).rewrite(keyRing(), client, limit);
        }
    }

    /**
     * Lets pods leave that started before {@code kube-root-ca.crt} had all authorities of the API, and waits until none is left: most programs read it once. Budgets are respected,
     * and pods that no controller would start anew stay. Belongs between the roll of {@code TRUST_BOTH} of the Kubernetes authority and the next phase.
     *
     * @param limit how long at most
     * @throws io.k8saws.error.WaitTimeoutException if it took longer; it names the pods
     */
    public void renewTrustOfPods(Duration limit) {
        try (KubernetesClient client = clientFor(limit)) {
            library.rotating(scope).renewTrust(keyRing(), client, limit);
        }
    }

    /**
     * Rotates keys to the end: plans each phase, applies it and rolls the machines, again and again. See {@link #rotate(Set, Optional, Consumer, Duration)}.
     *
     * @param keys which keys, of {@link #keys()}
     * @param limit how long at most
     * @return the rotations, done
     */
    public List<Rotation> rotate(Set<ClusterKey> keys, Duration limit) {
        return rotate(keys, Optional.empty(), roll -> {}, limit);
    }

    /**
     * Rotates keys to the end: begins a rotation of those that have none, goes on with the others, and for each phase plans, applies, rolls the machines and, where it is their turn,
     * writes Secrets back. The machines are replaced three times, whatever the number of keys. Can be cut off anywhere: called again, it goes on from there. The listener that
     * the library was opened with hears of it.
     *
     * @param keys which keys, of {@link #keys()}
     * @param unseenLife as for {@link #planRotation(Collection, Duration)}; when empty, the same default
     * @param options how the machines are rolled
     * @param limit how long at most
     * @return the rotations, done
     * @throws io.k8saws.pki.RotationBlockedException if machines are in the way until the limit, or what nobody sees lives longer than that: call it again then
     * @throws io.k8saws.operate.RollException if a roll stopped before its end
     * @throws io.k8saws.plan.ApplyException if not everything could be applied
     */
    public List<Rotation> rotate(
            Set<ClusterKey> keys,
            Optional<Duration> unseenLife,
            Consumer<RollOptions.Builder> options,
            Duration limit) {
        return new LineByLine<>(
                new RotationRun(library, library.rotating(scope), name(), keys, unseenLife, options).run(limit));
    }

    private Operator operator() {
        return library.operator(scope);
    }

    /**
     * Former applies, newest first.
     *
     * @param atMost how many
     * @return their states
     */
    public List<ClusterState> history(int atMost) {
        return engine.state(scope).history(atMost);
    }

    /**
     * The apply before the last one; its spec can be planned to go back.
     *
     * @return its state, or empty when there was none
     */
    public Optional<ClusterState> previous() {
        return engine.state(scope).previous();
    }

    /**
     * Who holds the right to change the cluster.
     *
     * @return the lock, or empty when it was never taken
     */
    public Optional<Lock> lock() {
        return library.lock(name());
    }

    /**
     * Frees the lock whoever holds it, for people who know that the holder is gone. A lock frees itself a minute after its holder stopped renewing it, and at
     * once when the holder was a process of this host that has ended.
     *
     * @return the lock that was broken, or empty when nobody held it
     */
    public Optional<Lock> breakLock() {
        return library.breakLock(name());
    }

    @Override
    public String toString() {
        return name() + "@" + scope.region()
                + state.lastWanted().map(spec -> " " + spec.kubernetesVersion()).orElse("") + " " + state.status()
                + " (apply "
                + state.serial() + ", plan " + state.planId() + ", " + state.writtenAt() + ")";
    }
}
