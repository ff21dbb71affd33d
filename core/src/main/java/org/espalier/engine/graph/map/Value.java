package org.espalier.engine.graph.map;

import org.espalier.network.Shape;

/** What a step makes: the output of one node, or of a node and the ReLU after it. */
public final class Value {
    public final int index;
    public final Shape shape;
    /** Whether the value has gone through a ReLU in the step that made it. */
    public boolean relu;
    /** Steps that read it, as often as they do. */
    public int readers;
    /** Whether its gradient goes through the ReLU in the only step that reads it. */
    public boolean gatedByReader;
    /** Whether a trained parameter lies before it; if not, its gradient is wanted only with the inputs'. */
    public boolean trained;

    private int border;

    public Value(int index, Shape shape) {
        this.index = index;
        this.shape = shape;
    }

    /** Asks for a border of at least so many zeros. */
    public void border(int least) {
        border = Math.max(border, least);
    }

    public int border() {
        return border;
    }

    public MapLayout layout() {
        return MapLayout.of(shape, border);
    }
}
