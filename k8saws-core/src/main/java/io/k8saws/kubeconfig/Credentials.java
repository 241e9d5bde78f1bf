package io.k8saws.kubeconfig;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** How a user proves who they are. A user may have several: a certificate and a token go together. Immutable; {@code toString} shows no secret. */
public sealed interface Credentials {
    /** The version of the plugin protocol for new entries. */
    String EXEC_API_VERSION = "client.authentication.k8s.io/v1";

    /**
     * A bearer token.
     *
     * @param value the token
     * @return credentials
     */
    static Token token(String value) {
        return new Token(value);
    }

    /**
     * A client certificate with its key.
     *
     * @param certificate the certificate, with what is needed of its chain
     * @param key its private key
     * @return credentials
     */
    static ClientCertificate clientCertificate(PemSource certificate, PemSource key) {
        return new ClientCertificate(certificate, key);
    }

    /**
     * A program that prints credentials. It speaks {@value #EXEC_API_VERSION}, may ask the user if there is a terminal, and gets no facts about the
     * cluster; the {@code with} methods change that.
     *
     * @param command a program on the PATH, or a path
     * @param args its arguments; others can read them, so no secrets
     * @return credentials
     */
    static Exec exec(String command, String... args) {
        return new Exec(
                EXEC_API_VERSION,
                command,
                List.of(args),
                Map.of(),
                Optional.of(InteractiveMode.IF_AVAILABLE),
                false,
                Optional.empty());
    }

    /**
     * A bearer token. It excludes {@link Basic}.
     *
     * @param value the token; secret
     */
    record Token(String value) implements Credentials {
        /** Checks that there is one. */
        public Token {
            Texts.require(value, "token");
        }

        /** Says that it is a token, and no more. */
        @Override
        public String toString() {
            return "Token[****]";
        }
    }

    /**
     * A file with a bearer token, which is read again and again. It counts more than a {@link Token}.
     *
     * @param path the file; absolute, unless it is not known to which folder it is relative
     */
    record TokenFile(Path path) implements Credentials {
        /** Checks that the path is there. */
        public TokenFile {
            Objects.requireNonNull(path, "path");
        }
    }

    /**
     * A client certificate for TLS.
     *
     * @param certificate the certificate
     * @param key its private key
     */
    record ClientCertificate(PemSource certificate, PemSource key) implements Credentials {
        /** Checks that both are there. */
        public ClientCertificate {
            Objects.requireNonNull(certificate, "certificate");
            Objects.requireNonNull(key, "key");
        }
    }

    /**
     * A name and a password. API servers have not taken them since Kubernetes 1.19; a proxy may. It excludes {@link Token}.
     *
     * @param username the name
     * @param password the password; secret
     */
    record Basic(String username, String password) implements Credentials {
        /** Checks that both are there. */
        public Basic {
            Objects.requireNonNull(username, "username");
            Objects.requireNonNull(password, "password");
        }

        /** Shows the name only. */
        @Override
        public String toString() {
            return "Basic[username=" + username + ", password=****]";
        }
    }

    /**
     * A program that prints credentials, such as {@code aws eks get-token}.
     *
     * @param apiVersion the protocol's version, such as {@value #EXEC_API_VERSION}; empty when the file does not say
     * @param command a program on the PATH, or a path; empty when the file does not say
     * @param args its arguments
     * @param env variables in addition to the caller's; secret
     * @param interactiveMode what it does with standard input; empty when the file does not say and the version has no default
     * @param provideClusterInfo whether it gets address and certificate of the cluster
     * @param installHint what to tell users who do not have it
     */
    record Exec(
            String apiVersion,
            String command,
            List<String> args,
            Map<String, String> env,
            Optional<InteractiveMode> interactiveMode,
            boolean provideClusterInfo,
            Optional<String> installHint)
            implements Credentials {
        /** Copies the collections. */
        public Exec {
            Objects.requireNonNull(apiVersion, "apiVersion");
            Objects.requireNonNull(command, "command");
            args = List.copyOf(args);
            env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
            Objects.requireNonNull(interactiveMode, "interactiveMode");
            Objects.requireNonNull(installHint, "installHint");
        }

        /**
         * Adds or replaces a variable.
         *
         * @param name its name
         * @param value its value
         * @return a copy
         */
        public Exec withEnv(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(env);
            more.put(Texts.require(name, "name of a variable"), value);
            return new Exec(apiVersion, command, args, more, interactiveMode, provideClusterInfo, installHint);
        }

        /**
         * Says what it does with standard input.
         *
         * @param mode the mode
         * @return a copy
         */
        public Exec withInteractiveMode(InteractiveMode mode) {
            return new Exec(apiVersion, command, args, env, Optional.of(mode), provideClusterInfo, installHint);
        }

        /**
         * Says whether it gets address and certificate of the cluster.
         *
         * @param provide true if it shall
         * @return a copy
         */
        public Exec withProvideClusterInfo(boolean provide) {
            return new Exec(apiVersion, command, args, env, interactiveMode, provide, installHint);
        }

        /**
         * Says what to tell users who do not have the program.
         *
         * @param hint for example how to install it
         * @return a copy
         */
        public Exec withInstallHint(String hint) {
            return new Exec(apiVersion, command, args, env, interactiveMode, provideClusterInfo, Optional.of(hint));
        }

        /** Shows the command, how many arguments it has and the names of its variables. */
        @Override
        public String toString() {
            return "Exec[" + command + " with " + args.size() + " arguments, env=" + env.keySet() + ", apiVersion="
                    + apiVersion + "]";
        }
    }

    /**
     * A plugin of the old kind, which no client has any more. It is kept, and cannot be made.
     *
     * @param name which plugin
     */
    record AuthProvider(String name) implements Credentials {
        /** Checks that the name is there. */
        public AuthProvider {
            Objects.requireNonNull(name, "name");
        }
    }
}
