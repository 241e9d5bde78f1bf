package io.k8saws.internal.machine;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an image in a spec asks for. A spec says it in one of four forms: {@code ami-...}, {@code ssm:} and the name of a parameter, {@code name:}, an owner, a slash
 * and the pattern of a name, or the name of a distribution. Without an image it asks for the default. Pure: who looks it up is another matter.
 */
public sealed interface ImageQuery {

    /** The names of distributions, the default first, as a list in a text. */
    String NAMES = KnownImage.names();

    /**
     * The name under which the answer is pinned. Two queries that ask for the same have the same.
     *
     * @return such as {@code ssm:/acme/images/node}
     */
    String pin();

    /**
     * The image's root device, as far as the query tells it. AWS's public parameters of Amazon Linux, Bottlerocket and Debian, and what Flatcar's owner publishes, are known to have another one than all that Ubuntu has.
     *
     * @return {@code /dev/xvda} or {@code /dev/sda1}
     */
    default String rootDevice() {
        return "/dev/sda1";
    }

    /**
     * The image with an id; nothing is looked up.
     *
     * @param id the id
     */
    record Id(String id) implements ImageQuery {
        private static final Pattern FORM = Pattern.compile("ami-([0-9a-f]{8}|[0-9a-f]{17})");

        /**
         * Tells whether a text is the id of an image.
         *
         * @param text the text
         * @return true for {@code ami-} with 8 or 17 hexadecimal digits
         */
        public static boolean isOne(String text) {
            return FORM.matcher(text).matches();
        }

        @Override
        public String pin() {
            return id;
        }
    }

    /**
     * The image whose id a parameter of Systems Manager holds.
     *
     * @param name the parameter's name, from its first slash on
     */
    record Parameter(String name) implements ImageQuery {
        private static final Pattern FORM = Pattern.compile("ssm:(/[A-Za-z0-9._/-]+)");
        private static final Pattern ROOT_ON_XVDA =
                Pattern.compile("/aws/service/((ami-amazon-linux-latest|bottlerocket|debian)/.*"
                        + "|(eks|ecs)/optimized-ami/.*amazon-linux-.*)");

        @Override
        public String pin() {
            return "ssm:" + name;
        }

        @Override
        public String rootDevice() {
            return ROOT_ON_XVDA.matcher(name).matches() ? "/dev/xvda" : ImageQuery.super.rootDevice();
        }
    }

    /**
     * The newest available image of an owner with a name.
     *
     * @param owner the id of an account, {@code self}, {@code amazon} or {@code aws-marketplace}
     * @param name the image's name; {@code *} stands for any text, {@code ?} for one character
     * @param architecture as EC2 names it: {@code x86_64} or {@code arm64}
     */
    record Newest(String owner, String name, String architecture) implements ImageQuery {
        /** EC2 API reference: owners of DescribeImages, and the characters of a name in CreateImage, with the wildcards of a filter. */
        private static final Pattern FORM =
                Pattern.compile("name:([0-9]{12}|self|amazon|aws-marketplace)/([A-Za-z0-9()\\[\\] ./'@_*?-]{3,128})");

        /** The account that publishes Flatcar's images in the partition {@code aws}. */
        static final String FLATCAR = "075585003325";

        static String architecture(boolean arm) {
            return arm ? "arm64" : "x86_64";
        }

        @Override
        public String rootDevice() {
            return owner.equals(FLATCAR) ? "/dev/xvda" : ImageQuery.super.rootDevice();
        }

        @Override
        public String pin() {
            return "name:" + owner + "/" + name + " " + architecture;
        }
    }

    /**
     * Why a distribution is not among those that a spec may name, although people ask for it.
     *
     * @param image what the spec says
     * @return the reason, and what to choose; empty for all others
     */
    static Optional<String> refusal(String image) {
        return image.equals("ubuntu-22.04")
                ? Optional.of(
                        "its curl 7.81 signs requests to S3 in a way that S3 refuses, and its systemd 249 knows no ExecSearchPath")
                : Optional.empty();
    }

    /**
     * Tells which system an image has, as far as its name tells.
     *
     * @param image what the spec says
     * @return true for Windows, false for Linux; empty when it is no distribution's name
     */
    static Optional<Boolean> isWindows(String image) {
        return KnownImage.named(image).map(KnownImage::isWindows);
    }

    /**
     * What a spec says of an image, or the distribution that is taken when it says nothing.
     *
     * @param image what the spec says; empty for the default
     * @param windows whether the machines run Windows, which has another default
     * @return such as {@code ubuntu-24.04}
     */
    static String named(Optional<String> image, boolean windows) {
        return image.orElse((windows ? KnownImage.DEFAULT_WINDOWS : KnownImage.DEFAULT).toString());
    }

    /**
     * Tells whether a spec may say this.
     *
     * @param image the text
     * @return true if it has one of the four forms
     */
    static boolean isWellFormed(String image) {
        return Id.isOne(image)
                || Parameter.FORM.matcher(image).matches()
                || Newest.FORM.matcher(image).matches()
                || KnownImage.named(image).isPresent();
    }

    /**
     * What a group of machines asks for.
     *
     * @param image what its spec says; empty for the default
     * @param instanceType one of its instance types, which have one architecture
     * @return the query
     * @throws IllegalArgumentException if the text has none of the four forms
     */
    static ImageQuery of(Optional<String> image, String instanceType) {
        return of(image, instanceType, false);
    }

    /**
     * What a group of machines asks for.
     *
     * @param image what its spec says; empty for the default
     * @param instanceType one of its instance types, which have one architecture
     * @param windows whether the machines run Windows, which has another default
     * @return the query
     * @throws IllegalArgumentException if the text has none of the four forms
     */
    static ImageQuery of(Optional<String> image, String instanceType, boolean windows) {
        boolean arm = Architecture.of(instanceType).equals(Architecture.ARM64);
        String text = named(image, windows);
        if (Id.isOne(text)) {
            return new Id(text);
        }
        Matcher parameter = Parameter.FORM.matcher(text);
        if (parameter.matches()) {
            return new Parameter(parameter.group(1));
        }
        Matcher newest = Newest.FORM.matcher(text);
        if (newest.matches()) {
            return new Newest(newest.group(1), newest.group(2), Newest.architecture(arm));
        }
        return KnownImage.named(text)
                .map(known -> known.query(arm))
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' names no image."));
    }
}
