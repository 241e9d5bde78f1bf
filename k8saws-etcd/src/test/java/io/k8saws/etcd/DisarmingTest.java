package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.health.MemberState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisarmingTest {
    /** A request that did not fit has raised the alarm while the database was still smaller than its quota. */
    @ParameterizedTest
    @CsvSource({
        "2147483648,2147483648,true",
        "2146000000,2147483648,true", // 1.4 MiB below
        "2145000000,2147483648,false",
        "15300000,16777216,true",
        "1100000,16777216,false",
        "900000,1000000,true",
        "800000,1000000,false",
        "9000000000,-1,false", // before 3.6 nobody tells
    })
    void aDatabaseWithoutRoomForARequestWouldRaiseItAgain(long size, long quota, boolean refused) {
        MemberHealth member = new MemberHealth(
                new EtcdMember("000000000000000a", "a", List.of(), List.of(), false, ""),
                "http://a:2379",
                Optional.of(new MemberState(
                        "3.6.10",
                        "",
                        size,
                        1,
                        quota < 0 ? OptionalLong.empty() : OptionalLong.of(quota),
                        "000000000000000a",
                        5,
                        2,
                        5,
                        5,
                        List.of())),
                "");
        EtcdHealth health = new EtcdHealth("00000000000000ff", List.of(member), List.of(), List.of(), Instant.EPOCH);

        List<String> refusals = Disarming.tooLarge(health);

        assertThat(refusals).hasSize(refused ? 1 : 0);
        assertThat(refusals).allMatch(text -> text.contains("a has " + size + " bytes of " + quota));
    }
}
