package io.k8saws.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.k8saws.addon.ClusterImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A registry of a user's own, filled with what {@link ClusterImages} lists, from the testbed's store of images: the part of the distribution API that a pull asks for
 * (OCI distribution specification, "Pull"), without TLS.
 */
final class ImageRegistry implements AutoCloseable {
    private static final Pattern REQUEST = Pattern.compile("/v2/(.+)/(manifests|blobs)/([^/]+)");
    private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-f]{64})");
    private static final Pattern MANIFEST = Pattern.compile(
            "\\{\"schemaVersion\":2,\"mediaType\":\"([^\"]+)\",\"config\":\\{[^}]*\"digest\":\"sha256:([0-9a-f]{64})\".*",
            Pattern.DOTALL);
    private static final Pattern ENTRYPOINT = Pattern.compile("\"Entrypoint\":\\[\"[^\"]*/([^\"/]+)\"");
    private static final int LONGEST_MANIFEST = 4096;

    /** Programs whose images are called otherwise. */
    private static final Map<String, String> PROGRAMS = Map.of(
            "cloud-controller-manager", "aws-cloud-controller-manager",
            "flannel", "flanneld",
            "flannel-cni-plugin", "flannel");

    private record Manifest(String digest, String mediaType, String text) {}

    private final Path blobs;
    private final Map<String, Manifest> byReference;
    private final Map<String, Manifest> byDigest;
    private final Set<String> pulled = new ConcurrentSkipListSet<>();
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final HttpServer server;

    private ImageRegistry(Path blobs, Map<String, Manifest> byReference, HttpServer server) {
        this.blobs = blobs;
        this.byReference = Map.copyOf(byReference);
        this.byDigest = new HashMap<>();
        byReference.values().forEach(manifest -> byDigest.put("sha256:" + manifest.digest(), manifest));
        this.server = server;
    }

    /**
     * Starts it on a free port of the loopback address.
     *
     * @param store containerd's store
     * @param host by which machines call the registry
     * @param images what it has, by the names that machines fetch
     */
    static ImageRegistry start(Path store, String host, List<ClusterImages.Image> images) {
        Path blobs = store.resolve("io.containerd.content.v1.content/blobs/sha256");
        Map<String, Manifest> programs = programs(blobs);
        Map<String, Manifest> byReference = new TreeMap<>();
        for (ClusterImages.Image image : images) {
            String name = image.source().replaceFirst(".*/", "").replaceFirst(":.*", "");
            Manifest manifest = programs.get(PROGRAMS.getOrDefault(name, name));
            if (manifest == null || !image.fetchedAs().startsWith(host + "/")) {
                throw new AssertionError(
                        "fill the registry " + host + " with " + image + ": the testbed has " + programs.keySet());
            }
            byReference.put(image.fetchedAs().substring(host.length() + 1), manifest);
        }
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            ImageRegistry registry = new ImageRegistry(blobs, byReference, server);
            server.setExecutor(registry.workers);
            server.createContext("/", registry::answer);
            server.start();
            return registry;
        } catch (IOException e) {
            throw new UncheckedIOException("Start a registry: " + e.getMessage(), e);
        }
    }

    /** The images of a store, by the programs that they start. */
    private static Map<String, Manifest> programs(Path blobs) {
        Map<String, Manifest> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(blobs)) {
            for (Path file : files.toList()) {
                if (Files.size(file) > LONGEST_MANIFEST) {
                    continue;
                }
                String text = Files.readString(file);
                Matcher manifest = MANIFEST.matcher(text);
                if (manifest.matches()) {
                    Matcher entrypoint = ENTRYPOINT.matcher(Files.readString(blobs.resolve(manifest.group(2))));
                    if (entrypoint.find()) {
                        found.put(
                                entrypoint.group(1),
                                new Manifest(file.getFileName().toString(), manifest.group(1), text));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Read the testbed's images: " + e.getMessage(), e);
        }
        return found;
    }

    /** Where it answers on this host. */
    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What was asked for by name and tag and answered, or by name and not known: then with a mark. */
    Set<String> pulled() {
        return new TreeSet<>(pulled);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Matcher request = REQUEST.matcher(path);
            if (path.equals("/v2/")) {
                exchange.sendResponseHeaders(200, -1);
            } else if (!request.matches()) {
                exchange.sendResponseHeaders(404, -1);
            } else if (request.group(2).equals("manifests")) {
                manifest(exchange, request.group(1), request.group(3));
            } else {
                blob(exchange, request.group(3));
            }
        }
    }

    private void manifest(HttpExchange exchange, String name, String reference) throws IOException {
        boolean digest = DIGEST.matcher(reference).matches();
        Manifest manifest = digest ? byDigest.get(reference) : byReference.get(name + ":" + reference);
        if (!digest) {
            pulled.add(name + ":" + reference + (manifest == null ? " (unknown)" : ""));
        }
        if (manifest == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", manifest.mediaType());
        exchange.getResponseHeaders().set("Docker-Content-Digest", "sha256:" + manifest.digest());
        byte[] text = manifest.text().getBytes(UTF_8);
        if (begin(exchange, text.length)) {
            exchange.getResponseBody().write(text);
        }
    }

    private void blob(HttpExchange exchange, String reference) throws IOException {
        Matcher digest = DIGEST.matcher(reference);
        Path file = blobs.resolve(digest.matches() ? digest.group(1) : "none");
        if (!Files.exists(file)) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        if (begin(exchange, Files.size(file))) {
            Files.copy(file, exchange.getResponseBody());
        }
    }

    /** Whether a body follows. */
    private static boolean begin(HttpExchange exchange, long length) throws IOException {
        boolean body = !exchange.getRequestMethod().equals("HEAD");
        if (!body) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(length));
        }
        exchange.sendResponseHeaders(200, body ? length : -1);
        return body;
    }

    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }
}
