package io.k8saws.bootstrap;

/**
 * A file of a machine. It belongs to root.
 *
 * @param path where it is written
 * @param mode its permissions in octal
 * @param content its text
 */
record NodeFile(String path, String mode, String content) {

    static NodeFile of(String path, String content) {
        return new NodeFile(path, "0644", content);
    }

    static NodeFile program(String path, String content) {
        return new NodeFile(path, "0755", content);
    }

    static NodeFile unit(String name, String content) {
        return of("/etc/systemd/system/" + name, content);
    }
}
