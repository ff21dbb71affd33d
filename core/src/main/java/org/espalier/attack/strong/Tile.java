package org.espalier.attack.strong;

import org.espalier.engine.ActivationPanels;

/**
 * A matrix of rows by examples on the heap, laid out as {@link ActivationPanels} are: {@code [panel][row][64 lanes]}.
 *
 * <p>The rows are a target's live inputs ({@link Target#live}), so that attacks compute live inputs only. Plain loops
 * over the 64 lanes of a row compile to vector code. Lanes past the last example are padding and must stay finite.
 */
public final class Tile {
    /** Examples per panel. */
    public static final int LANES = ActivationPanels.LANES;

    private final int rows;
    private final int examples;
    private final int panels;
    private final float[] values; // [panel][row][lane]

    /**
     * A tile of zeros.
     *
     * @param rows rows, at least 0
     * @param examples examples, at least 1
     */
    public Tile(int rows, int examples) {
        if (rows < 0 || examples < 1) {
            throw new IllegalArgumentException("a tile needs examples, got " + rows + " rows of " + examples);
        }
        this.rows = rows;
        this.examples = examples;
        panels = ActivationPanels.panelsFor(examples);
        values = new float[Math.multiplyExact(rows * LANES, panels)];
    }

    public int rows() {
        return rows;
    }

    public int examples() {
        return examples;
    }

    public int panels() {
        return panels;
    }

    /** Lanes of all panels, padding included: the length of per-lane arrays, indexed by example. */
    public int lanes() {
        return panels * LANES;
    }

    /** The values themselves, {@code [panel][row][lane]}; writing to them changes this tile. */
    public float[] values() {
        return values;
    }

    /** Index in {@link #values} of lane 0 of a row of a panel. */
    public int at(int panel, int row) {
        return (panel * rows + row) * LANES;
    }

    public float get(int row, int example) {
        return values[at(example / LANES, row) + example % LANES];
    }

    public void set(int row, int example, float value) {
        values[at(example / LANES, row) + example % LANES] = value;
    }

    /** Reads one example's rows into {@code out} from index {@code from}. */
    public void read(int example, float[] out, int from) {
        int index = at(example / LANES, 0) + example % LANES;
        for (int row = 0; row < rows; row++, index += LANES) {
            out[from + row] = values[index];
        }
    }

    /** Writes one example's rows from {@code in}, from index {@code from}. */
    public void write(int example, float[] in, int from) {
        int index = at(example / LANES, 0) + example % LANES;
        for (int row = 0; row < rows; row++, index += LANES) {
            values[index] = in[from + row];
        }
    }

    /** Copies all values of a tile of the same shape. */
    public void set(Tile other) {
        checkAlike(other);
        System.arraycopy(other.values, 0, values, 0, values.length);
    }

    /** Copies one example's rows from a tile of the same shape. */
    public void set(Tile other, int example) {
        checkAlike(other);
        int index = at(example / LANES, 0) + example % LANES;
        for (int row = 0; row < rows; row++, index += LANES) {
            values[index] = other.values[index];
        }
    }

    private void checkAlike(Tile other) {
        if (other.rows != rows || other.examples != examples) {
            throw new IllegalArgumentException("a tile of " + other.rows + " rows of " + other.examples
                    + " examples does not fit one of " + rows + " rows of " + examples);
        }
    }
}
