package io.k8saws.architecture.planted.unmarked;

/** Lives in a package without a package-info. */
public final class Unmarked {
    private Unmarked() {}
}
