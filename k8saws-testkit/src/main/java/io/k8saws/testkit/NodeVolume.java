package io.k8saws.testkit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A disk of node machines: a sparse file behind a loop device of the host. It keeps its content when the machine that had it ends, and can be given to the next.
 * Get one from {@link NodeMachines#volume}.
 */
public final class NodeVolume {
    private static final long GIBIBYTE = 1L << 30;

    private final String id;
    private final int gibibytes;
    private final int loop;

    private NodeVolume(String id, int gibibytes, int loop) {
        this.id = id;
        this.gibibytes = gibibytes;
        this.loop = loop;
    }

    static NodeVolume create(String id, int gibibytes, Path directory, NetworkControl holder) {
        Path file = directory.resolve(id);
        try {
            Files.createDirectories(directory);
            Files.createFile(file);
            try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
                content.setLength(gibibytes * GIBIBYTE);
            }
        } catch (IOException e) {
            throw new TestbedException(
                    "Make volume " + id,
                    TestbedException.why(e),
                    "Give each volume an id of its own and look for free space",
                    Map.of("file", file.toString()),
                    e);
        }
        int loop = holder.ask("disk", Map.<String, Object>of("file", file.toString()))
                .asInt();
        return new NodeVolume(id, gibibytes, loop);
    }

    /**
     * The volume's id.
     *
     * @return such as {@code vol-0a1b2c3d4e5f60718}
     */
    public String id() {
        return id;
    }

    /** Its size. */
    int gibibytes() {
        return gibibytes;
    }

    /** The number of the loop device. */
    int loop() {
        return loop;
    }

    /** The name under which udev shows an EBS volume in /dev/disk/by-id. */
    String link() {
        return "nvme-Amazon_Elastic_Block_Store_" + id.replace("-", "");
    }

    @Override
    public String toString() {
        return "NodeVolume[" + id + ", /dev/loop" + loop + "]";
    }
}
