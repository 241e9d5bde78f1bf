package io.k8saws.dns.health;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A health check that is wanted of where a record leads. Immutable. Bounds are those of Route 53 (API reference, HealthCheckConfig).
 *
 * @param type how it asks
 * @param host the name that it shows to the server; empty for that of the record
 * @param port from 1 to 65535
 * @param path what it asks for, beginning with {@code /}; for HTTP and HTTPS alone
 * @param threshold how many answers in a row turn it, from 1 to 10
 * @param interval seconds between two questions of one checker: 10 or 30
 */
public record HealthCheck(Type type, Optional<String> host, int port, String path, int threshold, int interval) {
    /** How it asks. */
    public enum Type {
        /** By HTTP; healthy is 2xx or 3xx. */
        HTTP(80),
        /** By HTTPS, without a look at the certificate; healthy is 2xx or 3xx. */
        HTTPS(443),
        /** By a connection. */
        TCP(0);

        private final int port;

        Type(int port) {
            this.port = port;
        }
    }

    private static final Pattern PATH = Pattern.compile("/[!-~]{0,254}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}");

    /**
     * Checks the bounds.
     *
     * @throws InvalidSpecException with all that is wrong
     */
    public HealthCheck {
        Objects.requireNonNull(type, "type");
        List<Violation> violations = new ArrayList<>();
        if (host.filter(name -> !HOST.matcher(name).matches()).isPresent()) {
            violations.add(new Violation("host", "'" + host.get() + "' is no host name", "write one"));
        }
        if (port < 1 || port > 65535) {
            violations.add(new Violation("port", "it is " + port, "take one from 1 to 65535; TCP has no default"));
        }
        boolean isPath = type == Type.TCP ? path.isEmpty() : PATH.matcher(path).matches();
        if (!isPath) {
            violations.add(new Violation(
                    "path",
                    "'" + withoutQuery(path) + "' is no path",
                    type == Type.TCP
                            ? "leave it out for TCP"
                            : "begin with / and take at most 255 characters of ASCII"));
        }
        if (threshold < 1 || threshold > 10) {
            violations.add(new Violation("threshold", "it is " + threshold, "take one from 1 to 10"));
        }
        if (interval != 10 && interval != 30) {
            violations.add(new Violation("interval", "it is " + interval, "take 10 or 30 seconds"));
        }
        if (!violations.isEmpty()) {
            throw new InvalidSpecException("Check the health of a record", violations);
        }
    }

    /**
     * By HTTP at port 80, path {@code /}, every 30 s, three answers in a row.
     *
     * @return the check
     */
    public static HealthCheck http() {
        return new HealthCheck(Type.HTTP, Optional.empty(), Type.HTTP.port, "/", 3, 30);
    }

    /**
     * By HTTPS at port 443, path {@code /}, every 30 s, three answers in a row.
     *
     * @return the check
     */
    public static HealthCheck https() {
        return new HealthCheck(Type.HTTPS, Optional.empty(), Type.HTTPS.port, "/", 3, 30);
    }

    /**
     * By a connection, every 30 s, three answers in a row.
     *
     * @param port the port
     * @return the check
     * @throws InvalidSpecException if it is none
     */
    public static HealthCheck tcp(int port) {
        return new HealthCheck(Type.TCP, Optional.empty(), port, "", 3, 30);
    }

    /**
     * A changed copy.
     *
     * @param host instead
     * @return the copy
     */
    public HealthCheck withHost(String host) {
        return new HealthCheck(type, Optional.of(host.toLowerCase(Locale.ROOT)), port, path, threshold, interval);
    }

    /**
     * A changed copy.
     *
     * @param port instead
     * @return the copy
     */
    public HealthCheck withPort(int port) {
        return new HealthCheck(type, host, port, path, threshold, interval);
    }

    /**
     * A changed copy.
     *
     * @param path instead
     * @return the copy
     */
    public HealthCheck withPath(String path) {
        return new HealthCheck(type, host, port, path, threshold, interval);
    }

    /**
     * A changed copy.
     *
     * @param threshold instead
     * @return the copy
     */
    public HealthCheck withThreshold(int threshold) {
        return new HealthCheck(type, host, port, path, threshold, interval);
    }

    /**
     * A changed copy.
     *
     * @param interval instead, in seconds
     * @return the copy
     */
    public HealthCheck withInterval(int interval) {
        return new HealthCheck(type, host, port, path, threshold, interval);
    }

    /**
     * The check of one record. It shows the record's name to the server unless another one is said; a wildcard shows none.
     *
     * @param name the record's name
     * @param target the address or host name to which it leads
     * @return the check with its target
     */
    public TargetCheck of(String name, String target) {
        boolean showsItself = host.isEmpty() && type != Type.TCP && !name.startsWith("*"); // a wildcard is no host
        return new TargetCheck(this, target, showsItself ? Optional.of(name) : host);
    }

    /** What stands behind {@code ?} may be a token, which belongs into no text. */
    static String withoutQuery(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query) + "?...";
    }

    /** For example {@code HTTPS 443 /healthz 3 30}; without the query of the path, which may hold a token. */
    @Override
    public String toString() {
        return type + " " + port + (path.isEmpty() ? "" : " " + withoutQuery(path))
                + host.map(name -> " as " + name).orElse("") + " " + threshold + " " + interval;
    }
}
