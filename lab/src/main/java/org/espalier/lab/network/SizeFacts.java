package org.espalier.lab.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.espalier.network.LiveCounts;
import org.espalier.network.Mask;

/** The size of one masked network for people. */
public final class SizeFacts {
    private SizeFacts() {}

    /** Name and value: weights, live hidden units unless there are no hidden units, live inputs, multiply-adds. */
    public static List<List<String>> of(Mask mask) {
        LiveCounts counts = LiveCounts.of(mask);
        List<List<String>> facts = new ArrayList<>();
        facts.add(List.of(
                "weights", share(counts.allWeights(), mask.architecture().weights())));
        if (counts.denseHiddenUnits() > 0) {
            facts.add(List.of("live hidden units", of(counts.hiddenUnits(), counts.denseHiddenUnits())));
        }
        facts.add(List.of("live inputs", of(counts.inputs(), mask.architecture().inputs())));
        facts.add(List.of("multiply-adds", share(counts.multiplyAdds(), counts.denseMultiplyAdds())));
        return facts;
    }

    private static String of(int number, int all) {
        return String.format(Locale.ROOT, "%,d of %,d", number, all);
    }

    private static String share(long number, long all) {
        return String.format(Locale.ROOT, "%,d of %,d (%.2f %%)", number, all, 100.0 * number / all);
    }
}
