package org.espalier.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The dropout that buffers were given, and which of their panels the last forward pass dropped units of. */
public final class DropoutPasses {
    private final boolean[] dropped; // (panel)
    private @Nullable Dropout dropout;

    /** No dropout yet. */
    public DropoutPasses(int panels) {
        dropped = new boolean[panels];
    }

    /** Sets what later passes drop units by. */
    public void set(Dropout dropout) {
        this.dropout = dropout;
    }

    /** What a forward pass drops units by, which backward passes then go by; null if it drops none. */
    public @Nullable Dropout passing(int firstPanel, int panels, Mode mode) {
        Dropout drops = mode == Mode.EVALUATION ? null : dropout;
        Arrays.fill(dropped, firstPanel, firstPanel + panels, drops != null);
        return drops;
    }

    /** What the last forward pass over a panel dropped units by; null if it dropped none. */
    public @Nullable Dropout passed(int panel) {
        return dropped[panel] ? dropout : null;
    }
}
