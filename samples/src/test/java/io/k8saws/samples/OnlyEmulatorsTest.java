package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnlyEmulatorsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://ec2.eu-west-1.amazonaws.com",
                "https://ec2.eu-west-1.AMAZONAWS.com",
                "https://ec2.eu-west-1.amazonaws.com.:443/",
                "https://ec2.cn-north-1.Amazonaws.com.cn",
                "https://ec2.eu-west-1.api.AWS"
            })
    void anEndpointOfAws_isRefused(String endpoint) {
        assertThatThrownBy(() -> OnlyEmulators.require(URI.create(endpoint)))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining(endpoint)
                .hasMessageContaining("this is AWS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:5000",
                "http://[::1]:5000",
                "http://localhost.localstack.cloud:4566",
                "http://amazonaws.com.emulator.example:5000"
            })
    void anEmulator_isTaken(String endpoint) {
        assertThatCode(() -> OnlyEmulators.require(URI.create(endpoint))).doesNotThrowAnyException();
    }
}
