package org.espalier.report.table;

import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import org.espalier.report.result.Cell;
import org.espalier.report.result.Point;
import org.espalier.report.result.Results;

/** What a reader must know to read the tables, said once below them all. */
public final class TableNotes {
    private TableNotes() {}

    /** Sentences, the general one first, then one for each strategy that the results have. */
    public static List<String> of(Results results) {
        var sentences = new ArrayList<String>();
        boolean bounds = results.cells().stream().anyMatch(cell -> cell.bound().isPresent());
        sentences.add("Cells: mean (sample standard deviation) over trials. P_m: share of weights remaining;"
                + " level 0 is the dense network. natural: unattacked images; other columns: images under that attack"
                + (bounds ? ", or in the worst case that a bound allows." : "."));
        results.images().ifPresent(limit -> sentences.add(measured(results, limit)));
        results.cells().stream()
                .flatMap(cell -> cell.strategies().stream())
                .map(Cell.Strategy::name)
                .distinct()
                .forEach(name -> sentences.add(name + ": " + meaning(name) + "."));
        return sentences;
    }

    /** What was measured, as the measurements say: splits may have fewer images than the limit. */
    private static String measured(Results results, int limit) {
        IntSummaryStatistics images = results.cells().stream()
                .flatMap(cell -> cell.series().stream())
                .flatMap(series -> series.points().stream())
                .mapToInt(Point::examples)
                .summaryStatistics();
        return images.getCount() > 0 && images.getMax() < limit
                ? "Measured on all images of each split."
                : String.format(
                        Locale.ROOT,
                        images.getCount() > 0 && images.getMin() < limit
                                ? "Measured on the first %,d images of each split, or on all where it has fewer."
                                : "Measured on the first %,d images of each split, not on all.",
                        limit);
    }

    private static String meaning(String strategy) {
        return switch (strategy) {
            case "original" -> "surviving weights restart from their values before any training (the tickets)";
            case "random" -> "surviving weights restart from fresh random values";
            case "continued" -> "surviving weights keep their trained values";
            case "as-published" -> "surviving weights restart from their values after the dense level's training";
            case "none" -> "the dense network alone, no pruning";
            default ->
                strategy.startsWith("rewind-")
                        ? "surviving weights restart from their values after iteration "
                                + strategy.substring("rewind-".length()) + " of the dense level"
                        : "a restart strategy";
        };
    }
}
