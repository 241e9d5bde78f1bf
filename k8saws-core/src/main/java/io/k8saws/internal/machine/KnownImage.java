package io.k8saws.internal.machine;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The distributions that a spec may name: those that our scripts make nodes, and that tell their newest image by a public parameter or by its owner and name. */
enum KnownImage {
    /** Canonical, "Find Ubuntu images on AWS". 22.04 is not among them: see {@link ImageQuery#refusal}. */
    UBUNTU_24_04(
            "ubuntu-24.04", parameter("canonical/ubuntu/server/24.04/stable/current/%s/hvm/ebs-gp3/ami-id", "amd64")),
    /** Debian's wiki, "Cloud/AmazonEC2Image". */
    DEBIAN_13("debian-13", parameter("debian/release/13/latest/%s", "amd64")),
    DEBIAN_12("debian-12", parameter("debian/release/12/latest/%s", "amd64")),
    /** Amazon Linux 2023 user guide, "AL2023 on Amazon EC2". */
    AMAZON_LINUX_2023("amazon-linux-2023", parameter("ami-amazon-linux-latest/al2023-ami-kernel-default-%s", "x86_64")),
    /** Flatcar's documentation, "Running on AWS EC2": it has no public parameter. One name serves both architectures. */
    FLATCAR(
            "flatcar",
            arm -> new ImageQuery.Newest(
                    ImageQuery.Newest.FLATCAR, "Flatcar-stable-*-hvm", ImageQuery.Newest.architecture(arm))),
    /** AWS Windows AMI reference, "Find the AMI with Systems Manager": Server Core, which has no desktop. */
    WINDOWS_2022("windows-2022", windows("2022")),
    WINDOWS_2025("windows-2025", windows("2025"));

    /** What a machine runs whose spec names no image. */
    static final KnownImage DEFAULT = UBUNTU_24_04;

    static final KnownImage DEFAULT_WINDOWS = WINDOWS_2022;

    private final String name;
    private final Function<Boolean, ImageQuery> query;

    KnownImage(String name, Function<Boolean, ImageQuery> query) {
        this.name = name;
        this.query = query;
    }

    private static Function<Boolean, ImageQuery> windows(String year) {
        return arm -> new ImageQuery.Parameter(
                "/aws/service/ami-windows-latest/Windows_Server-" + year + "-English-Core-Base");
    }

    /** Whether it is Windows. */
    boolean isWindows() {
        return name.startsWith("windows-");
    }

    private static Function<Boolean, ImageQuery> parameter(String path, String intel) {
        return arm -> new ImageQuery.Parameter("/aws/service/" + path.replace("%s", arm ? "arm64" : intel));
    }

    static Optional<KnownImage> named(String name) {
        return Arrays.stream(values()).filter(known -> known.name.equals(name)).findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(KnownImage::toString).collect(Collectors.joining(", "));
    }

    /** What finds the newest image. */
    ImageQuery query(boolean arm) {
        return query.apply(arm);
    }

    @Override
    public String toString() {
        return name;
    }
}
