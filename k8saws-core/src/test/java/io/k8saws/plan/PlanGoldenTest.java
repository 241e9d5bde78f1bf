package io.k8saws.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole plans in every form, as files to look at. Write them anew with {@code -Dgolden.write=true} and read the difference before committing. */
@DisplayName("A plan prints as its golden file")
class PlanGoldenTest {
    private static final Path FILES = Path.of("src/test/resources/io/k8saws/plan");

    @ParameterizedTest
    @CsvSource({
        "create, txt",
        "create, json",
        "create, mmd",
        "create, html",
        "change, txt",
        "change, json",
        "change, mmd",
        "change, html",
        "empty, txt",
        "empty, json",
        "empty, mmd",
        "empty, html"
    })
    void printsAsItsGoldenFile(String name, String form) throws IOException {
        Plan plan =
                switch (name) {
                    case "create" -> Plans.create();
                    case "change" -> Plans.change();
                    default -> Plans.empty();
                };
        String text =
                switch (form) {
                    case "txt" -> plan.toString();
                    case "json" -> plan.toJson();
                    case "mmd" -> plan.toMermaid();
                    default -> plan.toHtml();
                };
        Path file = FILES.resolve(name + "." + form);
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(FILES);
            Files.writeString(file, text);
        }
        assertThat(file).as("golden file; write it with -Dgolden.write=true").exists();
        assertThat(text).isEqualTo(Files.readString(file));
    }
}
