package io.k8saws.integration;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A headless Chromium that opens a file, waits until it is loaded and hands back what became of it. */
final class Browser {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final long MOST_SECONDS = 120;

    private final Path program;
    private final Path scratch;

    Browser(Path scratch) {
        this.program = find();
        this.scratch = scratch;
    }

    /**
     * What a page has become.
     *
     * @param dom the document after its scripts ran
     * @param console what the browser logged
     */
    record Visit(String dom, String console) {}

    Visit open(Path page, boolean dark, int width) throws IOException, InterruptedException {
        Path dom = Files.createTempFile(scratch, "page", ".dom");
        Path console = Files.createTempFile(scratch, "page", ".log");
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--hide-scrollbars",
                "--enable-logging=stderr",
                "--user-data-dir=" + Files.createTempDirectory(scratch, "profile"),
                "--window-size=" + width + ",1600",
                "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1),
                "--dump-dom",
                page.toUri().toString()));
        Process process = new ProcessBuilder(command)
                .redirectOutput(dom.toFile())
                .redirectError(console.toFile())
                .start();
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("Open " + page + " in " + program + ": not done after " + MOST_SECONDS + " s. "
                    + Files.readString(console));
        }
        return new Visit(Files.readString(dom), Files.readString(console));
    }

    private static Path find() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("Open a page in a browser: none of " + NAMES
                        + " is on the PATH. Run 'testbed/install chromium'."));
    }
}
