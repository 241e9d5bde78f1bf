package io.k8saws.benchmarks;

import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Programs of the testbed, run to their end. */
final class Programs {
    private Programs() {}

    /** Runs one; what it prints is not kept. */
    static void run(String name, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Testbed.program(name).toString());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + code);
        }
    }
}
