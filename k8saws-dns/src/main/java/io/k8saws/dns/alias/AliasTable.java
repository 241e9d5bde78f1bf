package io.k8saws.dns.alias;

import io.k8saws.dns.record.DnsName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Hosted zones of AWS's resources by the forms of their names (AWS general reference, "Elastic Load Balancing endpoints and quotas"; Route 53 API reference, AliasTarget). */
final class AliasTable implements AliasTargets {
    static final AliasTable KNOWN = new AliasTable();

    static final String CLOUDFRONT = "Z2FDTNDATAQYW2";
    private static final String GLOBAL_ACCELERATOR = "Z2BJ6XQ5FK7U4H";
    private static final String NONE = "-";

    /** Two hosted zones of a region. */
    private record Zones(String first, String second) {}

    private final Map<String, Zones> balancers = read("load-balancers.txt");
    private final Map<String, Zones> endpoints = read("endpoints.txt");

    private static Map<String, Zones> read(String file) {
        Map<String, Zones> regions = new HashMap<>();
        try (InputStream stream = AliasTable.class.getResourceAsStream(file)) {
            if (stream == null) {
                throw new IllegalStateException(
                        "Read " + file + ": it is not in the library's jar. Repackage the jar with its resources.");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split(" ");
                if (!line.startsWith("#") && parts.length == 3) {
                    regions.put(parts[0], new Zones(parts[1], parts[2]));
                }
            }
            return regions;
        } catch (IOException e) {
            throw new UncheckedIOException("Read " + file + " from the library's jar", e);
        }
    }

    @Override
    public Optional<AliasTarget> find(DnsName host) {
        return AwsHost.of(host).flatMap(found -> zone(found).map(zone -> new AliasTarget(zone, found.isDualStack())));
    }

    private Optional<String> zone(AwsHost host) {
        Optional<Zones> balancer = Optional.ofNullable(balancers.get(host.region()));
        Optional<Zones> endpoint = Optional.ofNullable(endpoints.get(host.region()));
        Optional<String> zone =
                switch (host.kind()) {
                    case DISTRIBUTION -> Optional.of(CLOUDFRONT);
                    case ACCELERATOR -> Optional.of(GLOBAL_ACCELERATOR);
                    case LOAD_BALANCER -> balancer.map(Zones::first);
                    case NETWORK_LOAD_BALANCER -> balancer.map(Zones::second);
                    case VPC_ENDPOINT -> endpoint.map(Zones::first);
                    case API -> endpoint.map(Zones::second);
                };
        return zone.filter(id -> !id.equals(NONE));
    }
}
