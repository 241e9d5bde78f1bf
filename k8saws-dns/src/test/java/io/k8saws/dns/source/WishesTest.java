package io.k8saws.dns.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What annotations ask for beside names. */
class WishesTest {
    private static final String P = "! metadata.annotations[external-dns.kubernetes.io/";
    private static final String PLAIN = "A a.example.com 1.2.3.4";
    private static final String HELD = "held a.example.com";

    private static Arguments row(String annotations, String... expected) {
        return arguments(annotations, List.of(expected));
    }

    private static String options(String alias, boolean health, String zone, String pin, boolean ptr, String horizon) {
        return PLAIN + " EndpointOptions[alias=" + alias + ", evaluateTargetHealth=" + health + ", aliasTargetZone="
                + zone + ", pinnedZone=" + pin + ", ptr=" + ptr + ", horizon=" + horizon
                + ", healthCheck=Optional.empty]";
    }

    private static String option(String alias, boolean health) {
        return options(alias, health, "Optional.empty", "Optional.empty", false, "ANY");
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                row("ed/ttl: '60'", PLAIN + " ttl=60"),
                row("ed/ttl: 1h30m", PLAIN + " ttl=5400"),
                row(
                        "ed/aws-health-check: FTP",
                        HELD,
                        P + "aws-health-check]: 'FTP' is unknown. Write HTTP, HTTPS or TCP."),
                row(
                        "ed/aws-health-check: HTTP, ed/aws-health-check-port: many",
                        HELD,
                        P + "aws-health-check-port]: 'many' is no number. Write a whole number."),
                row(
                        "ed/aws-health-check: TCP",
                        HELD,
                        P + "aws-health-check-port]: it is 0. Take one from 1 to 65535; TCP has no default."),
                row(
                        "ed/aws-health-check: HTTP, ed/aws-health-check-id: abc",
                        HELD,
                        P + "aws-health-check]: there is aws-health-check-id, too. Keep one of them."),
                row(
                        "ed/ttl: soon",
                        PLAIN,
                        P
                                + "ttl]: 'soon' is not a time to live, so the default is taken. Write seconds from 1 to 2147483647, or a duration such as 5m."),
                row("ed/set-identifier: one, ed/aws-weight: '10'", PLAIN + " set=one Weighted[weight=10]"),
                row("ed/set-identifier: one, old/aws-weight: '0'", PLAIN + " set=one Weighted[weight=0]"),
                row(
                        "ed/set-identifier: one, ed/aws-weight: '256'",
                        HELD,
                        P + "aws-weight]: '256' is not a weight. Write a whole number from 0 to 255."),
                row(
                        "ed/set-identifier: one, ed/aws-weight: '-1'",
                        HELD,
                        P + "aws-weight]: '-1' is not a weight. Write a whole number from 0 to 255."),
                row(
                        "ed/set-identifier: one, ed/aws-weight: heavy",
                        HELD,
                        P + "aws-weight]: 'heavy' is not a weight. Write a whole number from 0 to 255."),
                row(
                        "ed/aws-weight: '1'",
                        HELD,
                        P
                                + "set-identifier]: it is missing, and each record with a routing policy needs one. Name the record, for example by its cluster."),
                row(
                        "ed/set-identifier: one",
                        HELD,
                        P
                                + "set-identifier]: it is only for records with a routing policy, and there is none. Remove it, or add for example aws-weight."),
                row(
                        "ed/set-identifier: one, ed/aws-weight: '1', ed/aws-region: eu-west-1",
                        HELD,
                        P + "aws-*]: several routing policies are asked for. Keep one of them."),
                row("ed/set-identifier: one, ed/aws-region: eu-west-1", PLAIN + " set=one Latency[region=eu-west-1]"),
                row("ed/set-identifier: one, ed/aws-failover: PRIMARY", PLAIN + " set=one Failover[role=PRIMARY]"),
                row("ed/set-identifier: one, ed/aws-failover: secondary", PLAIN + " set=one Failover[role=SECONDARY]"),
                row(
                        "ed/set-identifier: one, ed/aws-failover: third",
                        HELD,
                        P + "aws-failover]: 'third' is unknown. Write PRIMARY or SECONDARY."),
                row("ed/set-identifier: one, ed/aws-multi-value-answer: 'true'", PLAIN + " set=one Multivalue[]"),
                row(
                        "ed/set-identifier: one, ed/aws-geolocation-continent-code: EU",
                        PLAIN
                                + " set=one Geolocation[continent=Optional[EU], country=Optional.empty, subdivision=Optional.empty]"),
                row(
                        "ed/set-identifier: one, ed/aws-geolocation-country-code: '*'",
                        PLAIN
                                + " set=one Geolocation[continent=Optional.empty, country=Optional[*], subdivision=Optional.empty]"),
                row(
                        "ed/set-identifier: one, ed/aws-geolocation-country-code: US, ed/aws-geolocation-subdivision-code: NY",
                        PLAIN
                                + " set=one Geolocation[continent=Optional.empty, country=Optional[US], subdivision=Optional[NY]]"),
                row(
                        "ed/set-identifier: one, ed/aws-geolocation-subdivision-code: NY",
                        HELD,
                        P
                                + "aws-geolocation-subdivision-code]: its country is missing. Add aws-geolocation-country-code."),
                row(
                        "ed/set-identifier: one, ed/aws-geolocation-continent-code: EU, ed/aws-geolocation-country-code: FR",
                        HELD,
                        P
                                + "aws-geolocation-continent-code]: a continent goes with neither a country nor a subdivision. Name either."),
                row(
                        "ed/set-identifier: one, ed/aws-geoproximity-region: eu-west-1",
                        PLAIN
                                + " set=one Geoproximity[region=Optional[eu-west-1], localZoneGroup=Optional.empty, coordinates=Optional.empty, bias=0]"),
                row(
                        "ed/set-identifier: one, ed/aws-geoproximity-coordinates: '49.22,-74.01', ed/aws-geoproximity-bias: '-99'",
                        PLAIN
                                + " set=one Geoproximity[region=Optional.empty, localZoneGroup=Optional.empty, coordinates=Optional[49.22,-74.01], bias=-99]"),
                row(
                        "ed/set-identifier: one, ed/aws-geoproximity-coordinates: '91,0'",
                        HELD,
                        P
                                + "aws-geoproximity-coordinates]: '91,0' are not coordinates. Write latitude,longitude with at most two decimals, such as 49.22,-74.01."),
                row(
                        "ed/set-identifier: one, ed/aws-geoproximity-region: eu-west-1, ed/aws-geoproximity-bias: '100'",
                        HELD,
                        P + "aws-geoproximity-bias]: '100' is not a bias. Write a whole number from -99 to 99."),
                row(
                        "ed/set-identifier: one, ed/aws-geoproximity-bias: '1'",
                        HELD,
                        P
                                + "aws-geoproximity-*]: a bias without a place. Name a region, a local zone group or coordinates."),
                row("ed/aws-health-check-id: abc", PLAIN + " check=abc"),
                row("ed/alias: 'true'", option("BOTH", true)),
                row("ed/alias: A", option("A", true)),
                row("ed/alias: AAAA", option("AAAA", true)),
                row("ed/alias: 'false'", option("NONE", true)),
                row("ed/alias: maybe", PLAIN, P + "alias]: 'maybe' is unknown. Write true, A, AAAA or false."),
                row("ed/aws-evaluate-target-health: 'false'", option("AUTO", false)),
                row("ed/aws-evaluate-target-health: 'true'", PLAIN),
                row(
                        "ed/aws-evaluate-target-health: no idea",
                        option("AUTO", false),
                        P
                                + "aws-evaluate-target-health]: 'no idea' is unknown, so false is taken. Write true or false."),
                row(
                        "ed/aws-target-hosted-zone: Z1",
                        options("AUTO", true, "Optional[Z1]", "Optional.empty", false, "ANY")),
                row(
                        "ed/aws-hosted-zone-id: /hostedzone/Z2",
                        options("AUTO", true, "Optional.empty", "Optional[Z2]", false, "ANY")),
                row("ed/record-type: ptr", options("AUTO", true, "Optional.empty", "Optional.empty", true, "ANY")),
                row(
                        "ed/aws-zone-type: private",
                        options("AUTO", true, "Optional.empty", "Optional.empty", false, "PRIVATE")),
                row("ed/aws-zone-type: both", HELD, P + "aws-zone-type]: 'both' is unknown. Write public or private."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void asks(String annotations, List<String> expected) {
        World world = new World(
                "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, annotations: {ed/hostname: a.example.com, "
                        + annotations
                        + "}}, spec: {type: LoadBalancer}, status: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}}}");

        assertThat(World.told(world.derive(SourceSettings.defaults()))).containsExactlyElementsOf(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "1,1",
        "2147483647,2147483647",
        "2147483648,",
        "0,",
        "-1,",
        "5m,300",
        "1.5h,5400",
        "1500ms,1",
        "500ms,",
        "1h2m3s,3723",
        "5 m,",
        "5d,",
        "h,",
        "99999999999,"
    })
    void timesToLive(String text, @Nullable Long seconds) {
        assertThat(Ttls.read(text).map(Duration::toSeconds).orElse(null)).isEqualTo(seconds);
    }
}
