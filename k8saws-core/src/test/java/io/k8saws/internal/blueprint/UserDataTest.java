package io.k8saws.internal.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.Resource;
import io.k8saws.internal.resource.BucketObjects.BucketObject;
import io.k8saws.internal.resource.IamRolePolicies.IamRolePolicy;
import io.k8saws.internal.resource.LaunchTemplates.LaunchTemplate;
import io.k8saws.plan.ResourceAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("User data points to a machine's configuration and holds no secret")
class UserDataTest {
    private static final int LIMIT = 16_384; // EC2 user guide, "Work with instance user data": bytes before base 64
    private static final Pattern POINTER = Pattern.compile(
            "PART='(?<part>\\S+)'\n(?:.*\n)*S3='https://(?<bucket>[^.]+)\\.\\S+'\nBUNDLE='(?<hash>[0-9a-f]{64})'\n");

    static Stream<ClusterSpec> specs() {
        return BlueprintGoldenTest.specs();
    }

    private static Map<ResourceAddress, LaunchTemplate> templates(ClusterSpec spec) {
        return BlueprintGoldenTest.graph(spec).inOrder().stream()
                .filter(resource -> resource.attributes() instanceof LaunchTemplate)
                .collect(Collectors.toMap(Resource::address, resource -> (LaunchTemplate) resource.attributes()));
    }

    private static List<BucketObject> files(ClusterSpec spec) {
        return BlueprintGoldenTest.graph(spec).inOrder().stream()
                .filter(resource -> resource.attributes() instanceof BucketObject)
                .map(resource -> (BucketObject) resource.attributes())
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void itFitsIntoWhatEc2Takes(ClusterSpec spec) {
        assertThat(templates(spec)).isNotEmpty().allSatisfy((address, template) -> assertThat(
                        template.userData().getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThan(LIMIT));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void itPointsToAFileThatTheGraphHolds_byItsHash(ClusterSpec spec) {
        templates(spec).forEach((address, template) -> {
            Matcher pointer = POINTER.matcher(template.userData());
            boolean found = pointer.find();
            assertThat(found)
                    .as("pointer of %s in %s", address, template.userData())
                    .isEqualTo(!role(template).equals("bastion"));
            if (!found) {
                assertThat(template.userData()).isEmpty();
                return;
            }
            assertThat(pointer.group("bucket"))
                    .isEqualTo(BlueprintGoldenTest.scope(spec).bucket());
            assertThat(files(spec))
                    .filteredOn(file -> file.key().equals(key(pointer)))
                    .singleElement()
                    .satisfies(file -> assertThat(file.content().sha256()).isEqualTo(pointer.group("hash")));
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void neitherItNorTheFilesHoldASecret(ClusterSpec spec) {
        Pattern secret = Pattern.compile(
                "PRIVATE KEY-----|\\b(AKIA|ASIA)[A-Z0-9]{16}\\b|\\b[a-z0-9]{6}\\.[a-z0-9]{16}\\b|\"?secret\"?: ");
        templates(spec)
                .forEach((address, template) ->
                        assertThat(template.userData()).as("%s", address).doesNotContainPattern(secret));
        assertThat(files(spec))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(file.content().text()).doesNotContainPattern(secret))
                .allSatisfy(file -> assertThat(file.content())
                        .hasToString("sha256:" + file.content().sha256()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void aMachineMayReadItsFile_andNoFileOfAnotherRole(ClusterSpec spec) {
        Map<String, String> policies = BlueprintGoldenTest.graph(spec).inOrder().stream()
                .filter(resource -> resource.attributes() instanceof IamRolePolicy)
                .collect(Collectors.toMap(
                        resource -> resource.address().name(),
                        resource -> ((IamRolePolicy) resource.attributes()).document()));

        templates(spec).forEach((address, template) -> {
            Matcher pointer = POINTER.matcher(template.userData());
            if (!pointer.find()) {
                return;
            }
            String object = "arn:aws:s3:::" + pointer.group("bucket") + "/" + key(pointer);
            assertThat(policies.entrySet().stream()
                            .filter(policy -> Decision.allows(policy.getValue(), "s3:GetObject", object, Map.of()))
                            .map(Map.Entry::getKey))
                    .as("who may read the file of %s", address)
                    .containsExactly(role(template));
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void everyFileIsAMachines(ClusterSpec spec) {
        Set<String> pointers = templates(spec).values().stream()
                .map(template -> POINTER.matcher(template.userData()))
                .filter(Matcher::find)
                .map(UserDataTest::key)
                .collect(Collectors.toSet());

        assertThat(files(spec)).allSatisfy(file -> assertThat(file.bucket())
                .isEqualTo(Ref.to(new ResourceAddress("bucket", "cluster"))));
        assertThat(files(spec)).extracting(BucketObject::key).containsExactlyInAnyOrderElementsOf(pointers);
    }

    private static String key(Matcher pointer) {
        return "nodes/" + pointer.group("part") + "/" + pointer.group("hash");
    }

    /** The role that a template's instances get by their profile. */
    static String role(LaunchTemplate template) {
        return ((Ref.To) template.instanceProfile()).target().name();
    }
}
