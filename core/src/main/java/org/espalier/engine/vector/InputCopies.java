package org.espalier.engine.vector;

import java.lang.foreign.MemorySegment;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.layer.LayerMatmul;
import org.jspecify.annotations.Nullable;

/** Copies gradient rows to the rows of their inputs. */
final class InputCopies implements InputGradientSink {
    private @Nullable ActivationPanels out;

    InputCopies into(ActivationPanels panels) {
        out = panels;
        return this;
    }

    @Override
    public void accept(int panel, MemorySegment gradient, long offset, int[] features, int first, int count) {
        ActivationPanels to = out;
        if (to == null) {
            throw new IllegalStateException("rows need a place to go");
        }
        for (int r = 0; r < count; ) {
            int run = Math.min(LayerMatmul.run(features, first + r), count - r);
            MemorySegment.copy(
                    gradient,
                    offset + r * ActivationPanels.ROW_BYTES,
                    to.memory(),
                    to.row(panel, features[first + r]),
                    run * ActivationPanels.ROW_BYTES);
            r += run;
        }
    }
}
