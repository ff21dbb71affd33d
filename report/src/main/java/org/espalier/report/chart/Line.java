package org.espalier.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * A curve and what it stands for.
 *
 * @param curve its points
 * @param keys for each legend of the figure, the entry that this line belongs to
 * @param labels the density that each point stands for, where its abscissa does not say it; empty, or one for each point
 * @param written the labels that are written beside their points; those of the others are only read on hover
 */
public record Line(Curve curve, List<String> keys, List<String> labels, List<Written> written) {
    /**
     * A label that is written.
     *
     * @param point its point's number
     */
    public record Written(int point, Side side) {}

    public Line {
        keys = List.copyOf(keys);
        labels = List.copyOf(labels);
        written = List.copyOf(written);
    }

    /** The line with the points that axes can show; see {@link Curve#shownOn}. */
    Line shownOn(Axis across, Axis up) {
        Curve shown = curve.shownOn(across, up);
        if (shown.size() == curve.size()) {
            return shown == curve ? this : new Line(shown, keys, labels, written);
        }
        var keptLabels = new ArrayList<String>();
        var keptWritten = new ArrayList<Written>();
        int place = 0;
        for (int i = 0; i < curve.size(); i++) {
            if (curve.shown(i, across, up)) {
                if (!labels.isEmpty()) {
                    keptLabels.add(labels.get(i));
                }
                for (Written label : written) {
                    if (label.point() == i) {
                        keptWritten.add(new Written(place, label.side()));
                    }
                }
                place++;
            }
        }
        return new Line(shown, keys, keptLabels, keptWritten);
    }

    /** A line without labels. */
    public static Line of(Curve curve, String... keys) {
        return new Line(curve, List.of(keys), List.of(), List.of());
    }
}
