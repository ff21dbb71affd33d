package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.List;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyResult;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.content.Report;

/** Figures of the studies of a run, as {@code espalier study} kept them. */
public final class StudyFigures {
    private StudyFigures() {}

    private static FigureGroup group(
            String prefix, String label, int number, Studies.Stored stored, StudyResult.Figure of) {
        List<Line> lines = new ArrayList<>();
        for (StudyResult.Curve curve : of.curves()) {
            lines.add(Line.of(
                    Curve.plain(
                            curve.x().stream().mapToDouble(Double::doubleValue).toArray(),
                            curve.y().stream().mapToDouble(Double::doubleValue).toArray()),
                    curve.name()));
        }
        String title = (label.isEmpty() ? "" : label + ": ") + of.title();
        return FigureGroup.of(
                title,
                new Figure(
                        FigureGroup.identifier(prefix + "-study-" + stored.study() + "-" + number + "-" + of.name()),
                        title,
                        of.caption() + " Study " + stored.study() + ".",
                        List.of(FigureStyle.of(
                                "line",
                                of.curves().stream()
                                        .map(StudyResult.Curve::name)
                                        .toList())),
                        List.of(new Panel.Lines(
                                of.title(),
                                Axis.of(of.x(), Axis.Scale.LINEAR),
                                Axis.of(of.y(), Axis.Scale.ZERO),
                                lines,
                                false))));
    }

    /** Registers the figures. */
    public static final class Definition implements FigureKind {
        @Override
        public Section section() {
            return Section.STUDIES;
        }

        @Override
        public List<FigureGroup> ofRun(String prefix, String label, Report.Run run) {
            List<FigureGroup> groups = new ArrayList<>();
            int number = 0;
            for (Studies.Stored stored : Studies.in(run.directory())) {
                number++;
                for (StudyResult.Figure figure : stored.result().figures()) {
                    groups.add(group(prefix, label, number, stored, figure));
                }
            }
            return groups;
        }
    }
}
