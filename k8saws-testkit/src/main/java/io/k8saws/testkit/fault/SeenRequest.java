package io.k8saws.testkit.fault;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * A request with its meaning: which service, which operation, which parameters.
 *
 * @param call what the public sees
 * @param protocol how its answers are written
 * @param head whether it is an HTTP HEAD, whose answer has no body
 * @param parameters the parameters of the query protocols under their full names ({@code Filter.1.Value.2}), the string fields of a JSON body
 *     under their paths ({@code Targets.0.Arn}), the bucket of an S3 request under {@code Bucket}
 * @param signedAt the X-Amz-Date header, or empty
 */
record SeenRequest(AwsCall call, Protocol protocol, boolean head, Map<String, String> parameters, String signedAt) {
    private static final Pattern SCOPE =
            Pattern.compile("Credential=[^/]+/\\d{8}/([^/]+)/([^/]+)/aws4_request", Pattern.CASE_INSENSITIVE);
    private static final Pattern HOST = Pattern.compile("(?:.+\\.)?([a-z0-9-]+)\\.(?:[a-z0-9-]+\\.)?amazonaws\\.com.*");
    private static final ObjectMapper JSON = new ObjectMapper();

    static SeenRequest of(int number, HttpExecuteRequest execute) {
        SdkHttpRequest http = execute.httpRequest();
        String scope = header(http, "Authorization");
        if (scope.isEmpty()) {
            scope = "Credential="
                    + http.firstMatchingRawQueryParameter("X-Amz-Credential").orElse("");
        }
        Matcher signed = SCOPE.matcher(scope);
        boolean found = signed.find();
        String region = found ? signed.group(1) : "";
        String service = (found ? signed.group(2) : serviceOfHost(http.host())).toLowerCase(Locale.ROOT);

        String contentType = header(http, "Content-Type").toLowerCase(Locale.ROOT);
        boolean form = contentType.contains("x-www-form-urlencoded");
        String target = header(http, "X-Amz-Target");
        Protocol protocol = Protocol.of(service, form, !target.isEmpty());

        Map<String, String> parameters = new LinkedHashMap<>();
        String operation;
        String key = "";
        if (form || http.rawQueryParameters().containsKey("Action")) {
            http.rawQueryParameters().forEach((name, values) -> parameters.put(name, first(values)));
            decodeForm(body(execute), parameters);
            operation = parameters.getOrDefault("Action", "");
        } else if (!target.isEmpty()) {
            operation = target.substring(target.lastIndexOf('.') + 1);
            flatten(body(execute), parameters);
        } else if (protocol == Protocol.S3) {
            S3Operations.Named named = S3Operations.of(http);
            operation = named.operation();
            key = named.key();
            parameters.put("Bucket", named.bucket());
        } else if (protocol == Protocol.ROUTE53) {
            operation = Route53Operations.of(http.method(), http.encodedPath(), http.rawQueryParameters());
        } else {
            operation = http.method() + " " + http.encodedPath();
        }
        AwsCall call = new AwsCall(number, service, region, operation, writes(operation, http.method()), key);
        return new SeenRequest(
                call,
                protocol,
                http.method() == SdkHttpMethod.HEAD,
                Map.copyOf(parameters),
                header(http, "X-Amz-Date"));
    }

    /** Whether an operation may change something. Reads are those that AWS names as reads. */
    static boolean writes(String operation, SdkHttpMethod method) {
        for (String read : List.of(
                "Describe",
                "List",
                "Get",
                "Head",
                "Lookup",
                "Search",
                "Simulate",
                "Select",
                "Query",
                "Scan",
                "Test",
                "BatchGet",
                "Check",
                "Decode",
                "AssumeRole")) {
            if (operation.startsWith(read)) {
                return false;
            }
        }
        return operation.indexOf(' ') < 0 || (method != SdkHttpMethod.GET && method != SdkHttpMethod.HEAD);
    }

    private static String serviceOfHost(String host) {
        Matcher matcher = HOST.matcher(host);
        return matcher.matches() ? matcher.group(1) : host;
    }

    private static String header(SdkHttpRequest http, String name) {
        return http.firstMatchingHeader(name).orElse("");
    }

    private static String first(List<String> values) {
        String value = values.isEmpty() ? null : values.get(0);
        return value == null ? "" : value;
    }

    private static String body(HttpExecuteRequest execute) {
        return execute.contentStreamProvider()
                .map(provider -> {
                    try (InputStream stream = provider.newStream()) {
                        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException("Read the body of a request: " + e.getMessage(), e);
                    }
                })
                .orElse("");
    }

    private static void decodeForm(String form, Map<String, String> into) {
        for (String pair : form.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                into.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static void flatten(String json, Map<String, String> into) {
        if (json.isBlank()) {
            return;
        }
        try {
            flatten("", JSON.readTree(json), into);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("Read the JSON body of a request: " + e.getOriginalMessage(), e);
        }
    }

    private static void flatten(String path, JsonNode node, Map<String, String> into) {
        if (node.isObject()) {
            node.properties().forEach(field -> flatten(join(path, field.getKey()), field.getValue(), into));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(join(path, String.valueOf(i)), node.get(i), into);
            }
        } else if (node.isTextual()) {
            into.put(path, node.textValue());
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
