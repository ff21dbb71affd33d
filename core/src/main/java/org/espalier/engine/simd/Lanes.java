package org.espalier.engine.simd;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.espalier.engine.ActivationPanels;

/**
 * The register width of this process, and the memory that vector kernels address.
 *
 * <p>Two rules keep C2 from boxing vectors, which costs a factor of 8 to 30: a method of ours neither takes nor
 * returns a vector (the Vector API's own methods are always inlined, ours only while a compilation is small), and
 * memory is addressed through {@link #MEMORY}.
 */
public final class Lanes {
    /** Static and final, or C2 does not see a constant and boxes every vector. */
    public static final VectorSpecies<Float> FLOATS = species();

    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    public static final int LENGTH = FLOATS.length();
    /** Whether there are 32 registers for the largest blocks; taken for granted with 512 bits alone. */
    public static final boolean WIDE = LENGTH == 16;

    /**
     * Whether blocks of twelve accumulators are worth while on 16 registers: only when C2 has been told to leave the order of
     * a block's instructions alone, which the system property {@value #CHAINS} says. See {@code DenseMatmul256}.
     */
    public static final boolean TWELVE_CHAINS = LENGTH == 8 && "12".equals(System.getProperty(Lanes.CHAINS));

    /** System property that forces the register width: 128, 256 or 512 bits, or {@code scalar}. */
    public static final String PROPERTY = "espalier.vector.bits";

    /** System property that says how many chains a block of 16 registers may have. */
    public static final String CHAINS = "espalier.vector.chains";

    /** Bytes of a register, for loops along a row that run often: C2 makes a nest of two loops of one that counts in longs. */
    static final int REGISTER = LENGTH * 4;

    /** The same, to reckon addresses with. */
    public static final long BYTES = REGISTER;

    /** Bytes of a panel's row, for the same loops. */
    static final int ROW = (int) ActivationPanels.ROW_BYTES;
    /** Lanes handled together by the products: four registers, so that four chains of multiply-adds are in flight. */
    static final int GROUP = 4 * LENGTH;

    public static final long GROUP_BYTES = GROUP * 4L;
    /** Groups to a panel's row: 1 with 512-bit registers, 2 with 256, 4 with 128. */
    public static final int GROUPS = ActivationPanels.LANES / GROUP;

    public static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /**
     * All of native memory, addressed from 0. As a constant without an owner or a length to check it costs C2 a tenth
     * of the nodes of an ordinary segment, which keeps the largest kernels below its inlining limits.
     */
    public static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Lanes() {}

    private static VectorSpecies<Float> species() {
        return switch (System.getProperty(PROPERTY, "widest")) {
            case "128" -> FloatVector.SPECIES_128;
            case "256" -> FloatVector.SPECIES_256;
            case "512" -> FloatVector.SPECIES_512;
            default ->
                FloatVector.SPECIES_PREFERRED.length() < 4
                        ? FloatVector.SPECIES_128
                        : FloatVector.SPECIES_PREFERRED.length() > 16
                                ? FloatVector.SPECIES_512
                                : FloatVector.SPECIES_PREFERRED;
        };
    }

    /** Lanes whose number has the bit {@code distance} set; for the constants of kernels that exchange lanes. */
    public static VectorMask<Float> second(int distance) {
        boolean[] bits = new boolean[LENGTH];
        for (int lane = 0; lane < LENGTH; lane++) {
            bits[lane] = (lane & distance) != 0;
        }
        return VectorMask.fromArray(FLOATS, bits, 0);
    }

    /** Exchanges lanes a power of two apart; a distance of a register or more leaves them where they are. */
    public static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ distance) % LENGTH);
    }
}
