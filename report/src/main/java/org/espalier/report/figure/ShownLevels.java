package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Which of many levels a figure shows. */
public final class ShownLevels {
    /** The levels of the paper's tables and figures: 100, 51.3, 16.9, 8.7, 3.6 and 1.8 % of the weights. */
    static final List<Integer> PAPER = List.of(0, 3, 8, 11, 15, 18);

    private ShownLevels() {}

    /**
     * At most {@code most} of the levels there are, ascending: the paper's where a search goes as far, else the first,
     * the last and some between them.
     */
    public static List<Integer> of(TreeSet<Integer> there, int most) {
        List<Integer> all = new ArrayList<>(there);
        if (all.size() <= most) {
            return all;
        }
        if (there.containsAll(PAPER)) {
            all = PAPER;
        }
        var shown = new ArrayList<Integer>();
        int wanted = Math.min(most, all.size());
        for (int i = 0; i < wanted; i++) {
            shown.add(all.get(wanted == 1 ? 0 : (int) Math.round((double) i * (all.size() - 1) / (wanted - 1))));
        }
        return shown;
    }
}
