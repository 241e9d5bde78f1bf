package io.k8saws.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What the metadata service tells an instance")
class InstanceMetadataTest {
    private static final NodeInstance PLAIN =
            NodeInstance.of("i-1", NodeInterface.of("eni-1", "10.0.0.5", "10.0.0.0/20"));

    @Test
    void plainInstance_hasNeitherTagsNorRoleNorUserData() {
        JsonNode document = document(PLAIN);

        assertThat(document.at("/metaData/instance-id").asText()).isEqualTo("i-1");
        assertThat(document.at("/metaData/local-hostname").asText()).isEqualTo("ip-10-0-0-5.ec2.internal");
        assertThat(document.at("/metaData/tags").isMissingNode()).isTrue();
        assertThat(document.at("/metaData/iam").isMissingNode()).isTrue();
        assertThat(document.at("/userData").isMissingNode()).isTrue();
        assertThat(document.at("/hopLimit").asInt()).isEqualTo(1);
    }

    @Test
    void tagsRoleAndUserData_areTold() {
        JsonNode document = document(PLAIN.withTag("Name", "first")
                .withUserData("#!/bin/sh\n")
                .withRole(
                        "reader",
                        new RoleCredentials("ASIA1", "secret", "token", Instant.parse("2030-01-01T06:00:00Z"))));

        assertThat(document.at("/metaData/tags/instance/Name").asText()).isEqualTo("first");
        assertThat(document.at("/userData").asText()).isEqualTo("IyEvYmluL3NoCg==");
        JsonNode credentials = Json.read(
                document.at("/metaData/iam/security-credentials/reader").asText());
        assertThat(credentials.get("AccessKeyId").asText()).isEqualTo("ASIA1");
        assertThat(credentials.get("SecretAccessKey").asText()).isEqualTo("secret");
        assertThat(credentials.get("Token").asText()).isEqualTo("token");
        assertThat(credentials.get("Expiration").asText()).isEqualTo("2030-01-01T06:00:00Z");
        assertThat(credentials.get("LastUpdated").asText()).isEqualTo("2030-01-01T00:00:00Z");
    }

    @Test
    void eachInterface_standsUnderItsHardwareAddress() {
        JsonNode document = document(PLAIN.withInterface(NodeInterface.of("eni-2", "10.0.16.9", "10.0.16.0/20")));

        JsonNode second = document.at("/metaData/network/interfaces/macs/06:00:0a:00:10:09");
        assertThat(second.get("device-number").asText()).isEqualTo("1");
        assertThat(second.get("interface-id").asText()).isEqualTo("eni-2");
        assertThat(second.get("subnet-ipv4-cidr-block").asText()).isEqualTo("10.0.16.0/20");
        assertThat(document.at("/metaData/mac").asText()).isEqualTo("06:00:0a:00:00:05");
    }

    @Test
    void otherRegions_haveTheirOwnDomain() {
        NodeInstance elsewhere = PLAIN.withPlacement(
                new NodeInstance.Placement("123456789012", "eu-west-1", "eu-west-1b", "10.0.0.0/16"));

        assertThat(elsewhere.privateDnsName()).isEqualTo("ip-10-0-0-5.eu-west-1.compute.internal");
        JsonNode identity = Json.read(
                document(elsewhere).at("/dynamic/instance-identity/document").asText());
        assertThat(identity.get("availabilityZone").asText()).isEqualTo("eu-west-1b");
        assertThat(identity.get("region").asText()).isEqualTo("eu-west-1");
    }

    @Test
    void spotInstanceThatEc2TakesBack_isToldWhen() {
        JsonNode spot = document(PLAIN.withInterruption(Instant.parse("2026-11-28T12:00:00.5Z")))
                .at("/metaData/spot");

        assertThat(Json.read(spot.get("instance-action").asText()))
                .isEqualTo(Json.read("{\"action\":\"terminate\",\"time\":\"2026-11-28T12:00:00Z\"}"));
        assertThat(spot.get("termination-time").asText()).isEqualTo("2026-11-28T12:00:00Z");
        assertThat(document(PLAIN).at("/metaData/spot").isMissingNode()).isTrue();
    }

    @Test
    void instanceWithoutInterfaceOrWithAWrongHopLimit_isRefused() {
        assertThatThrownBy(() -> new NodeInstance(
                        "i-1",
                        PLAIN.placement(),
                        PLAIN.image(),
                        List.of(),
                        Map.of(),
                        Optional.empty(),
                        List.of(),
                        "",
                        1,
                        Optional.empty(),
                        Optional.empty()))
                .hasMessageContaining("i-1")
                .hasMessageContaining("no network interface");
        assertThatThrownBy(() -> new NodeInstance(
                        "i-1",
                        PLAIN.placement(),
                        PLAIN.image(),
                        PLAIN.interfaces(),
                        Map.of(),
                        Optional.empty(),
                        List.of(),
                        "",
                        65,
                        Optional.empty(),
                        Optional.empty()))
                .hasMessageContaining("hop limit 65");
    }

    private static JsonNode document(NodeInstance instance) {
        return Json.read(Json.text(InstanceMetadata.of(instance)));
    }
}
