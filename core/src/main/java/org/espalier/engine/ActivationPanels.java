package org.espalier.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * A float32 matrix of features by examples in native memory, laid out for the kernels.
 *
 * <p>Examples are grouped in panels of {@value #LANES}. Shape {@code [panel][feature][lane]}: a row holds one
 * feature of 64 examples, 256 bytes aligned to 64, so that one weight is one multiply-add over a few whole
 * registers and nothing is ever gathered. Lanes past the last example are padding: they hold finite values
 * and, in gradients, zero.
 */
public final class ActivationPanels {
    /** Examples to a panel. */
    public static final int LANES = 64;
    /** Bytes of one row. */
    public static final long ROW_BYTES = LANES * 4L;

    private final int features;
    private final int panels;
    private final MemorySegment memory;
    /** Two rows and two words per lane for kernels that fill these panels, so that they allocate nothing. */
    public final MemorySegment scratch;

    public final int[] words = new int[LANES];
    public final int[] starts = new int[LANES];
    private final long[] offsets = new long[2 * LANES];

    /**
     * Zero-filled panels.
     *
     * @param features rows to a panel, at least 1
     * @param examples examples that must fit, at least 1; rounded up to whole panels
     */
    public ActivationPanels(int features, int examples) {
        if (features < 1 || examples < 1) {
            throw new IllegalArgumentException(
                    "panels need features and examples, got " + features + " and " + examples);
        }
        this.features = features;
        this.panels = panelsFor(examples);
        memory = NativeMemory.allocate(Math.multiplyExact(features * ROW_BYTES, panels));
        scratch = Arena.ofAuto().allocate(2 * ROW_BYTES, 64);
    }

    /** Whole panels needed for a number of examples. */
    public static int panelsFor(int examples) {
        return (examples + LANES - 1) / LANES;
    }

    public int features() {
        return features;
    }

    /** Number of panels. */
    public int panels() {
        return panels;
    }

    /** The memory itself; rows start at {@link #row}. */
    public MemorySegment memory() {
        return memory;
    }

    /** Byte offset of a feature's row in a panel. */
    public long row(int panel, int feature) {
        return ((long) panel * features + feature) * ROW_BYTES;
    }

    /** Value of a feature for an example, counted over all panels. */
    public float get(int feature, int example) {
        return memory.get(ValueLayout.JAVA_FLOAT, offset(feature, example));
    }

    /** Sets the value of a feature for an example, counted over all panels. */
    public void set(int feature, int example, float value) {
        memory.set(ValueLayout.JAVA_FLOAT, offset(feature, example), value);
    }

    /** Copies whole panels of {@code source}, which must have as many features. */
    public void copy(ActivationPanels source, int sourcePanel, int panel, int count) {
        if (source.features != features) {
            throw new IllegalArgumentException(
                    "cannot copy panels of " + source.features + " features into panels of " + features);
        }
        long bytes = features * ROW_BYTES;
        MemorySegment.copy(source.memory, sourcePanel * bytes, memory, panel * bytes, count * bytes);
    }

    /** Copies some features of one panel of {@code source}, which must have as many features. */
    public void copyFeatures(ActivationPanels source, int sourcePanel, int panel, int[] features) {
        Checks.alike(source, this);
        Checks.features(features, 0, features.length, this);
        for (int feature : features) {
            MemorySegment.copy(source.memory, source.row(sourcePanel, feature), memory, row(panel, feature), ROW_BYTES);
        }
    }

    /**
     * Reads whole rows, 64 lanes each, of neighbouring features of a panel.
     *
     * @param to receives {@code count} rows from index {@code at}
     */
    public void read(int panel, int firstFeature, int count, float[] to, int at) {
        MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, rows(panel, firstFeature, count), to, at, count * LANES);
    }

    /** Writes whole rows, 64 lanes each, of neighbouring features of a panel, from index {@code at} of {@code from}. */
    public void write(int panel, int firstFeature, int count, float[] from, int at) {
        MemorySegment.copy(from, at, memory, ValueLayout.JAVA_FLOAT, rows(panel, firstFeature, count), count * LANES);
    }

    private long rows(int panel, int first, int count) {
        Objects.checkIndex(panel, panels);
        Objects.checkFromIndexSize(first, count, features);
        return row(panel, first);
    }

    /**
     * Copies some features of single examples: example {@code to[i]} here, counted over all panels, gets those of {@code from[i]}
     * of the source.
     *
     * @param count examples to copy, at most 64
     * @param features ascending
     */
    public void copyExamples(ActivationPanels source, int[] from, int[] to, int count, int[] features) {
        Checks.alike(source, this);
        Checks.features(features, 0, features.length, this);
        long[] offsets = this.offsets;
        for (int i = 0; i < count; i++) {
            offsets[2 * i] = source.offset(0, Objects.checkIndex(from[i], source.panels * LANES));
            offsets[2 * i + 1] = offset(0, Objects.checkIndex(to[i], panels * LANES));
        }
        // Feature by feature, so that neighbouring lanes' lines are fetched once for all of them.
        for (int feature : features) {
            long row = feature * ROW_BYTES;
            for (int i = 0; i < 2 * count; i += 2) {
                memory.set(
                        ValueLayout.JAVA_FLOAT,
                        offsets[i + 1] + row,
                        source.memory.get(ValueLayout.JAVA_FLOAT, offsets[i] + row));
            }
        }
    }

    private long offset(int feature, int example) {
        return row(example / LANES, feature) + (example % LANES) * 4L;
    }
}
