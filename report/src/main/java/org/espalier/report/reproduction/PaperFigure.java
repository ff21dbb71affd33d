package org.espalier.report.reproduction;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.figure.CellFigures;
import org.espalier.report.figure.NetworkFigures;

/**
 * A figure of the paper: which of our figures it is, and of which networks.
 *
 * @param number as in the paper
 * @param datasets the data sets to show; the paper's is the first
 */
record PaperFigure(int number, Kind kind, List<String> datasets, String training) {
    /** What a figure shows. */
    enum Kind {
        ACCURACY("accuracy", "adversarial test accuracy as training proceeds"),
        STOPPING("stopping", "early stopping"),
        LOSS("loss", "adversarial validation loss as training proceeds"),
        WEIGHTS("initial-weights", "initial weights of the survivors");

        private final String id;
        private final String title;

        Kind(String id, String title) {
            this.id = id;
            this.title = title;
        }
    }

    /** All figures with results. */
    static final List<PaperFigure> ALL = List.of(
            new PaperFigure(1, Kind.ACCURACY, List.of("digits"), "fgsm"),
            new PaperFigure(2, Kind.ACCURACY, List.of("digits"), "pgd"),
            new PaperFigure(3, Kind.STOPPING, List.of("digits"), "fgsm"),
            new PaperFigure(4, Kind.LOSS, List.of("digits"), "fgsm"),
            new PaperFigure(5, Kind.STOPPING, List.of("digits"), "pgd"),
            new PaperFigure(6, Kind.LOSS, List.of("digits"), "pgd"),
            new PaperFigure(7, Kind.ACCURACY, List.of("fashion"), "fgsm"),
            new PaperFigure(8, Kind.ACCURACY, List.of("fashion"), "pgd"),
            new PaperFigure(9, Kind.STOPPING, List.of("fashion"), "fgsm"),
            new PaperFigure(10, Kind.LOSS, List.of("fashion"), "fgsm"),
            new PaperFigure(11, Kind.STOPPING, List.of("fashion"), "pgd"),
            new PaperFigure(12, Kind.LOSS, List.of("fashion"), "pgd"),
            new PaperFigure(13, Kind.WEIGHTS, List.of("digits", "fashion"), "natural"),
            new PaperFigure(14, Kind.WEIGHTS, List.of("digits", "fashion"), "fgsm"),
            new PaperFigure(15, Kind.WEIGHTS, List.of("digits", "fashion"), "pgd"));

    /** The figure from our runs, a variant for each setting and data set. */
    FigureGroup of(List<PaperRun> runs) {
        var variants = new ArrayList<FigureGroup.Variant>();
        for (PaperRun run : runs) {
            if (run.part().training().equals(training)
                    && datasets.contains(run.part().dataset())) {
                figure(run)
                        .ifPresent(figure -> variants.add(new FigureGroup.Variant(
                                datasets.size() > 1
                                        ? run.setting() + ", " + run.part().dataset()
                                        : run.setting(),
                                figure)));
            }
        }
        return new FigureGroup(title(), variants);
    }

    /** Number, content and networks. */
    String title() {
        return "Figure " + number + ": " + kind.title + ", "
                + (training.equals("natural") ? "natural" : training.toUpperCase(Locale.ROOT)) + " training, "
                + String.join(" and ", datasets);
    }

    private Optional<Figure> figure(PaperRun run) {
        String prefix = String.format(
                Locale.ROOT, "figure-%02d-%s-%s", number, run.part().dataset(), run.setting());
        String id = prefix + "-" + kind.id + (kind == Kind.WEIGHTS ? "" : "-" + training);
        List<FigureGroup> groups = kind == Kind.WEIGHTS
                ? NetworkFigures.of(prefix, run.run().store(), run.cell()).groups()
                : CellFigures.of(prefix, run.cell());
        return groups.stream()
                .flatMap(group -> group.variants().stream())
                .map(FigureGroup.Variant::figure)
                .filter(figure -> figure.id().equals(id))
                .findFirst();
    }
}
