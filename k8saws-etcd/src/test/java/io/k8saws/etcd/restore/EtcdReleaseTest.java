package io.k8saws.etcd.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EtcdReleaseTest {
    @Test
    void releasesByVersion() {
        assertThat(EtcdRelease.of("3.4.23+dfsg")).isEqualTo(EtcdRelease.V3_4);
        assertThat(EtcdRelease.of("v3.5.31")).isEqualTo(EtcdRelease.V3_5);
        assertThat(EtcdRelease.of("3.7.0")).isEqualTo(EtcdRelease.V3_6);
        assertThatThrownBy(() -> EtcdRelease.of("2.3.8")).isInstanceOf(K8sAwsException.class);
        assertThat(EtcdRelease.V3_6.takes(EtcdRelease.V3_5)).isTrue();
        assertThat(EtcdRelease.V3_6.takes(EtcdRelease.V3_4)).isFalse();
        assertThat(EtcdRelease.V3_4.takes(EtcdRelease.V3_5)).isFalse();
    }

    /** 3.0.0 is what the database of a cluster says that is some seconds old, of 3.4 as of later ones. */
    @ParameterizedTest
    @CsvSource({
        ",,false,V3_4",
        ",,true,V3_5",
        "3.4.0,,false,V3_4",
        "3.0.0,,false,V3_4",
        "3.5.0,,true,V3_5",
        "3.0.0,,true,V3_5",
        "3.6.0,3.6.0,true,V3_6",
        "3.6.0,,true,V3_6",
        "3.0.0,3.6.0,true,V3_6"
    })
    void releaseOfADatabase(String clusterVersion, String storageVersion, boolean term, EtcdRelease release) {
        assertThat(EtcdRelease.ofDatabase(
                        Optional.ofNullable(clusterVersion), Optional.ofNullable(storageVersion), term))
                .isEqualTo(release);
    }
}
