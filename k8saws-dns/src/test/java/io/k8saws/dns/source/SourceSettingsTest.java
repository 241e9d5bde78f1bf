package io.k8saws.dns.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SourceSettingsTest {
    @Test
    void allMistakesOfTemplatesAreToldAtOnce() {
        assertThatThrownBy(() -> SourceSettings.builder()
                        .templates("{{name}}.example.com", "{{nam}}.{{ns}}.example.com", "{{name}.example.com"))
                .asInstanceOf(type(InvalidSpecException.class))
                .extracting(InvalidSpecException::violations)
                .extracting(all -> all.stream().map(Violation::toString).toList())
                .isEqualTo(
                        List.of(
                                "templates[1]: '{{nam}}.{{ns}}.example.com' has the place {{nam}}, which is not known. Write {{name}}, {{namespace}}, {{kind}}, {{labels.KEY}} or {{annotations.KEY}}.",
                                "templates[1]: '{{nam}}.{{ns}}.example.com' has the place {{ns}}, which is not known. Write {{name}}, {{namespace}}, {{kind}}, {{labels.KEY}} or {{annotations.KEY}}.",
                                "templates[2]: '{{name}.example.com' has a place that does not end. Close it with two braces."));
    }

    @Test
    void printsWhatIsNotAsByDefault() {
        assertThat(SourceSettings.defaults()).hasToString("Service, Ingress of all namespaces");
        assertThat(SourceSettings.builder()
                        .kinds(SourceKind.NODE, SourceKind.SERVICE)
                        .namespace("web")
                        .annotationPrefixes("dns/")
                        .labels(Map.of("app", "web"))
                        .ingressTls(false)
                        .templates("{{name}}.example.com")
                        .podDomain("pods.example.com")
                        .build())
                .hasToString(
                        "Service, Node of namespace web; prefixes [dns/]; labels {app=web}; ingressTls false; templates [{{name}}.example.com]; podDomain pods.example.com");
    }

    @Test
    void whatAnObjectAsksPrintsALineForEach() {
        Endpoint endpoint = new Endpoint(
                DnsName.of("www.example.com"),
                RecordType.A,
                List.of("192.0.2.1"),
                Optional.of(Duration.ofMinutes(1)),
                Optional.of("blue"),
                new RoutingPolicy.Weighted(10),
                Optional.empty(),
                EndpointOptions.defaults(),
                new Cause("service", "default", "web", "annotation"));

        assertThat(Derivation.nothing()).hasToString("nothing is wanted");
        assertThat(new Derivation(
                        List.of(endpoint),
                        Set.of(DnsName.of("lb.example.com")),
                        Set.of(DnsName.of("bad.example.com")),
                        List.of(new Violation("spec", "it is wrong", "mend it"))))
                .hasToString("""
                        www.example.com A [blue] 192.0.2.1 (60 s), Weighted[weight=10], wanted by service/default/web
                        lb.example.com has nothing to lead to
                        bad.example.com stays as it is until this is corrected
                        spec: it is wrong. Mend it.""");
    }
}
