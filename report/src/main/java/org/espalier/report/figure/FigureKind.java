package org.espalier.report.figure;

import java.util.List;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.content.Report;
import org.espalier.report.result.Cell;

/**
 * Figures of one kind. The page shows them, and each is a file as SVG and PDF. Every kind is registered by one line in
 * {@code META-INF/services/org.espalier.report.figure.FigureKind}; each section of the page has the order of these lines.
 *
 * <p>Implementations have a public constructor without parameters. Ids of figures are unique in a report: they begin with
 * the prefix that the methods receive, or with the kind's own name where there is none.
 */
public interface FigureKind {
    /** The section of the page that shows figures of a run. */
    enum Section {
        /** Accuracy under suites of attacks; only of runs that have such evaluations. */
        ROBUSTNESS,
        /** Certified bounds; only of runs that have certificates. */
        CERTIFIED,
        /** Studies; only of runs that have some. */
        STUDIES,
        /** Time and cost. */
        TIME
    }

    /**
     * Figures, and what is missing from them.
     *
     * @param problems what could not be read and is left out, a sentence each
     */
    record Made(List<FigureGroup> groups, List<String> problems) {
        public Made {
            groups = List.copyOf(groups);
            problems = List.copyOf(problems);
        }

        /** Figures that nothing is missing from. */
        public Made(List<FigureGroup> groups) {
            this(groups, List.of());
        }
    }

    /** Where the page shows the figures of {@link #ofRun}. */
    default Section section() {
        return Section.TIME;
    }

    /** Figures that compare all runs, in the section "Side by side". */
    default List<FigureGroup> ofReport(Report report) {
        return List.of();
    }

    /**
     * Figures of one run, in the section that {@link #section} names.
     *
     * @param prefix begins the ids of these figures
     * @param label names the run in titles where there are several; else empty
     * @throws org.espalier.UserException if what they show cannot be read
     */
    default List<FigureGroup> ofRun(String prefix, String label, Report.Run run) {
        return List.of();
    }

    /**
     * Figures of one data set and objective of a run, in a section of their own. Called from several threads.
     *
     * @param prefix begins the ids of these figures
     */
    default Made ofCell(String prefix, Report.Run run, Cell cell) {
        return new Made(List.of());
    }
}
