package io.k8saws.kubeconfig;

import io.k8saws.kubeconfig.Credentials.AuthProvider;
import io.k8saws.kubeconfig.Credentials.Basic;
import io.k8saws.kubeconfig.Credentials.ClientCertificate;
import io.k8saws.kubeconfig.Credentials.Exec;
import io.k8saws.kubeconfig.Credentials.Token;
import io.k8saws.kubeconfig.Credentials.TokenFile;
import io.k8saws.kubeconfig.Yaml.Mapping;
import io.k8saws.kubeconfig.Yaml.Scalar;
import io.k8saws.kubeconfig.Yaml.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A user's fields and the credentials they stand for, in both directions. */
final class CredentialFields {
    private static final String CERTIFICATE = "client-certificate";
    private static final String CERTIFICATE_DATA = "client-certificate-data";
    private static final String KEY = "client-key";
    private static final String KEY_DATA = "client-key-data";
    private static final String TOKEN = "token";
    private static final String TOKEN_FILE = "tokenFile";
    private static final String USERNAME = "username";
    private static final String PASSWORD = "password";
    private static final String EXEC = "exec";
    private static final String AUTH_PROVIDER = "auth-provider";

    // These versions came before the field did.
    private static final Set<String> VERSIONS_WITH_DEFAULT =
            Set.of("client.authentication.k8s.io/v1beta1", "client.authentication.k8s.io/v1alpha1");

    private CredentialFields() {}

    static List<Credentials> read(Stanza stanza) {
        Mapping body = stanza.body();
        List<Credentials> found = new ArrayList<>();
        Pem.read(stanza, CERTIFICATE, CERTIFICATE_DATA)
                .flatMap(certificate ->
                        Pem.read(stanza, KEY, KEY_DATA).map(key -> new ClientCertificate(certificate, key)))
                .ifPresent(found::add);
        stanza.path(TOKEN_FILE).map(TokenFile::new).ifPresent(found::add);
        body.text(TOKEN).map(Token::new).ifPresent(found::add);
        if (body.text(USERNAME).isPresent() || body.text(PASSWORD).isPresent()) {
            found.add(new Basic(
                    body.text(USERNAME).orElse(""), body.text(PASSWORD).orElse("")));
        }
        if (body.get(EXEC).orElse(null) instanceof Mapping exec) {
            found.add(readExec(exec));
        }
        if (body.get(AUTH_PROVIDER).orElse(null) instanceof Mapping provider) {
            found.add(new AuthProvider(provider.text("name").orElse("")));
        }
        return List.copyOf(found);
    }

    private static Exec readExec(Mapping exec) {
        String version = exec.text("apiVersion").orElse("");
        List<String> args = exec.sequence("args").items().stream()
                .map(item -> ((Scalar) item).text())
                .toList();
        Map<String, String> env = new LinkedHashMap<>();
        exec.sequence("env")
                .mappings()
                .forEach(variable -> env.put(
                        variable.text("name").orElse(""), variable.text("value").orElse("")));
        return new Exec(
                version,
                exec.text("command").orElse(""),
                args,
                env,
                interactiveMode(exec),
                exec.isTrue("provideClusterInfo"),
                exec.text("installHint"));
    }

    /** What the plugin's fields say, or the default of its version. */
    static Optional<InteractiveMode> interactiveMode(Mapping exec) {
        Optional<String> word = exec.text("interactiveMode");
        return word.isPresent()
                ? word.flatMap(InteractiveMode::of)
                : exec.text("apiVersion")
                        .filter(VERSIONS_WITH_DEFAULT::contains)
                        .map(v -> InteractiveMode.IF_AVAILABLE);
    }

    static Mapping write(Mapping body, Credentials credentials) {
        if (credentials instanceof ClientCertificate certificate) {
            Mapping with = Pem.write(body, certificate.certificate(), CERTIFICATE, CERTIFICATE_DATA);
            return Pem.write(with, certificate.key(), KEY, KEY_DATA);
        }
        if (credentials instanceof TokenFile file) {
            return body.with(TOKEN_FILE, file.path().toString());
        }
        if (credentials instanceof Token token) {
            return body.with(TOKEN, token.value()).without(USERNAME, PASSWORD);
        }
        if (credentials instanceof Basic basic) {
            return body.with(USERNAME, basic.username())
                    .with(PASSWORD, basic.password())
                    .without(TOKEN);
        }
        if (credentials instanceof Exec exec) {
            return body.with(EXEC, writeExec(body.mapping(EXEC), exec));
        }
        throw new IllegalArgumentException("Change a user of a kubeconfig: no client has auth providers any more. "
                + "Use Credentials.exec with the provider's own program.");
    }

    private static Mapping writeExec(Mapping old, Exec exec) {
        Mapping result = old.with("apiVersion", exec.apiVersion()).with("command", exec.command());
        result = exec.args().isEmpty() ? result.without("args") : result.with("args", Sequence.texts(exec.args()));
        result = exec.env().isEmpty() ? result.without("env") : result.with("env", variables(exec.env()));
        Optional<String> mode = exec.interactiveMode().map(InteractiveMode::spelling);
        result = mode.isEmpty() ? result.without("interactiveMode") : result.with("interactiveMode", mode.get());
        Optional<String> hint = exec.installHint();
        result = hint.isEmpty() ? result.without("installHint") : result.with("installHint", hint.get());
        return result.with("provideClusterInfo", exec.provideClusterInfo());
    }

    private static Sequence variables(Map<String, String> env) {
        List<Mapping> variables = new ArrayList<>();
        env.forEach((name, value) ->
                variables.add(Mapping.EMPTY.with("name", Scalar.text(name)).with("value", Scalar.text(value))));
        return Sequence.EMPTY.withItems(variables);
    }

    static Mapping clear(Mapping body) {
        return body.without(
                CERTIFICATE,
                CERTIFICATE_DATA,
                KEY,
                KEY_DATA,
                TOKEN,
                TOKEN_FILE,
                USERNAME,
                PASSWORD,
                EXEC,
                AUTH_PROVIDER);
    }
}
