package io.k8saws.integration;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What stands before an instance in EC2 and no emulator has: the metadata service, version 2 only. */
final class InstanceMetadata implements AutoCloseable {
    private static final String SESSION = "session-of-the-test";

    private final Map<String, String> values = new ConcurrentHashMap<>();
    private final HttpServer server;

    InstanceMetadata() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/latest/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void put(String path, String value) {
        values.put("/latest/" + path, value);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (exchange.getRequestMethod().equals("PUT") && path.equals("/latest/api/token")) {
            boolean asked = exchange.getRequestHeaders().containsKey("X-aws-ec2-metadata-token-ttl-seconds");
            send(exchange, asked ? 200 : 400, asked ? SESSION : "");
        } else if (!SESSION.equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"))) {
            send(exchange, 401, "");
        } else {
            String value = values.get(path);
            send(exchange, value == null ? 404 : 200, value == null ? "" : value);
        }
    }

    static void send(HttpExchange exchange, int code, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
