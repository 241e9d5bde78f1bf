package io.k8saws.etcd.restore;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The cluster that a restore makes: its token and members. All ids follow from these, by etcd's own rules, so each member can be restored on a machine of its own. Members of another token do not talk to each
 * other: take a new one for each restore.
 *
 * @param token the cluster's token, as in {@code --initial-cluster-token}
 * @param members the members, at least one
 */
public record NewCluster(String token, List<NewMember> members) {
    private static final int MOST_MEMBERS = 9;
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    /**
     * Checks all of it.
     *
     * @throws InvalidSpecException with every mistake
     */
    public NewCluster {
        members = List.copyOf(members);
        List<Violation> mistakes = violations(token, members);
        if (!mistakes.isEmpty()) {
            throw new InvalidSpecException("Describe the restored cluster", mistakes);
        }
    }

    /**
     * A cluster with a token that nobody has used.
     *
     * @param members the members
     * @return a cluster; another one each time
     */
    public static NewCluster of(List<NewMember> members) {
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        return new NewCluster("restored-" + HexFormat.of().formatHex(random), members);
    }

    private static List<Violation> violations(String token, List<NewMember> members) {
        List<Violation> mistakes = new ArrayList<>();
        if (!WORD.matcher(token).matches()) {
            mistakes.add(new Violation("token", "has other characters or is too long", "take letters, digits and -"));
        }
        if (members.isEmpty() || members.size() > MOST_MEMBERS) {
            mistakes.add(
                    new Violation("members", "there are " + members.size(), "name 1 to " + MOST_MEMBERS + " members"));
        }
        Set<String> names = new HashSet<>();
        Set<String> urls = new HashSet<>();
        for (int i = 0; i < members.size(); i++) {
            NewMember member = members.get(i);
            String path = "members[" + i + "]";
            if (!WORD.matcher(member.name()).matches()) {
                mistakes.add(new Violation(path + ".name", "has other characters", "take letters, digits and -"));
            }
            if (!names.add(member.name())) {
                mistakes.add(new Violation(path + ".name", member.name() + " is there twice", "name each differently"));
            }
            if (member.peerUrls().isEmpty()) {
                mistakes.add(new Violation(path + ".peerUrls", "there are none", "name at least one"));
            }
            for (String url : member.peerUrls()) {
                if (!isPeerUrl(url)) {
                    mistakes.add(new Violation(
                            path + ".peerUrls",
                            url + " is no peer URL",
                            "write http or https, a host and a port, and no path"));
                }
                if (!urls.add(url)) {
                    mistakes.add(
                            new Violation(path + ".peerUrls", url + " is there twice", "give each member its own"));
                }
            }
        }
        return mistakes;
    }

    private static boolean isPeerUrl(String text) {
        try {
            URI url = new URI(text);
            return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && url.getHost() != null
                    && url.getPort() > 0
                    && url.getUserInfo() == null
                    && "".equals(url.getPath())
                    && url.getQuery() == null
                    && url.getFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /**
     * The member of a name.
     *
     * @param name the name of a member
     * @return the member
     * @throws IllegalArgumentException if there is none
     */
    public NewMember member(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Find member " + name + ": the cluster has "
                        + members.stream().map(NewMember::name).toList() + "."));
    }

    /**
     * The id of a member: the first 8 bytes of the SHA-1 of its peer URLs and the token.
     *
     * @param name the name of a member
     * @return hexadecimal digits, as etcd prints them
     */
    public String memberId(String name) {
        return Long.toHexString(id(member(name)));
    }

    /**
     * The id of the cluster: the first 8 bytes of the SHA-1 of the members' ids.
     *
     * @return hexadecimal digits, as etcd prints them
     */
    public String clusterId() {
        return Long.toHexString(id());
    }

    long id(NewMember member) {
        return sha1((String.join("", member.peerUrls()) + token).getBytes(StandardCharsets.UTF_8));
    }

    long id() {
        ByteBuffer ids = ByteBuffer.allocate(Long.BYTES * members.size());
        byId().forEach(member -> ids.putLong(id(member)));
        return sha1(ids.array());
    }

    /** Members by ascending unsigned id, as etcd orders them. */
    List<NewMember> byId() {
        return members.stream()
                .sorted(Comparator.comparing(this::id, Long::compareUnsigned))
                .toList();
    }

    private static long sha1(byte[] bytes) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-1").digest(bytes))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /**
     * All members as in {@code --initial-cluster}.
     *
     * @return {@code name=url} with commas
     */
    public String initialCluster() {
        return String.join(",", members.stream().map(NewMember::toString).toList());
    }

    /** For example {@code cluster 8e4f..., token restored-1a2b, a=https://10.0.0.4:2380}. */
    @Override
    public String toString() {
        return "cluster " + clusterId() + ", token " + token + ", " + initialCluster();
    }
}
