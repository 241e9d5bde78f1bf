package io.k8saws.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Asks the program that holds the test network, {@code network.py}. */
record NetworkControl(Path socket) {
    /** Asks for one thing; the words are the names of {@code network.py}. */
    JsonNode ask(String what, Map<String, Object> words) {
        Map<String, Object> request = new LinkedHashMap<>(words);
        request.put("do", what);
        String line;
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                BufferedReader reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(Json.line(request) + "\n");
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            line = reader.readLine();
        } catch (IOException e) {
            throw new TestbedException(
                    "Ask the network of node machines to " + what,
                    TestbedException.why(e),
                    "Look whether it still runs",
                    Map.of("socket", socket.toString()),
                    e);
        }
        JsonNode answer = Json.read(line == null ? "{\"error\":\"it ended\"}" : line);
        if (answer.has("error")) {
            throw new TestbedException(
                    "Ask the network of node machines to " + what,
                    answer.get("error").asText(),
                    "Look at what was asked: " + Json.line(words));
        }
        return answer.path("value");
    }
}
