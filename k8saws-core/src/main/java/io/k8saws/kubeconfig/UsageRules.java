package io.k8saws.kubeconfig;

import io.k8saws.kubeconfig.Yaml.Mapping;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What makes kubectl refuse to use a file that it could read. Files that are referred to are not looked at. */
final class UsageRules {
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Set<String> PROXY_SCHEMES = Set.of("http", "https", "socks5");

    private final Kubeconfig kubeconfig;
    private final Findings findings = new Findings();

    private UsageRules(Kubeconfig kubeconfig) {
        this.kubeconfig = kubeconfig;
    }

    /** Everything that is wrong anywhere. */
    static Findings all(Kubeconfig kubeconfig) {
        UsageRules rules = new UsageRules(kubeconfig);
        kubeconfig.currentContext().ifPresent(name -> rules.knownContext("current-context", name));
        kubeconfig.contexts().forEach(rules::context);
        kubeconfig.users().forEach(rules::user);
        kubeconfig.clusters().forEach(rules::cluster);
        return rules.findings;
    }

    /** What is wrong with one context, its user and its cluster. */
    static Findings of(Kubeconfig kubeconfig, String name) {
        UsageRules rules = new UsageRules(kubeconfig);
        rules.knownContext("contexts", name);
        kubeconfig.context(name).ifPresent(context -> {
            rules.context(context);
            context.user().flatMap(kubeconfig::user).ifPresent(rules::user);
            context.cluster().flatMap(kubeconfig::cluster).ifPresent(rules::cluster);
        });
        return rules.findings;
    }

    private void knownContext(String path, String name) {
        findings.require(
                kubeconfig.context(name).isPresent(), path, "no context is named '" + name + "'", choice(contexts()));
    }

    private List<String> contexts() {
        return kubeconfig.contexts().stream().map(ContextEntry::name).toList();
    }

    static String choice(List<String> names) {
        return names.isEmpty() ? "add one first, the file has none" : "choose one of " + String.join(", ", names);
    }

    private void context(ContextEntry context) {
        String path = "contexts[" + context.name() + "].context";
        findings.require(!context.name().isEmpty(), "contexts", "a context has no name", "give it one");
        refers(
                path + ".user",
                "user",
                context.user(),
                kubeconfig.users().stream().map(UserEntry::name).toList());
        refers(
                path + ".cluster",
                "cluster",
                context.cluster(),
                kubeconfig.clusters().stream().map(ClusterEntry::name).toList());
        context.namespace()
                .filter(namespace -> !DNS_LABEL.matcher(namespace).matches())
                .ifPresent(namespace -> findings.add(
                        path + ".namespace",
                        "'" + namespace + "' is not a namespace",
                        "use at most 63 small letters, digits and dashes, with a letter or digit at both ends"));
    }

    private void refers(String path, String what, Optional<String> name, List<String> known) {
        if (name.isEmpty()) {
            findings.add(path, "is missing", "name a " + what);
        } else if (!known.contains(name.get())) {
            findings.add(path, "no " + what + " is named '" + name.get() + "'", choice(known));
        }
    }

    private void cluster(ClusterEntry cluster) {
        String path = "clusters[" + cluster.name() + "].cluster";
        Mapping body = cluster.stanza().body();
        findings.require(cluster.server().isPresent(), path + ".server", "is missing", "write the API's URL");
        onlyOne(body, path, "certificate-authority", "certificate-authority-data");
        findings.require(
                !cluster.insecureSkipTlsVerify()
                        || cluster.certificateAuthority().isEmpty(),
                path + ".insecure-skip-tls-verify",
                "is true beside a certificate authority",
                "remove one of the two");
        findings.require(
                cluster.proxyUrl().map(UsageRules::isProxy).orElse(true),
                path + ".proxy-url",
                "is not a proxy's URL",
                "write a URL that starts with http, https or socks5");
    }

    private static boolean isProxy(String url) {
        try {
            Optional<String> scheme = Optional.ofNullable(URI.create(url).getScheme());
            return scheme.filter(PROXY_SCHEMES::contains).isPresent();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void user(UserEntry user) {
        String path = "users[" + user.name() + "].user";
        Mapping body = user.stanza().body();
        boolean certificate = body.text("client-certificate").isPresent()
                || body.text("client-certificate-data").isPresent();
        if (certificate) {
            onlyOne(body, path, "client-certificate", "client-certificate-data");
            onlyOne(body, path, "client-key", "client-key-data");
            findings.require(
                    body.text("client-key").isPresent()
                            || body.text("client-key-data").isPresent(),
                    path + ".client-key",
                    "is missing beside a certificate",
                    "write client-key or client-key-data");
        }
        boolean basic =
                body.text("username").isPresent() || body.text("password").isPresent();
        findings.require(
                !(basic && body.text("token").isPresent()),
                path + ".token",
                "is there beside a name or password",
                "remove one of the two");
        if (body.get("exec").orElse(null) instanceof Mapping exec) {
            exec(exec, path + ".exec");
            findings.require(
                    !(body.get("auth-provider").orElse(null) instanceof Mapping),
                    path + ".auth-provider",
                    "is there beside a plugin",
                    "remove it; no client knows it any more");
        }
        boolean impersonates = !body.sequence("as-groups").isZero()
                || body.text("as-uid").isPresent()
                || !body.mapping("as-user-extra").isZero();
        findings.require(
                !impersonates || body.text("as").isPresent(),
                path + ".as",
                "is missing beside as-groups, as-uid or as-user-extra",
                "say as which user");
    }

    private void exec(Mapping exec, String path) {
        findings.require(exec.text("command").isPresent(), path + ".command", "is missing", "name the program");
        findings.require(
                exec.text("apiVersion").isPresent(),
                path + ".apiVersion",
                "is missing",
                "write " + Credentials.EXEC_API_VERSION);
        int i = 0;
        for (Mapping variable : exec.sequence("env").mappings()) {
            findings.require(
                    variable.text("name").isPresent(),
                    path + ".env[" + i + "].name",
                    "is missing",
                    "name the variable");
            i++;
        }
        findings.require(
                CredentialFields.interactiveMode(exec).isPresent(),
                path + ".interactiveMode",
                exec.text("interactiveMode").isPresent() ? "is not known" : "is missing",
                "write Never, IfAvailable or Always");
    }

    private void onlyOne(Mapping body, String path, String file, String inline) {
        findings.require(
                body.text(file).isEmpty() || body.text(inline).isEmpty(),
                path + "." + file,
                "is there beside " + inline + ", which wins",
                "remove one of the two");
    }
}
