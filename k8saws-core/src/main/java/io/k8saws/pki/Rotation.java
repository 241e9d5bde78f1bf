package io.k8saws.pki;

import io.k8saws.error.K8sAwsException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The exchange of one key for another as a value: of an authority, of the service-account key, or of the key that encrypts Secrets. At no moment does a verifier
 * distrust a key that somebody uses, whoever picks up its files when. With the key that encrypts Secrets, to trust is to be able to read, to sign is to encrypt, and
 * what is shown is what lies in etcd.
 *
 * <p>How to drive it:
 *
 * <ol>
 *   <li>{@link #ofAuthority}, {@link #ofServiceAccountKey} or {@link #of} makes it. <b>Save it</b> ({@link #toJson()}) before anything else.
 *   <li>Bring the world to what it wants: {@link #trusted()} into every trust bundle, {@link #signer()} to every signer; {@link #task()} says it in words.
 *   <li>Look at the world, and {@link #advance} with what was seen. It refuses until what {@link #requirement()} says is true. Save the next one <b>before</b>
 *       its files are written; then go on with 2.
 * </ol>
 *
 * <p>A run that dies anywhere goes on from the saved text: read it, bring the world to what it wants, look, advance. {@link #rollBack} turns back from every
 * phase but the last.
 *
 * <p>It rests on three things, each of which the tests take away to see it break: what is saved is saved before its files are written; a component that starts,
 * or cannot be asked, is reported as {@link ObservedTrust#unknown}; and the files from which machines boot and components restart are reported, too. Immutable.
 *
 * @param key which key
 * @param from the id of the key that goes, or the name of its generation; {@value #PLAIN} where Secrets were not encrypted
 * @param to the id of the key that comes, or the name of its generation
 * @param phase how far it is
 * @param since when this phase began
 * @param unseenLife the longest life of what is signed and cannot be looked at: tokens of pods, kubeconfigs that were handed out. So long {@link
 *     RotationPhase#REISSUE} lasts at least
 */
public record Rotation(
        ClusterKey key, String from, String to, RotationPhase phase, Instant since, Duration unseenLife) {
    /** Stands in the place of a key while Secrets are not encrypted. */
    public static final String PLAIN = "plain";

    private static final String DESTROY = "Destroy the old private key";
    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}|[a-z-]+-[1-9][0-9]{0,5}|" + PLAIN);

    /** Checks the ids. */
    public Rotation {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(since, "since");
        if (!ID.matcher(from).matches() || !ID.matcher(to).matches()) {
            throw new IllegalArgumentException(
                    "a key's id has 64 lower-case hexadecimal digits, and a generation has a name: " + from + ", "
                            + to);
        }
        if (from.equals(to)) {
            throw new IllegalArgumentException("a rotation needs two keys, and both are " + from);
        }
        if (unseenLife.isNegative()) {
            throw new IllegalArgumentException("a life cannot be negative: " + unseenLife);
        }
    }

    /**
     * Begins the rotation of an authority.
     *
     * @param role which one
     * @param from the one that signs today
     * @param to the new one
     * @param unseenLife the longest life of certificates that were handed out and cannot be looked at, such as those of people; zero when there are none
     * @param now when
     * @return the rotation, in its first phase
     */
    public static Rotation ofAuthority(
            AuthorityRole role, CertificateAuthority from, CertificateAuthority to, Duration unseenLife, Instant now) {
        return new Rotation(ClusterKey.of(role), from.id(), to.id(), RotationPhase.TRUST_BOTH, now, unseenLife);
    }

    /**
     * Begins the rotation of the key that signs service-account tokens.
     *
     * @param from the key that signs today
     * @param to the new one
     * @param longestTokenLife the longest life of a token. An API server gives tokens of pods a year unless {@code --service-account-extend-token-expiration}
     *     is false, and {@code --service-account-max-token-expiration} bounds those that are asked for. Tokens in Secrets never end: replace them first
     * @param now when
     * @return the rotation, in its first phase
     */
    public static Rotation ofServiceAccountKey(
            SecretKeyPair from, SecretKeyPair to, Duration longestTokenLife, Instant now) {
        return new Rotation(
                ClusterKey.SERVICE_ACCOUNTS, from.id(), to.id(), RotationPhase.TRUST_BOTH, now, longestTokenLife);
    }

    /**
     * Begins the rotation of a cluster's key, of which generations are known and not the keys themselves.
     *
     * @param key which key
     * @param from the generation that is used today; 0 where Secrets are not encrypted
     * @param to the new one
     * @param unseenLife the longest life of what is signed and cannot be looked at; zero when there is nothing
     * @param now when
     * @return the rotation, in its first phase
     */
    public static Rotation of(ClusterKey key, int from, int to, Duration unseenLife, Instant now) {
        return new Rotation(key, id(key, from), id(key, to), RotationPhase.TRUST_BOTH, now, unseenLife);
    }

    private static String id(ClusterKey key, int generation) {
        return generation == 0 && key == ClusterKey.SECRETS_ENCRYPTION
                ? PLAIN
                : new KeyGeneration(key, generation).name();
    }

    /** The number of the generation that an id names; empty when it is the id of a key. */
    static Optional<Integer> generation(String id) {
        return id.equals(PLAIN) ? Optional.of(0) : KeyGeneration.named(id).map(KeyGeneration::number);
    }

    /**
     * Reads a rotation as {@link #toJson()} writes it.
     *
     * @param json the text
     * @return the rotation
     * @throws K8sAwsException when the text is no rotation, or one of another version
     */
    public static Rotation fromJson(String json) {
        return RotationJson.read(json);
    }

    /**
     * Writes this rotation. It holds ids only, nothing secret.
     *
     * @return JSON
     */
    public String toJson() {
        return RotationJson.write(this);
    }

    /**
     * Returns the keys that every verifier trusts in this phase.
     *
     * @return one or two ids
     */
    public Set<String> trusted() {
        return phase.trustsBoth() ? Set.of(from, to) : Set.of(to);
    }

    /**
     * Returns the key that signs in this phase: certificates, requests of kubelets, or tokens.
     *
     * @return its id
     */
    public String signer() {
        return phase == RotationPhase.TRUST_BOTH ? from : to;
    }

    /**
     * Tells what is rotated.
     *
     * @return such as {@code the authority kubernetes}
     */
    public String subject() {
        return key.authority()
                .map(role -> "the authority " + role)
                .orElse(
                        key == ClusterKey.SERVICE_ACCOUNTS
                                ? "the service-account key"
                                : "the key that encrypts Secrets");
    }

    /**
     * Tells what is to be done in this phase.
     *
     * @return one sentence without its full stop
     */
    public String task() {
        return switch (key) {
            case SERVICE_ACCOUNTS -> tokenTask();
            case SECRETS_ENCRYPTION -> encryptionTask();
            default -> authorityTask();
        };
    }

    private String authorityTask() {
        return switch (phase) {
            case TRUST_BOTH ->
                "Write both certificates into every trust bundle, kubeconfig and kube-root-ca.crt, and have every verifier load them";
            case SIGN_WITH_NEW ->
                "Sign with the new authority from now on, in kube-controller-manager (--cluster-signing-key-file), too";
            case REISSUE ->
                "Issue every certificate again, have its holder load it, and wait until those that nobody sees have ended";
            case DROP_OLD ->
                "Take the old certificate out of every trust bundle, kubeconfig and kube-root-ca.crt, and have every verifier load them";
            case DONE -> DESTROY;
        };
    }

    private String tokenTask() {
        return switch (phase) {
            case TRUST_BOTH ->
                "Give both public keys to every API server (--service-account-key-file twice) and publish both in the issuer's key document";
            case SIGN_WITH_NEW ->
                "Give the new private key to every API server (--service-account-signing-key-file) and kube-controller-manager";
            case REISSUE -> "Wait until the last token of the old key has ended";
            case DROP_OLD -> "Take the old public key from every API server, and from the issuer's key document";
            case DONE -> DESTROY;
        };
    }

    private String encryptionTask() {
        return switch (phase) {
            case TRUST_BOTH ->
                "Give the new key to every API server as one that decrypts, behind the one that encrypts (--encryption-provider-config)";
            case SIGN_WITH_NEW -> "Put the new key first in every API server, so that it encrypts";
            case REISSUE -> "Read every Secret and write it back";
            case DROP_OLD -> "Take the old key from every API server";
            case DONE -> DESTROY;
        };
    }

    /**
     * Tells what must be true in the world before the next phase begins; {@link #advance} checks it.
     *
     * @return one sentence without its full stop
     */
    public String requirement() {
        return switch (phase) {
            case TRUST_BOTH -> "Every verifier trusts both keys";
            case SIGN_WITH_NEW -> "Nobody signs with the old key";
            case REISSUE ->
                "Nobody signs with the old key or shows what it has signed, and "
                        + ExpiryReport.left(unseenLife)
                        + " have gone by since " + since;
            case DROP_OLD -> "No verifier trusts the old key";
            case DONE -> "Nothing: this is the end";
        };
    }

    /**
     * Tells what stands in the way of the next phase.
     *
     * @param world everything that verifies or is verified, as it was seen at {@code now} or before, but in this phase
     * @param now when
     * @return one line each; empty when {@link #advance} will succeed, and in the last phase
     */
    public List<String> blockers(Collection<ObservedTrust> world, Instant now) {
        List<String> blockers = new ArrayList<>();
        if (phase == RotationPhase.DONE) {
            return blockers;
        }
        if (world.stream().noneMatch(c -> c.trusts().isPresent())) {
            blockers.add("no verifier was looked at");
        }
        for (ObservedTrust component : world) {
            if (!component.known()) {
                blockers.add(component.component() + " has not told what it has loaded");
            } else {
                blocker(component).ifPresent(why -> blockers.add(component.component() + " " + why));
            }
        }
        if (phase == RotationPhase.REISSUE && now.isBefore(since.plus(unseenLife))) {
            blockers.add("what the old key signed last and nobody sees may live until " + since.plus(unseenLife)
                    + ", and it is " + now);
        }
        blockers.addAll(ObservedTrust.distrust(world));
        return List.copyOf(blockers);
    }

    private Optional<String> blocker(ObservedTrust component) {
        boolean signsOld = component.signsWith().contains(from);
        return switch (phase) {
            case TRUST_BOTH -> component.trusts().flatMap(this::lacking);
            case SIGN_WITH_NEW -> signsOld ? Optional.of("still signs with the old key") : Optional.empty();
            case REISSUE ->
                signsOld
                        ? Optional.of("signs with the old key again")
                        : component.presents().contains(from)
                                ? Optional.of("still shows what the old key has signed")
                                : Optional.empty();
            case DROP_OLD ->
                component.trusts().filter(trusts -> trusts.contains(from)).map(t -> "still trusts the old key");
            case DONE -> Optional.empty();
        };
    }

    private Optional<String> lacking(Set<String> trusts) {
        Set<String> lacking = new TreeSet<>(trusted());
        lacking.removeAll(trusts);
        return lacking.isEmpty()
                ? Optional.empty()
                : Optional.of("does not trust "
                        + String.join(
                                " and ",
                                lacking.stream().map(ObservedTrust::shortened).toList()));
    }

    /**
     * Goes on to the next phase. Save what it returns before any of its files is written.
     *
     * @param world everything that verifies or is verified, as it was seen at {@code now} or before, but in this phase
     * @param now when
     * @return this rotation in the next phase; unchanged in the last one
     * @throws RotationBlockedException when something stands in the way; nothing has changed
     */
    public Rotation advance(Collection<ObservedTrust> world, Instant now) {
        List<String> blockers = blockers(world, now);
        if (!blockers.isEmpty()) {
            throw new RotationBlockedException(this, blockers);
        }
        return phase == RotationPhase.DONE ? this : in(RotationPhase.values()[phase.ordinal() + 1], now);
    }

    /**
     * Turns back, at once and from any phase but the last: the two keys change their parts. Before anybody signs with the new key, it is dropped; while both are
     * trusted, signing goes back to the old one; while the old one is being dropped, it is trusted again first. What comes out is a rotation like any other: save
     * it, bring the world to what it wants, and advance it to its end.
     *
     * @param now when
     * @return the rotation back
     * @throws K8sAwsException when it is done: then begin a new one
     */
    public Rotation rollBack(Instant now) {
        Rotation back = new Rotation(key, to, from, phase, now, unseenLife);
        return switch (phase) {
            case TRUST_BOTH -> back.in(RotationPhase.DROP_OLD, now);
            case SIGN_WITH_NEW, REISSUE -> back.in(RotationPhase.SIGN_WITH_NEW, now);
            case DROP_OLD -> back.in(RotationPhase.TRUST_BOTH, now);
            case DONE ->
                throw new K8sAwsException(
                        "Roll back the rotation of " + subject(),
                        "it is done: the old key is trusted by nobody and may be destroyed",
                        "begin a new rotation");
        };
    }

    private Rotation in(RotationPhase next, Instant now) {
        return new Rotation(key, from, to, next, now, unseenLife);
    }

    /** Returns a few lines: what is rotated, how far it is, what is wanted, what to do, and what must be true then. */
    @Override
    public String toString() {
        return "Rotation of " + subject() + " from " + ObservedTrust.shortened(from) + " to "
                + ObservedTrust.shortened(to) + ": " + phase + " since " + since
                + "\n  trusted  "
                + String.join(
                        ", ",
                        trusted().stream()
                                .map(ObservedTrust::shortened)
                                .sorted()
                                .toList())
                + "\n  signer   " + ObservedTrust.shortened(signer())
                + "\n  do       " + task() + "."
                + "\n  until    " + requirement() + ".";
    }
}
