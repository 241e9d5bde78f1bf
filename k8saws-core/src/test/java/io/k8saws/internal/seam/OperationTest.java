package io.k8saws.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ec2.model.CreateVpcRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

@DisplayName("An operation knows what it does")
class OperationTest {
    @ParameterizedTest
    @CsvSource({
        "DescribeVpcs, true, false, false, true",
        "GetObject, true, false, false, true",
        "ListBuckets, true, false, false, true",
        "HeadBucket, true, false, false, true",
        "CreateVpc, false, true, false, false",
        "AllocateAddress, false, true, false, false",
        "CreateNatGateway, false, true, false, true",
        "ImportKeyPair, false, true, false, true",
        "RunInstances, false, true, false, true",
        "DeleteVpc, false, false, true, true",
        "RevokeSecurityGroupEgress, false, false, true, true",
        "ModifyVpcAttribute, false, false, false, true",
        "AuthorizeSecurityGroupIngress, false, false, false, true"
    })
    void readsMakesRemovesRepeats(String name, boolean reads, boolean makes, boolean removes, boolean repeatable) {
        Operation operation = new Operation("ec2", name);

        assertThat(operation.reads()).isEqualTo(reads);
        assertThat(operation.makes()).isEqualTo(makes);
        assertThat(operation.removes()).isEqualTo(removes);
        assertThat(operation.repeatable()).isEqualTo(repeatable);
    }

    @Test
    void itIsNamedAfterItsRequest() {
        assertThat(Operation.of("ec2", CreateVpcRequest.builder().build())).hasToString("ec2:CreateVpc");
        assertThat(Operation.of("s3", GetObjectRequest.builder().build())).hasToString("s3:GetObject");
    }
}
