package io.k8saws.internal.machine;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The distributions that a spec may name: those that our scripts make nodes, and that tell their newest image by a public parameter. */
enum KnownImage {
    /** Canonical, "Find Ubuntu images on AWS". 22.04 is not among them: its curl is 7.81, and our scripts need 7.88. */
    UBUNTU_24_04("ubuntu-24.04", "canonical/ubuntu/server/24.04/stable/current/%s/hvm/ebs-gp3/ami-id", "amd64"),
    /** Debian's wiki, "Cloud/AmazonEC2Image". */
    DEBIAN_13("debian-13", "debian/release/13/latest/%s", "amd64"),
    DEBIAN_12("debian-12", "debian/release/12/latest/%s", "amd64"),
    /** Amazon Linux 2023 user guide, "AL2023 on Amazon EC2". */
    AMAZON_LINUX_2023("amazon-linux-2023", "ami-amazon-linux-latest/al2023-ami-kernel-default-%s", "x86_64");

    /** What a machine runs whose spec names no image. */
    static final KnownImage DEFAULT = UBUNTU_24_04;

    private final String name;
    private final String path;
    private final String intel;

    KnownImage(String name, String path, String intel) {
        this.name = name;
        this.path = path;
        this.intel = intel;
    }

    static Optional<KnownImage> named(String name) {
        return Arrays.stream(values()).filter(known -> known.name.equals(name)).findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(KnownImage::toString).collect(Collectors.joining(", "));
    }

    /** The public parameter that holds the id of the newest image. */
    String parameter(boolean arm) {
        return "/aws/service/" + path.replace("%s", arm ? "arm64" : intel);
    }

    @Override
    public String toString() {
        return name;
    }
}
