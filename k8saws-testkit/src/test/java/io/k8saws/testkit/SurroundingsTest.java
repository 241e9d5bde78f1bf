package io.k8saws.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The environment says where the testbed is, and what is missing is told with its cure")
class SurroundingsTest {

    @ParameterizedTest
    @CsvSource({
        "/t, /x, /h, /t",
        "'', /x, /h, /x/k8saws/testbed",
        "'', '', /h, /h/.cache/k8saws/testbed",
    })
    void home(String testbed, String xdg, String home, Path expected) {
        assertThat(new Surroundings(Map.of("K8SAWS_TESTBED_HOME", testbed, "XDG_CACHE_HOME", xdg, "HOME", home)).home())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "moto-server, moto",
        "localstack-host, localstack",
        "etcd, etcd",
        "etcdctl, etcd",
        "etcdutl, etcd",
        "kube-apiserver, kube",
        "kube-controller-manager, kube",
        "kube-scheduler, kube",
        "kubeadm, kube",
        "kwok, kwok"
    })
    void missingProgram_namesTheCommandThatInstallsIt(String program, String component, @TempDir Path empty) {
        Surroundings surroundings = new Surroundings(Map.of(Surroundings.HOME, empty.toString()));

        assertThatThrownBy(() -> Component.with(program).program(surroundings, program))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("'testbed/install " + component + "'");
    }

    @Test
    void unknownProgram_isRefused_withTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Component.with("minikube"))
                .withMessageContaining("kubeadm");
    }

    @Test
    void testbedChoice_isChecked() {
        assertThat(new Surroundings(Map.of()).docker()).isFalse();
        assertThat(new Surroundings(Map.of("K8SAWS_TESTBED", "docker")).docker())
                .isTrue();
        assertThatThrownBy(() -> new Surroundings(Map.of("K8SAWS_TESTBED", "podman")).docker())
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("K8SAWS_TESTBED=podman");
    }

    @Test
    void awsEndpoint_thatIsNoUrl_isRefused() {
        assertThatThrownBy(() ->
                        Emulators.start(AwsKind.MOTO, new Surroundings(Map.of(Surroundings.AWS_ENDPOINT, "localhost"))))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("K8SAWS_AWS_ENDPOINT=localhost");
    }
}
