package io.k8saws.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;

@DisplayName("A request's operation has the name that the API reference gives it")
class OperationNameTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    GET    | /                     |                        | ListBuckets                    | false
                    PUT    | /b                    |                        | CreateBucket                   | true
                    PUT    | /b/                   |                        | CreateBucket                   | true
                    HEAD   | /b                    |                        | HeadBucket                     | false
                    DELETE | /b                    |                        | DeleteBucket                   | true
                    GET    | /b                    |                        | ListObjects                    | false
                    GET    | /b                    | list-type=2            | ListObjectsV2                  | false
                    GET    | /b                    | versions               | ListObjectVersions             | false
                    GET    | /b                    | uploads                | ListMultipartUploads           | false
                    POST   | /b                    | delete                 | DeleteObjects                  | true
                    GET    | /b                    | versioning             | GetBucketVersioning            | false
                    PUT    | /b                    | versioning             | PutBucketVersioning            | true
                    PUT    | /b                    | publicAccessBlock      | PutPublicAccessBlock           | true
                    PUT    | /b                    | encryption             | PutBucketEncryption            | true
                    GET    | /b                    | policy                 | GetBucketPolicy                | false
                    DELETE | /b                    | policy                 | DeleteBucketPolicy             | true
                    PUT    | /b                    | tagging                | PutBucketTagging               | true
                    PUT    | /b                    | lifecycle              | PutBucketLifecycleConfiguration| true
                    GET    | /b/k                  |                        | GetObject                      | false
                    HEAD   | /b/k/with/slashes     |                        | HeadObject                     | false
                    PUT    | /b/k                  |                        | PutObject                      | true
                    DELETE | /b/k                  |                        | DeleteObject                   | true
                    DELETE | /b/k                  | versionId=1            | DeleteObject                   | true
                    PUT    | /b/k                  | tagging                | PutObjectTagging               | true
                    POST   | /b/k                  | uploads                | CreateMultipartUpload          | true
                    PUT    | /b/k                  | uploadId=1&partNumber=1| UploadPart                     | true
                    POST   | /b/k                  | uploadId=1             | CompleteMultipartUpload        | true
                    DELETE | /b/k                  | uploadId=1             | AbortMultipartUpload           | true
                    GET    | /b/k                  | attributes             | GetObjectAttributes            | false
                    """)
    void s3_byMethodPathAndSubResource(
            SdkHttpMethod method,
            String path,
            @org.jspecify.annotations.Nullable String query,
            String operation,
            boolean write) {
        AwsCall call = seen("s3", "127.0.0.1", method, path, query).call();

        assertThat(call.name()).isEqualTo("s3:" + operation);
        assertThat(call.write()).isEqualTo(write);
    }

    @ParameterizedTest
    @CsvSource({"state.s3.eu-west-1.amazonaws.com, /, HeadBucket", "state.s3.amazonaws.com, /k, HeadObject"})
    void s3_withTheBucketInTheHost(String host, String path, String operation) {
        SeenRequest seen = seen("s3", host, SdkHttpMethod.HEAD, path, null);

        assertThat(seen.call().operation()).isEqualTo(operation);
        assertThat(seen.parameters()).containsEntry("Bucket", "state");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, /b/state/lock.json, state/lock.json",
        "127.0.0.1, /b/a%20b/c+d, a b/c+d",
        "state.s3.amazonaws.com, /state/lock.json, state/lock.json",
        "127.0.0.1, /b/, ''",
        "127.0.0.1, /b, ''"
    })
    void s3_tellsTheKey(String host, String path, String key) {
        AwsCall call = seen("s3", host, SdkHttpMethod.PUT, path, null).call();

        assertThat(call.key()).isEqualTo(key);
        assertThat(call).asString().endsWith(key);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    GET    | /2013-04-01/hostedzone                    | ListHostedZones            | false
                    POST   | /2013-04-01/hostedzone                    | CreateHostedZone           | true
                    GET    | /2013-04-01/hostedzone/Z1                 | GetHostedZone              | false
                    DELETE | /2013-04-01/hostedzone/Z1                 | DeleteHostedZone           | true
                    GET    | /2013-04-01/hostedzone/Z1/rrset           | ListResourceRecordSets     | false
                    POST   | /2013-04-01/hostedzone/Z1/rrset/          | ChangeResourceRecordSets   | true
                    GET    | /2013-04-01/hostedzonesbyname             | ListHostedZonesByName      | false
                    GET    | /2013-04-01/hostedzonesbyvpc              | ListHostedZonesByVPC       | false
                    POST   | /2013-04-01/hostedzone/Z1/associatevpc    | AssociateVPCWithHostedZone | true
                    GET    | /2013-04-01/change/C1                     | GetChange                  | false
                    POST   | /2013-04-01/healthcheck                   | CreateHealthCheck          | true
                    GET    | /2013-04-01/tags/hostedzone/Z1            | ListTagsForResource        | false
                    POST   | /2013-04-01/tags/hostedzone/Z1            | ChangeTagsForResource      | true
                    PATCH  | /2013-04-01/somethingnew/X                | PATCH /somethingnew/X      | true
                    """)
    void route53_byMethodAndPath(SdkHttpMethod method, String path, String operation, boolean write) {
        AwsCall call =
                seen("route53", "route53.amazonaws.com", method, path, null).call();

        assertThat(call.name()).isEqualTo("route53:" + operation);
        assertThat(call.write()).isEqualTo(write);
    }

    @ParameterizedTest
    @CsvSource({
        "DescribeVpcs, false",
        "CreateVpc, true",
        "RunInstances, true",
        "ListRoles, false",
        "GetRole, false",
        "AssumeRole, false",
        "SimulatePrincipalPolicy, false",
        "TerminateInstances, true",
        "ReceiveMessage, true"
    })
    void writes_areToldByTheName(String operation, boolean write) {
        assertThat(SeenRequest.writes(operation, SdkHttpMethod.POST)).isEqualTo(write);
    }

    private static SeenRequest seen(
            String service,
            String host,
            SdkHttpMethod method,
            String path,
            @org.jspecify.annotations.Nullable String query) {
        Map<String, List<String>> parameters = new TreeMap<>();
        for (String pair : Optional.ofNullable(query).orElse("").split("&", -1)) {
            if (!pair.isEmpty()) {
                String[] both = pair.split("=", 2);
                parameters.put(both[0], List.of(both.length > 1 ? both[1] : ""));
            }
        }
        return SeenRequest.of(
                1,
                HttpExecuteRequest.builder()
                        .request(SdkHttpFullRequest.builder()
                                .method(method)
                                .protocol("https")
                                .host(host)
                                .encodedPath(path)
                                .rawQueryParameters(parameters)
                                .putHeader(
                                        "Authorization",
                                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/" + service
                                                + "/aws4_request, SignedHeaders=host, Signature=0")
                                .build())
                        .build());
    }
}
