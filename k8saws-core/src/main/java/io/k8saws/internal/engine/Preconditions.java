package io.k8saws.internal.engine;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.KubernetesSpec;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.pki.ClusterKey;
import io.k8saws.state.ClusterState;
import java.util.List;
import java.util.Optional;

/** What a cluster that is there already, ours or another, forbids to a wish that is right by itself. */
final class Preconditions {
    private Preconditions() {}

    /** Without its key the API server could read no Secret that it has written with it. */
    static void requireReadableSecrets(Optional<ClusterState> state, ClusterSpec spec) {
        boolean encrypted = state.flatMap(ClusterState::lastWanted)
                .filter(last -> last.kubernetes().secretsEncryption() != SecretsEncryption.NONE)
                .isPresent();
        boolean plain = state.map(found -> found.keys().use().trusted(ClusterKey.SECRETS_ENCRYPTION))
                .filter(List::isEmpty)
                .isPresent();
        if (encrypted && !plain && spec.kubernetes().secretsEncryption() == SecretsEncryption.NONE) {
            throw new InvalidSpecException(
                    "Plan cluster " + spec.name(),
                    List.of(new Violation(
                            "kubernetes.secretsEncryption",
                            "it cannot become none: Secrets in etcd are encrypted, and without the key nobody could read them",
                            "leave it as it is")));
        }
        state.flatMap(ClusterState::lastWanted).ifPresent(last -> kmsProblem(last.kubernetes(), spec.kubernetes())
                .ifPresent(problem -> {
                    throw new InvalidSpecException("Plan cluster " + spec.name(), List.of(problem));
                }));
    }

    /** While machines are replaced, API servers of before and of after read what the others write. */
    private static Optional<Violation> kmsProblem(KubernetesSpec last, KubernetesSpec wanted) {
        String path = "kubernetes.secretsKmsKey";
        String way = "set secretsEncryption to secretbox with this key first, and replace the control plane's machines";
        boolean same = last.secretsKmsKey().equals(wanted.secretsKmsKey());
        if (last.secretsEncryption() == SecretsEncryption.KMS && !same) {
            return Optional.of(new Violation(
                    path,
                    "it was " + last.secretsKmsKey().orElse("none")
                            + ", and without that key nobody could read the Secrets in etcd",
                    way + "; when all Secrets are written anew, change it"));
        }
        return wanted.secretsEncryption() == SecretsEncryption.KMS && !same
                ? Optional.of(new Violation(
                        path, "API servers that run do not know it, and could not read what new ones write", way))
                : Optional.empty();
    }

    /** Other tools tag what they own as we do. What they make later for a cluster of the same name could not be told apart from ours. */
    static void requireFreeName(Engine.Look look, ClusterSpec spec) {
        List<String> others = look.world().all().stream()
                .filter(one -> one.origin() == Origin.CONTROLLERS
                        && one.output(Observed.VPC).isPresent())
                .map(one -> one.address() + " in " + one.output(Observed.VPC).orElseThrow())
                .toList();
        boolean ours =
                look.state().isPresent() || look.world().all().stream().anyMatch(one -> one.origin() == Origin.OURS);
        if (!ours && !others.isEmpty()) {
            throw new InvalidSpecException(
                    "Plan cluster " + spec.name(),
                    List.of(new Violation(
                            "name",
                            "another cluster of this account has it: " + Engine.names(others) + " carry "
                                    + "kubernetes.io/cluster/" + spec.name() + "=owned, and k8saws did not make them",
                            "take another name, or delete what is left of that cluster")));
        }
    }
}
