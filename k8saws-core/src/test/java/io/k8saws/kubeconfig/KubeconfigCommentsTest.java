package io.k8saws.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.Golden;
import io.k8saws.error.InvalidSpecException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;

/** Comments and empty lines anywhere in files as people write them, and changes of such files. */
class KubeconfigCommentsTest {
    private static final String BRACES =
            """
            clusters: [
              {name: a,
               cluster: {server: x,
                 proxy-url: y}},
              {name: b}
            ]
            users:
            - name: u
              user:
                exec:
                  args:
                  - a
                  -
                    - b
                  env: []
                token: >
                  abc
                  def

                username: |-
                  x
                  y
            x:
            - - a
              - b
            -
              c: d
            - {}
            y: "a
              b"
            z: a
              b c
            current-context: k
            """.replace("                  -\n                    - b\n", "                  - b\n");
    private static final String ALIASES = """
            x-base: &base
              server: s
              x: [1,
                2]
            clusters:
              - name: a
                cluster: *base
              - cluster:
                  <<: *base
                  server: t
                name: b
            contexts: []
            users:
              -
                name: u
                user:
                  exec:
                    args:
                    - a
                    env:
            """;

    private static final List<UnaryOperator<Kubeconfig>> CHANGES = List.of(
            config -> config,
            config -> config.withCluster("a", c -> c.withServer("changed").withInsecureSkipTlsVerify(true)),
            config -> config.withCluster("b", c -> c.withCertificateAuthority(PemSource.file(Path.of("ca.crt")))),
            config -> config.withCluster("new", c -> c.withServer("https://new")),
            config -> config.withUser("u", u -> u.withCredentials(Credentials.token("t\nu\n"))),
            config -> config.withUser(
                    "u", u -> u.withCredentials(Credentials.exec("c", "d").withEnv("E", "f"))),
            config -> config.withUser("u", u -> u.withCredentials(Credentials.exec("c"))),
            config -> config.withUser("robot", UserEntry::withoutCredentials),
            config -> config.withContext("k", k -> k.withCluster("a").withUser("u")),
            config -> config.withoutCluster("a").withoutCluster("b"),
            config -> config.withoutUser("u").withoutUser("robot").withoutUser("gone"),
            config -> config.withoutContext("dev").withoutCurrentContext(),
            config -> config.merge(Kubeconfig.parse("x: 1 # one\nw: # two\n- 2\nusers: [{name: m}] # three\n")));

    private static List<String> bases() throws IOException {
        return List.of(BRACES, ALIASES, Golden.read("kubeconfig/by-hand.yaml"), Golden.read("kubeconfig/made.yaml"));
    }

    private static Optional<Kubeconfig> read(String yaml) {
        try {
            return Optional.of(Kubeconfig.parse(yaml));
        } catch (InvalidSpecException e) {
            // A comment with too few blanks before it ends a text; such a file is nobody's.
            return Optional.empty();
        }
    }

    @Property(tries = 1500)
    void noneIsLost(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<String> bases = bases();
        List<String> comments = new ArrayList<>();
        String text = remarked(bases.get(random.nextInt(bases.size())), random, comments);
        Optional<Kubeconfig> read = read(text);
        Statistics.collect(read.isPresent());
        if (read.isPresent()) {
            String written = read.get().toYaml();

            assertThat(comments)
                    .allSatisfy(c -> assertThat(written).as("of\n%s", text).contains(c));
            assertThat(read(written)).as("%s\nof\n%s", written, text).isEqualTo(read);
            assertThat(Kubeconfig.parse(written).toYaml()).isEqualTo(written);
        }
        Statistics.coverage(coverage -> coverage.check(true).percentage(p -> p > 50));
    }

    @Property(tries = 1500)
    void changesLoseOnlyWhatIsAtWhatTheyRemove(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<String> bases = bases();
        List<String> comments = new ArrayList<>();
        String text = remarked(bases.get(random.nextInt(bases.size())), random, comments);
        Optional<Kubeconfig> read = read(text);
        if (read.isPresent()) {
            Kubeconfig changed = read.get();
            for (int i = random.nextInt(4); i >= 0; i--) {
                changed = CHANGES.get(random.nextInt(CHANGES.size())).apply(changed);
            }
            String written = changed.toYaml();

            assertThat(read(written)).as("%s\nof\n%s", written, text).contains(changed);
            // No change touches the header.
            boolean header = text.startsWith("# c0.");
            assertThat(written.startsWith("# c0."))
                    .as("%s\nof\n%s", written, text)
                    .isEqualTo(header);
        }
    }

    /** Adds comments above and beside lines, at any depth, and empty lines. */
    private static String remarked(String yaml, Random random, List<String> comments) {
        double density = random.nextDouble() * 0.4;
        List<String> lines = new ArrayList<>();
        for (String line : yaml.split("\n", -1)) {
            boolean remark = random.nextDouble() < density;
            int kind = random.nextInt(3);
            String comment = "# c" + comments.size() + ".";
            if (remark && kind == 0) {
                lines.add("");
            } else if (remark) {
                comments.add(comment);
            }
            if (remark && kind == 1) {
                lines.add(" ".repeat(lines.isEmpty() ? 0 : random.nextInt(9)) + comment);
            }
            lines.add(remark && kind == 2 ? line + " " + comment : line);
        }
        return String.join("\n", lines);
    }
}
