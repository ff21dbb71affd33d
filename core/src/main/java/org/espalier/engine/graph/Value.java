package org.espalier.engine.graph;

import org.espalier.network.Shape;

/** What a step makes: the output of one node, or of a node and the ReLU after it. */
final class Value {
    final int index;
    /** The node's name. */
    final String name;

    final Shape shape;
    /** Whether the value has gone through a ReLU in the step that made it. */
    boolean relu;
    /** Steps that read it, as often as they do. */
    int readers;
    /** Whether its gradient goes through the ReLU in the only step that reads it. */
    boolean gatedByReader;
    /** Whether a trained parameter lies before it; if not, its gradient is wanted only with the inputs'. */
    boolean trained;

    private int border;

    Value(int index, String name, Shape shape) {
        this.index = index;
        this.name = name;
        this.shape = shape;
    }

    /** Asks for a border of at least so many zeros. */
    void border(int least) {
        border = Math.max(border, least);
    }

    int border() {
        return border;
    }

    MapLayout layout() {
        return MapLayout.of(shape, border);
    }
}
