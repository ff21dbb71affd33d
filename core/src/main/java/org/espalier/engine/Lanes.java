package org.espalier.engine;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The register width of this process and the few operations that all vector kernels share. */
final class Lanes {
    /** Static and final, or C2 does not see a constant and boxes every vector. */
    static final VectorSpecies<Float> FLOATS = species();

    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    static final int LENGTH = FLOATS.length();
    static final long BYTES = LENGTH * 4L;
    /** Lanes handled together by the products: four registers, so that four chains of multiply-adds are in flight. */
    static final int GROUP = 4 * LENGTH;

    static final long GROUP_BYTES = GROUP * 4L;
    /** Groups to a panel's row: 1 with 512-bit registers, 2 with 256, 4 with 128. */
    static final int GROUPS = Panels.LANES / GROUP;

    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Lanes() {}

    private static VectorSpecies<Float> species() {
        return switch (System.getProperty(KernelChoice.PROPERTY, "widest")) {
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

    static FloatVector load(MemorySegment memory, long offset) {
        return FloatVector.fromMemorySegment(FLOATS, memory, offset, ORDER);
    }

    static FloatVector all(float value) {
        return FloatVector.broadcast(FLOATS, value);
    }

    static FloatVector zero() {
        return FloatVector.zero(FLOATS);
    }

    static IntVector ints(int value) {
        return IntVector.broadcast(INTS, value);
    }

    /** v below low becomes low. Compare and blend: Vector.max is slow for its NaN and -0 rules. */
    static FloatVector atLeast(FloatVector v, FloatVector low) {
        return v.blend(low, v.compare(VectorOperators.LT, low));
    }

    /** v above high becomes high. */
    static FloatVector atMost(FloatVector v, FloatVector high) {
        return v.blend(high, v.compare(VectorOperators.GT, high));
    }
}
