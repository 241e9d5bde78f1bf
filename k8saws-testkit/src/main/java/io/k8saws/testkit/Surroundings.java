package io.k8saws.testkit;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the environment variables say about the testbed. A value of its own, so that tests can give their own. */
record Surroundings(Map<String, String> variables) {
    static final String AWS_ENDPOINT = "K8SAWS_AWS_ENDPOINT";
    static final String ETCD_ENDPOINTS = "K8SAWS_ETCD_ENDPOINTS";
    static final String KUBECONFIG = "K8SAWS_KUBECONFIG";
    static final String TESTBED = "K8SAWS_TESTBED";
    static final String HOME = "K8SAWS_TESTBED_HOME";
    static final String PYTHON = "K8SAWS_TESTBED_PYTHON";

    Surroundings {
        variables = Map.copyOf(variables);
    }

    static Surroundings current() {
        return new Surroundings(System.getenv());
    }

    Optional<String> get(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }

    Surroundings without(String name) {
        Map<String, String> rest = new HashMap<>(variables);
        rest.remove(name);
        return new Surroundings(rest);
    }

    boolean docker() {
        Optional<String> chosen = get(TESTBED);
        chosen.filter(value -> !value.equals("docker") && !value.equals("local"))
                .ifPresent(value -> {
                    throw new TestbedException(
                            "Choose the testbed",
                            TESTBED + " is neither 'local' nor 'docker'",
                            "Set one of the two or none",
                            Map.of(TESTBED, value),
                            null);
                });
        return chosen.filter("docker"::equals).isPresent();
    }

    /** The Python that {@code testbed/install} takes, too. */
    String python() {
        return get(PYTHON).orElse("python3");
    }

    /** The directory that {@code testbed/install --home} prints. */
    Path home() {
        return get(HOME).map(Path::of).orElseGet(() -> get("XDG_CACHE_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(get("HOME").orElse(System.getProperty("user.home")), ".cache"))
                .resolve("k8saws")
                .resolve("testbed"));
    }
}
