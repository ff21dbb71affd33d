package org.espalier.attack.strong.search;

import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.LogitLoss;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.Target;

/** Target classes of targeted attacks. */
public final class Targets {
    private Targets() {}

    /**
     * The wrong classes of each example by falling logit of its clean input, [example][rank]; the lower class first on ties.
     * One forward pass.
     */
    public static int[][] byLogit(Target target, Examples chunk) {
        target.forward(target.pack(chunk.clean(), 0, chunk.size()));
        int[][] ranked = new int[chunk.size()][target.classes() - 1];
        float[] z = new float[target.classes()];
        for (int e = 0; e < chunk.size(); e++) {
            target.logits(e, z);
            int next = 0;
            for (int category : Losses.top(z, z.length)) {
                if (category != chunk.labels()[e]) {
                    ranked[e][next++] = category;
                }
            }
        }
        return ranked;
    }

    /** The class of one rank for each example if the loss is targeted, else zeros. */
    public static int[] ofRank(Target target, LogitLoss loss, Examples chunk, int rank) {
        int[] targets = new int[chunk.size()];
        if (loss.targeted()) {
            int[][] ranked = byLogit(target, chunk);
            for (int e = 0; e < targets.length; e++) {
                targets[e] = ranked[e][rank];
            }
        }
        return targets;
    }
}
