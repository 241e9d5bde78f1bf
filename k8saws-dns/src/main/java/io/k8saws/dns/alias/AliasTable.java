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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hosted zones of AWS's resources by the forms of their names (AWS general reference, "Elastic Load Balancing endpoints and quotas"; Route 53 API reference, AliasTarget). */
final class AliasTable implements AliasTargets {
    static final AliasTable KNOWN = new AliasTable();

    private static final String CLOUDFRONT = "Z2FDTNDATAQYW2";
    private static final String GLOBAL_ACCELERATOR = "Z2BJ6XQ5FK7U4H";

    /** {@code name.region.elb.amazonaws.com}, application and classic. */
    private static final Pattern APPLICATION = Pattern.compile(".+\\.([a-z0-9-]+)\\.elb\\.amazonaws\\.com(\\.cn)?");

    /** {@code name.elb.region.amazonaws.com}, network. */
    private static final Pattern NETWORK = Pattern.compile(".+\\.elb\\.([a-z0-9-]+)\\.amazonaws\\.com(\\.cn)?");

    private record Zones(String application, String network) {}

    private final Map<String, Zones> regions = new HashMap<>();

    private AliasTable() {
        try (InputStream stream = AliasTable.class.getResourceAsStream("load-balancers.txt")) {
            if (stream == null) {
                throw new IllegalStateException(
                        "Read load-balancers.txt: it is not in the library's jar. Repackage the jar with its resources.");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split(" ");
                if (!line.startsWith("#") && parts.length == 3) {
                    regions.put(parts[0], new Zones(parts[1], parts[2]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Read load-balancers.txt from the library's jar", e);
        }
    }

    @Override
    public Optional<AliasTarget> find(DnsName host) {
        String text = host.text();
        if (text.endsWith(".cloudfront.net")) {
            return Optional.of(new AliasTarget(CLOUDFRONT, true));
        }
        if (text.endsWith(".awsglobalaccelerator.com")) {
            return Optional.of(new AliasTarget(GLOBAL_ACCELERATOR, false));
        }
        boolean dual = text.startsWith("dualstack.");
        Matcher network = NETWORK.matcher(text);
        if (network.matches()) {
            return Optional.ofNullable(regions.get(network.group(1)))
                    .map(zones -> new AliasTarget(zones.network(), dual));
        }
        Matcher application = APPLICATION.matcher(text);
        return application.matches()
                ? Optional.ofNullable(regions.get(application.group(1)))
                        .map(zones -> new AliasTarget(zones.application(), dual))
                : Optional.empty();
    }
}
