package io.k8saws.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every relative link of every document leads to a file, and every anchor to a heading. */
class LinksTest {

    @Test
    void everyLinkLeadsSomewhere() {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path file : Documents.all()) {
            for (String link : Documents.links(Documents.text(file))) {
                links++;
                problem(file, link)
                        .ifPresent(why -> broken.add(Documents.root().relativize(file) + ": " + link + " " + why));
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).as("links that were looked at").isGreaterThan(50);
    }

    private static Optional<String> problem(Path file, String link) {
        if (link.matches("[a-z][a-z0-9+.-]*:.*")) {
            return Optional.empty(); // elsewhere, which tests do not ask
        }
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? file : file.resolveSibling(path).normalize();
        if (!Files.exists(target)) {
            return Optional.of("leads to no file");
        }
        if (hash >= 0 && !Documents.anchors(Documents.text(target)).contains(link.substring(hash + 1))) {
            return Optional.of("leads to no heading");
        }
        return Optional.empty();
    }

    @Test
    void brokenLinksAreFound() {
        Path here = Documents.root().resolve("docs/README.md");

        assertThat(problem(here, "no-such-page.md")).contains("leads to no file");
        assertThat(problem(here, "errors.md#no-such-heading")).contains("leads to no heading");
        assertThat(problem(here, "errors.md#errors")).isEmpty();
        assertThat(problem(here, "decisions/README.md")).isEmpty();
    }

    @Test
    void linksInCodeAreNoLinks() {
        assertThat(Documents.links("[a](x.md) `[b](y.md)` [`c`](z.md)\n```\n[d](w.md)\n```\n"))
                .containsExactly("x.md", "z.md");
    }

    @Test
    void anchorsAreMadeAsGitHubDoes() {
        assertThat(Documents.anchors("# Who owns what?\n## `ClusterSpec`\n## A\n## A\n```\n# no\n```\n"))
                .containsExactly("who-owns-what", "clusterspec", "a", "a-1");
    }
}
