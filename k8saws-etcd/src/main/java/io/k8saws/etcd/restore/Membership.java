package io.k8saws.etcd.restore;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.etcd.internal.wal.Wal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The JSON of members, as etcd writes it. Names and URLs hold nothing that etcd's JSON escapes in a way of its own, {@link NewCluster} sees to that. */
final class Membership {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String NEVER = "0001-01-01T00:00:00Z";
    private static final String MEMBERS = "/0/members";
    private static final String ATTRIBUTES = "raftAttributes";
    // the length of the event history, of which etcd writes each empty place
    private static final int HISTORY = 1000;
    private static final List<String> COUNTERS = List.of(
            "getsSuccess",
            "getsFail",
            "setsSuccess",
            "setsFail",
            "deleteSuccess",
            "deleteFail",
            "updateSuccess",
            "updateFail",
            "createSuccess",
            "createFail",
            "compareAndSwapSuccess",
            "compareAndSwapFail",
            "compareAndDeleteSuccess",
            "compareAndDeleteFail",
            "expireCount",
            "watchers");

    private Membership() {}

    /** Members for the log, by ascending id. */
    static List<Wal.Peer> peers(NewCluster cluster) {
        return cluster.byId().stream()
                .map(member -> new Wal.Peer(cluster.id(member), bytes(member(cluster, member))))
                .toList();
    }

    /** Elements of the bucket of members. */
    static Map<String, byte[]> bucket(NewCluster cluster) {
        TreeMap<String, byte[]> bucket = new TreeMap<>();
        cluster.members()
                .forEach(member -> bucket.put(cluster.memberId(member.name()), bytes(member(cluster, member))));
        return bucket;
    }

    private static ObjectNode member(NewCluster cluster, NewMember member) {
        ObjectNode json = JSON.createObjectNode();
        json.put("id", new BigInteger(Long.toUnsignedString(cluster.id(member))));
        urls(json, member);
        return json.put("name", member.name());
    }

    private static void urls(ObjectNode json, NewMember member) {
        ArrayNode urls = json.putArray("peerURLs");
        member.peerUrls().forEach(urls::add);
    }

    /** The voters, as the database has them since 3.5. */
    static byte[] confState(NewCluster cluster) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode voters = json.putArray("voters");
        cluster.byId().forEach(member -> voters.add(new BigInteger(Long.toUnsignedString(cluster.id(member)))));
        return bytes(json.put("auto_leave", false));
    }

    /** The members in the store of etcd's second version, which is what a raft snapshot holds. */
    static byte[] store(NewCluster cluster, EtcdRelease release) {
        // 3.5 and 3.6 take any order, by the chance of Go's maps; 3.4 takes this one
        List<NewMember> order = cluster.byId();
        int count = order.size();
        ObjectNode store = JSON.createObjectNode();
        TreeMap<String, ObjectNode> members = new TreeMap<>();
        ArrayNode events = JSON.createArrayNode();
        for (int i = 1; i <= count; i++) {
            String id = cluster.memberId(order.get(i - 1).name());
            String path = MEMBERS + "/" + id;
            ObjectNode attributes = JSON.createObjectNode();
            urls(attributes, order.get(i - 1));
            String value = attributes.toString();
            ObjectNode leaf = node(path + "/" + ATTRIBUTES, i, value);
            leaf.putNull("Children");
            members.put(id, directory(path, i, Map.of(ATTRIBUTES, leaf)));
            ObjectNode event = events.addObject().put("action", "create");
            event.putObject("node")
                    .put("key", path + "/" + ATTRIBUTES)
                    .put("value", value)
                    .put("modifiedIndex", i)
                    .put("createdIndex", i);
        }
        for (int i = count; i < HISTORY; i++) {
            events.addNull();
        }
        ObjectNode zero = directory("/0", 0, Map.of("members", directory(MEMBERS, 1, members)));
        store.set("Root", directory("/", 0, new TreeMap<>(Map.of("0", zero, "1", directory("/1", 0, Map.of())))));
        ObjectNode history = store.putObject("WatcherHub").putObject("EventHistory");
        ObjectNode queue = history.putObject("Queue");
        queue.set("Events", events);
        queue.put("Size", count).put("Front", 0).put("Back", count).put("Capacity", HISTORY);
        history.put("StartIndex", 1).put("LastIndex", count);
        store.put("CurrentIndex", count);
        ObjectNode counters = store.putObject("Stats");
        COUNTERS.forEach(name -> counters.put(name, 0));
        counters.put("createSuccess", count).put("getsFail", release == EtcdRelease.V3_4 ? 0 : 1);
        return bytes(store.put("CurrentVersion", 2));
    }

    private static ObjectNode directory(String path, int index, Map<String, ObjectNode> children) {
        ObjectNode node = node(path, index, "");
        ObjectNode inside = node.putObject("Children");
        children.forEach(inside::set);
        return node;
    }

    private static ObjectNode node(String path, int index, String value) {
        return JSON.createObjectNode()
                .put("Path", path)
                .put("CreatedIndex", index)
                .put("ModifiedIndex", index)
                .put("ExpireTime", NEVER)
                .put("Value", value);
    }

    private static byte[] bytes(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
