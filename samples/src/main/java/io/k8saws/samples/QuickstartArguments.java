package io.k8saws.samples;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the command line of {@link Quickstart} says. Uses nothing but the JDK, so that {@code ./quickstart} can run this file alone and refuse a wrong
 * argument before it compiles anything.
 *
 * @param name the cluster's name; empty for {@code quickstart}, or the one in the spec
 * @param pools how many node pools the built-in spec has
 * @param spec the YAML file to take instead of the built-in spec
 * @param stopAfter the last step of the story
 * @param boot whether machines boot on this host, in the place of the story
 * @param help whether to print the help and do nothing
 */
record QuickstartArguments(
        Optional<String> name, int pools, Optional<Path> spec, StopAfter stopAfter, boolean boot, boolean help) {

    static final String HELP = """
            usage: ./quickstart [--name NAME] [--pools N | --spec FILE.yaml] [--stop-after plan|apply|destroy]
                   ./quickstart --boot [--name NAME]

            Plans, applies, changes, repairs and destroys a highly available cluster. It never talks to AWS:
            it starts an emulator on this machine, which ends with the program.

              --name NAME        the cluster's name (quickstart)
              --pools N          how many node pools the built-in cluster has, 1 to 200 (2)
              --spec FILE.yaml   a cluster of your own instead of the built-in one
              --stop-after STEP  plan, apply or destroy: where the story ends (destroy)
              --boot             another story: nine machines boot on this host from what an apply makes, and become
                                 a Kubernetes cluster. Needs root, Linux, 6 GiB of memory; installs for ten minutes at first
              --help             this

            It leaves k8saws-plan.html, a page with the plan, in the current folder.
            With K8SAWS_AWS_ENDPOINT set to the URL of an emulator that runs, it uses that one and starts none.
            """;

    private static final int MOST_POOLS = 200;
    private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,30}[a-z0-9])?");

    /** Where the story ends. */
    enum StopAfter {
        PLAN,
        APPLY,
        DESTROY
    }

    /** The command line is wrong; the message says how. */
    static final class WrongArgumentException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        WrongArgumentException(String message) {
            super(message);
        }
    }

    /**
     * Checks arguments without doing anything: prints the help if they ask for it, exits with 2 if they are wrong.
     *
     * @param args the arguments
     */
    public static void main(String[] args) {
        try {
            if (parse(List.of(args)).help()) {
                System.out.print(HELP);
            }
        } catch (WrongArgumentException e) {
            System.err.println("quickstart: " + e.getMessage() + "; ./quickstart --help tells all");
            System.exit(2);
        }
    }

    /** Reads arguments; both {@code --name x} and {@code --name=x} will do. */
    static QuickstartArguments parse(List<String> args) {
        Words words = new Words(args);
        Optional<String> name = Optional.empty();
        Optional<Integer> pools = Optional.empty();
        Optional<Path> spec = Optional.empty();
        StopAfter stopAfter = StopAfter.DESTROY;
        boolean boot = false;
        boolean help = false;
        while (words.next()) {
            switch (words.flag) {
                case "--name" -> name = Optional.of(name(words.value()));
                case "--pools" -> pools = Optional.of(pools(words.value()));
                case "--spec" -> spec = Optional.of(Path.of(words.value()));
                case "--stop-after" -> stopAfter = stopAfter(words.value());
                case "--boot" -> boot = true;
                case "--help", "-h" -> help = true;
                default -> throw new WrongArgumentException("there is no argument " + words.flag);
            }
            words.requireUsed();
        }
        if (pools.isPresent() && spec.isPresent()) {
            throw new WrongArgumentException(
                    "--pools shapes the built-in cluster, --spec brings another: take one of them");
        }
        if (boot && (pools.isPresent() || spec.isPresent() || stopAfter != StopAfter.DESTROY)) {
            throw new WrongArgumentException("--boot tells a story of its own: only --name goes with it");
        }
        return new QuickstartArguments(name, pools.orElse(2), spec, stopAfter, boot, help);
    }

    private static String name(String value) {
        if (!NAME.matcher(value).matches()) {
            throw new WrongArgumentException("--name '" + value
                    + "' is not 1 to 32 lower-case letters, digits and dashes, a letter first and no dash last");
        }
        return value;
    }

    private static int pools(String value) {
        if (!value.matches("[0-9]{1,3}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > MOST_POOLS) {
            throw new WrongArgumentException("--pools '" + value + "' is not a number from 1 to " + MOST_POOLS);
        }
        return Integer.parseInt(value);
    }

    private static StopAfter stopAfter(String value) {
        return Arrays.stream(StopAfter.values())
                .filter(step -> step.name().toLowerCase(Locale.ROOT).equals(value))
                .findFirst()
                .orElseThrow(() ->
                        new WrongArgumentException("--stop-after '" + value + "' is none of plan, apply, destroy"));
    }

    /** Goes through flags and their values. */
    private static final class Words {
        private final List<String> args;
        private int at;
        private String flag = "";
        private Optional<String> attached = Optional.empty();

        private Words(List<String> args) {
            this.args = args;
        }

        private boolean next() {
            if (at == args.size()) {
                return false;
            }
            String word = args.get(at++);
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            flag = equals < 0 ? word : word.substring(0, equals);
            attached = equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1));
            return true;
        }

        private String value() {
            String value = attached.orElseGet(() -> at < args.size() ? args.get(at++) : "");
            attached = Optional.empty();
            if (value.isEmpty() || value.startsWith("--")) {
                throw new WrongArgumentException(flag + " wants a value");
            }
            return value;
        }

        private void requireUsed() {
            if (attached.isPresent()) {
                throw new WrongArgumentException(flag + " takes no value");
            }
        }
    }
}
