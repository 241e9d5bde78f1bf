package io.k8saws.etcd;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/** Client URLs of etcd as users write them. */
final class Endpoints {
    private static final int PORT = 2379;

    private Endpoints() {}

    /** Reads one; the port is 2379 where none is named. */
    static URI parse(String text) {
        List<Violation> violations = new ArrayList<>();
        URI uri = parse("endpoint", text, violations);
        if (!violations.isEmpty()) {
            throw new InvalidSpecException("Read an endpoint of etcd", violations);
        }
        return uri;
    }

    static URI parse(String path, String text, List<Violation> violations) {
        try {
            URI uri = new URI(text.strip());
            String scheme = uri.getScheme() == null ? "" : uri.getScheme();
            if (uri.getHost() != null
                    && (scheme.equals("http") || scheme.equals("https"))
                    && uri.getUserInfo() == null
                    && (uri.getPath() == null
                            || uri.getPath().isEmpty()
                            || uri.getPath().equals("/"))) {
                return new URI(scheme, null, uri.getHost(), uri.getPort() < 0 ? PORT : uri.getPort(), null, null, null);
            }
        } catch (URISyntaxException e) {
            // told below, without the text: there may be a password in it
        }
        violations.add(new Violation(
                path,
                "it is no client URL of etcd",
                "write it as https://host:2379 or http://host:2379, without user, password and path"));
        return URI.create("http://invalid:1");
    }
}
