package io.k8saws.etcd.member;

import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.health.MemberState;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Clusters as short texts: {@code "a* b c- d+ e?"} has the leader a, b, c which is dead, the learner d, and e which has not started. A version or sizes may follow: {@code b=3.5.9}, {@code b:100/40}. */
final class Healths {
    private Healths() {}

    static EtcdHealth of(String text) {
        List<String> words = Arrays.asList(text.split(" ", -1));
        String leader = words.stream()
                .filter(word -> word.contains("*"))
                .map(word -> id(word.charAt(0)))
                .findFirst()
                .orElse("");
        return new EtcdHealth(
                "00000000000000ff",
                words.stream().map(word -> member(word, leader)).toList(),
                List.of(),
                List.of(),
                Instant.EPOCH);
    }

    static String id(char letter) {
        return "000000000000000" + letter;
    }

    static URI peer(char letter) {
        return URI.create("http://10.0.0." + (letter - 'a' + 1) + ":2380");
    }

    private static MemberHealth member(String word, String leader) {
        char letter = word.charAt(0);
        boolean started = !word.contains("?");
        EtcdMember member = new EtcdMember(
                id(letter),
                started ? String.valueOf(letter) : "",
                List.of(peer(letter)),
                List.of(),
                word.contains("+") || word.contains("?"),
                "");
        if (!started || word.contains("-")) {
            return new MemberHealth(member, "", Optional.empty(), "it is away");
        }
        String version = word.contains("=") ? word.substring(word.indexOf('=') + 1) : "3.6.10";
        long size = 100 << 20;
        long used = size;
        if (word.contains(":")) {
            String[] sizes = word.substring(word.indexOf(':') + 1).split("/", -1);
            size = Long.parseLong(sizes[0]) << 20;
            used = Long.parseLong(sizes[1]) << 20;
        }
        return new MemberHealth(
                member,
                "http://" + letter,
                Optional.of(new MemberState(
                        version, "", size, used, OptionalLong.empty(), leader, 100, 2, 50, 50, List.of())),
                "");
    }
}
