package io.k8saws.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** The processor time of this process: all its threads, and nothing of the emulator or of others on the machine. */
final class CpuClock {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private CpuClock() {}

    /** What was used since the process began. */
    static Duration now() {
        return Duration.ofNanos(SYSTEM.getProcessCpuTime());
    }
}
