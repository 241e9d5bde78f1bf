package io.k8saws.behaviour;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * An AWS that answers each read which has pages by an empty page, then by all that the emulator has, then by an empty page again. AWS may do so at any time: a
 * page may hold fewer items than it could, and none, and only the token tells whether more follow. Who does not follow the token sees nothing; who keeps only the
 * last page, too.
 */
final class EmptyPages implements SdkHttpClient {
    private static final String CONTENT = "k8saws-content";
    private static final String END = "k8saws-end";

    /** The reads of a plan that have pages, by service and operation, and how each writes its pages. */
    private static final Map<String, Pages> READS = reads();

    private final SdkHttpClient delegate;
    private final Set<String> read = new ConcurrentSkipListSet<>();

    EmptyPages(SdkHttpClient delegate) {
        this.delegate = delegate;
    }

    private static Map<String, Pages> reads() {
        Map<String, Pages> reads = new HashMap<>();
        for (String resources : List.of(
                "DhcpOptions",
                "Images",
                "Instances",
                "InternetGateways",
                "LaunchTemplateVersions",
                "LaunchTemplates",
                "NatGateways",
                "NetworkInterfaces",
                "RouteTables",
                "SecurityGroupRules",
                "SecurityGroups",
                "Subnets",
                "Volumes",
                "Vpcs")) {
            reads.put("ec2:Describe" + resources, Pages.query("NextToken", "nextToken", false));
        }
        reads.put("autoscaling:DescribeAutoScalingGroups", Pages.query("NextToken", "NextToken", true));
        for (String resources : List.of("LoadBalancers", "TargetGroups", "Listeners")) {
            reads.put("elasticloadbalancing:Describe" + resources, Pages.query("Marker", "NextMarker", true));
        }
        for (String operation :
                List.of("GetAccountAuthorizationDetails", "ListInstanceProfiles", "ListInstanceProfileTags")) {
            reads.put("iam:" + operation, Pages.query("Marker", "Marker", true).truncated());
        }
        for (String operation : List.of("ListRules", "ListRuleNamesByTarget")) {
            reads.put("events:" + operation, new Pages("NextToken", "NextToken", Form.JSON, false, false));
        }
        reads.put("route53:ListHostedZones", new Pages("marker", "NextMarker", Form.REST, false, true));
        reads.put("route53:ListResourceRecordSets", new Pages("name", "NextRecordName", Form.REST, false, true));
        reads.put("s3:ListObjectsV2", new Pages("continuation-token", "NextContinuationToken", Form.REST, false, true));
        return Map.copyOf(reads);
    }

    private enum Form {
        QUERY,
        JSON,
        REST
    }

    /**
     * How a read writes its pages.
     *
     * @param parameter where a request names the page
     * @param element where an answer names the next page
     * @param form how requests are written
     * @param result whether the answer stands in an element of its own
     * @param truncates whether a flag says that more follows
     */
    private record Pages(String parameter, String element, Form form, boolean result, boolean truncates) {
        static Pages query(String parameter, String element, boolean result) {
            return new Pages(parameter, element, Form.QUERY, result, false);
        }

        Pages truncated() {
            return new Pages(parameter, element, form, result, true);
        }
    }

    /** All reads that have pages. */
    static Set<String> all() {
        return new TreeSet<>(READS.keySet());
    }

    /** The reads whose pages were followed to the end. */
    Set<String> followed() {
        return new TreeSet<>(read);
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        String operation = operation(request);
        Pages pages = READS.get(operation);
        if (pages == null) {
            return delegate.prepareRequest(request);
        }
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                String token = token(request, pages);
                if (token.equals(END)) {
                    read.add(operation);
                    return answer(empty(operation, pages, Optional.empty()), pages);
                }
                if (token.isEmpty()) {
                    return answer(empty(operation, pages, Optional.of(CONTENT)), pages);
                }
                return withEnd(delegate.prepareRequest(without(request, pages)).call(), operation, pages);
            }

            @Override
            public void abort() {
                // what is made up here takes no time
            }
        };
    }

    private static String operation(HttpExecuteRequest request) {
        SdkHttpRequest http = request.httpRequest();
        Matcher scope = Pattern.compile("Credential=[^/]+/\\d+/[^/]+/([^/]+)/")
                .matcher(http.firstMatchingHeader("Authorization").orElse(""));
        String service = scope.find() ? scope.group(1) : "";
        String target = http.firstMatchingHeader("X-Amz-Target").orElse("");
        if (!target.isEmpty()) {
            return service + ":" + target.substring(target.lastIndexOf('.') + 1);
        }
        if (service.equals("s3")) {
            return http.rawQueryParameters().containsKey("list-type") ? "s3:ListObjectsV2" : "s3:";
        }
        if (service.equals("route53")) {
            boolean reads = http.method().name().equals("GET");
            String path = http.encodedPath();
            return reads && path.endsWith("/hostedzone")
                    ? "route53:ListHostedZones"
                    : reads && path.endsWith("/rrset") ? "route53:ListResourceRecordSets" : "route53:";
        }
        Matcher action = Pattern.compile("Action=(\\w+)").matcher(body(request));
        return service + ":" + (action.find() ? action.group(1) : "");
    }

    private static String token(HttpExecuteRequest request, Pages pages) {
        return switch (pages.form()) {
            case QUERY -> first("(?:^|&)" + pages.parameter() + "=([^&]*)", body(request));
            case JSON -> first("\"" + pages.parameter() + "\":\"([^\"]*)\"", body(request));
            case REST ->
                request.httpRequest()
                        .rawQueryParameters()
                        .getOrDefault(pages.parameter(), List.of(""))
                        .get(0);
        };
    }

    private static String first(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? matcher.group(1) : "";
    }

    /** The request for the emulator, which knows nothing of our token. */
    private static HttpExecuteRequest without(HttpExecuteRequest request, Pages pages) {
        if (!token(request, pages).equals(CONTENT)) {
            return request;
        }
        if (pages.form() == Form.REST) {
            return HttpExecuteRequest.builder()
                    .request(request.httpRequest().copy(http -> http.removeQueryParameter(pages.parameter())))
                    .contentStreamProvider(request.contentStreamProvider().orElse(null))
                    .build();
        }
        String body = body(request)
                .replaceAll("&" + pages.parameter() + "=" + CONTENT, "")
                .replaceAll(",?\"" + pages.parameter() + "\":\"" + CONTENT + "\"", "");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return HttpExecuteRequest.builder()
                .request(request.httpRequest()
                        .copy(http -> http.putHeader("Content-Length", String.valueOf(bytes.length))))
                .contentStreamProvider(() -> new ByteArrayInputStream(bytes))
                .build();
    }

    private static String body(HttpExecuteRequest request) {
        return request.contentStreamProvider()
                .map(provider -> {
                    try (InputStream stream = provider.newStream()) {
                        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .orElse("");
    }

    private static String empty(String operation, Pages pages, Optional<String> token) {
        String name = operation.substring(operation.indexOf(':') + 1);
        if (pages.form() == Form.JSON) {
            return token.map(next -> "{\"NextToken\":\"" + next + "\"}").orElse("{}");
        }
        String more = (pages.truncates() ? "<IsTruncated>" + token.isPresent() + "</IsTruncated>" : "")
                + token.map(next -> element(pages, next)).orElse("");
        return pages.result()
                ? "<" + name + "Response><" + name + "Result>" + more + "</" + name + "Result></" + name + "Response>"
                : "<" + name + "Response>" + more + "</" + name + "Response>";
    }

    private static String element(Pages pages, String token) {
        return "<" + pages.element() + ">" + token + "</" + pages.element() + ">";
    }

    /** The emulator's answer, which says that a page follows; when one of its own does, it stays as it is. */
    private static HttpExecuteResponse withEnd(HttpExecuteResponse response, String operation, Pages pages)
            throws IOException {
        String body;
        try (InputStream stream = response.responseBody().orElseThrow()) {
            body = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
        if (!response.httpResponse().isSuccessful()) {
            throw new IOException(operation + " was refused: " + body);
        }
        if (pages.form() == Form.JSON) {
            return answer(
                    body.contains("\"NextToken\":\"")
                            ? body
                            : body.substring(0, body.lastIndexOf('}')).replaceAll(",?\\s*\"NextToken\":\\s*null", "")
                                    + ", \"NextToken\": \"" + END + "\"}",
                    pages);
        }
        if (body.contains("<IsTruncated>true")
                || body.matches("(?s).*<" + pages.element() + ">[^<].*") && !pages.truncates()) {
            return answer(body, pages);
        }
        String plain = body.replaceAll("<" + pages.element() + "\\s*/>", "")
                .replaceAll("<" + pages.element() + "></" + pages.element() + ">", "")
                .replaceAll("<IsTruncated>\\w*</IsTruncated>", "");
        int end = plain.lastIndexOf(pages.result() ? "Result>" : "</");
        int before = plain.lastIndexOf('<', end);
        return answer(
                plain.substring(0, before)
                        + (pages.truncates() ? "<IsTruncated>true</IsTruncated>" : "")
                        + element(pages, END)
                        + plain.substring(before),
                pages);
    }

    private static HttpExecuteResponse answer(String body, Pages pages) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return HttpExecuteResponse.builder()
                .response(SdkHttpFullResponse.builder()
                        .statusCode(200)
                        .putHeader(
                                "Content-Type", pages.form() == Form.JSON ? "application/x-amz-json-1.1" : "text/xml")
                        .putHeader("Content-Length", String.valueOf(bytes.length))
                        .build())
                .responseBody(AbortableInputStream.create(new ByteArrayInputStream(bytes)))
                .build();
    }

    @Override
    public String clientName() {
        return "empty-pages";
    }

    @Override
    public void close() {
        delegate.close();
    }
}
