package io.k8saws.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreshResourcesTest {
    private final FreshResources fresh = new FreshResources(java.time.Duration.ofSeconds(60), System::nanoTime);

    @Test
    void whatWasMadeIsFresh_untilItIsDeleted() {
        fresh.add(List.of("k8saws-payments-f13a2c6a", ""));

        assertThat(fresh.namedIn("PutObject(Bucket=k8saws-payments-f13a2c6a)")).isTrue();
        assertThat(fresh.namedIn("PutObject(Bucket=another)")).isFalse();

        fresh.remove(List.of("k8saws-payments-f13a2c6a"));

        assertThat(fresh.namedIn("PutObject(Bucket=k8saws-payments-f13a2c6a)")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "sg-0123456789abcdef0, 'RevokeSecurityGroupEgressRequest(GroupId=sg-0123456789abcdef0)', true",
        "etcd.kill, 'GetRoleRequest(RoleName=etcd.kill)', true",
        "etcd.kill, 'GetRoleRequest(RoleName=etcd.killer)', false",
        "etcd.kill, 'GetRoleRequest(RoleName=my-etcd.kill)', false",
        "1, 'RevokeSecurityGroupEgressRequest(GroupId=sg-1)', false",
        "1, 'UpdateAutoScalingGroupRequest(Version=1)', false",
        "'', 'GetRoleRequest(RoleName=etcd.kill)', false",
        "vpc-0123456789abcdef0, 'DeleteVpcRequest(VpcId=vpc-0fedcba9876543210)', false",
    })
    void namedIn_needsTheWholeId(String made, String request, boolean named) {
        fresh.add(List.of(made));
        assertThat(fresh.namedIn(request)).isEqualTo(named);
    }
}
