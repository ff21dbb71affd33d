package org.espalier.cli.memory;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * The memory that this virtual machine may use. The launcher sets both limits: the heap's is fixed, that of the memory outside
 * follows the machine's.
 *
 * @param heap bytes of the heap, for data, weights and their moments
 * @param outside bytes outside the heap, for activations
 */
public record MemoryLimit(long heap, long outside) {
    /** For a process that trains nothing itself. */
    public static final MemoryLimit NONE = new MemoryLimit(Long.MAX_VALUE / 2, Long.MAX_VALUE / 2);

    /** Of this process. */
    public static MemoryLimit here() {
        long heap = Runtime.getRuntime().maxMemory();
        HotSpotDiagnosticMXBean options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long given = options == null
                ? 0
                : Long.parseLong(options.getVMOption("MaxDirectMemorySize").getValue());
        return new MemoryLimit(heap, given == 0 ? heap : given); // 0: not given, Java then takes the heap's
    }
}
