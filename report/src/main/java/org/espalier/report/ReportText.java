package org.espalier.report;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.espalier.report.content.BesidePublished;
import org.espalier.report.content.Report;
import org.espalier.report.content.RobustCurves;
import org.espalier.report.format.TextChart;
import org.espalier.report.format.TextCurves;
import org.espalier.report.format.TextTable;
import org.espalier.report.result.Cell;
import org.espalier.report.table.AccuracyTable;
import org.espalier.report.table.CertificateTables;
import org.espalier.report.table.PaperTable;
import org.espalier.report.table.RobustnessTables;
import org.espalier.report.table.SizeTable;
import org.espalier.report.table.VerdictTable;
import org.espalier.report.verdict.Answer;
import org.espalier.report.verdict.TicketVerdict;

/** The report in plain characters. */
public final class ReportText {
    private ReportText() {}

    /**
     * Verdicts, then the tables of each run. Verdicts on the search's own attacks have their row of the table only, where an
     * evaluation decides.
     *
     * @param iteration see {@link AccuracyTable#all}
     * @param width characters that a line should not exceed
     */
    public static String brief(Report report, OptionalInt iteration, int width) {
        return unfinished(report, width)
                + verdicts(
                        report,
                        report.decisive().stream()
                                .filter(TicketVerdict::trainedAgainst)
                                .toList(),
                        width,
                        "")
                + tables(report, iteration, width);
    }

    /**
     * All verdicts, the paper's tables with published values, the tables of each run, sizes by level, and curves.
     *
     * @param charset the terminal's encoding: curves are drawn in Braille dots where it has them, else in full stops
     */
    public static String full(Report report, OptionalInt iteration, int width, Charset charset) {
        boolean braille = TextChart.braille(charset);
        var text = new StringBuilder(unfinished(report, width));
        text.append(verdicts(
                report,
                report.verdicts(),
                width,
                TextChart.beside(TextCurves.of(RobustCurves.of(report)), width, braille)));
        PaperTable.all(report, iteration)
                .values()
                .forEach(table -> text.append(TextTable.of(table, width)).append('\n'));
        text.append(tables(report, iteration, width));
        for (Report.Run run : report.runs()) {
            for (Cell cell : run.results().cells()) {
                SizeTable.of(run, cell).ifPresent(table -> text.append('\n').append(TextTable.of(table, width)));
            }
            List<TicketVerdict> verdicts = report.verdicts().stream()
                    .filter(v -> v.run().equals(run.label()))
                    .toList();
            for (Cell cell : run.results().cells()) {
                String name = report.runs().size() > 1 ? run.label() + ": " : "";
                text.append('\n')
                        .append(TextTable.lines(
                                List.of(name + cell.dataset() + ", " + cell.objective()
                                        + " training: curves, means over trials, test images"),
                                width))
                        .append('\n')
                        .append(TextChart.beside(TextCurves.of(cell, verdicts), width, braille));
            }
        }
        return text.toString();
    }

    /** Which searches are not at their end, and which splits of their data lack classes. */
    private static String unfinished(Report report, int width) {
        List<String> sentences = report.runs().stream()
                .filter(run -> run.trained().done() < run.trained().planned())
                .map(run -> run.label() + ": " + run.trained().done() + " of "
                        + run.trained().planned() + " levels are trained; what is not measured yet is missing here.")
                .toList();
        var lines = new ArrayList<>(sentences);
        report.warnings().forEach(warning -> lines.add("Warning: " + warning));
        return lines.isEmpty() ? "" : TextTable.lines(lines, width) + "\n";
    }

    private static String verdicts(Report report, List<TicketVerdict> said, int width, String picture) {
        if (report.verdicts().isEmpty()) {
            return "";
        }
        var text = new StringBuilder();
        if (!report.violations().isEmpty()) {
            text.append(TextTable.lines(
                    List.of("!! CERTIFIED AND YET BROKEN: something is wrong, and neither certificates nor"
                            + " attacked accuracies can be believed until it is found"),
                    width));
            report.violations().forEach(sentence -> text.append(TextTable.item("!! ", sentence, width)));
            text.append('\n');
        }
        List<Answer.Said> answers = Answer.of(report.verdicts(), report.runs().size() > 1);
        if (!answers.isEmpty()) {
            text.append(TextTable.lines(List.of("Is there a winning robust ticket?"), width));
            answers.forEach(
                    answer -> text.append(TextTable.item("", answer.subject() + ": " + answer.sentence(), width)));
            text.append('\n').append(picture).append(picture.isEmpty() ? "" : "\n");
        }
        text.append(TextTable.of(VerdictTable.of(report), width));
        for (TicketVerdict verdict : said) {
            text.append('\n');
            String run = report.runs().size() > 1 ? verdict.run() + ": " : "";
            text.append(TextTable.lines(List.of(run + verdict.subject()), width));
            verdict.found().forEach(sentence -> text.append(TextTable.item("+ ", sentence, width)));
            verdict.notShown().forEach(sentence -> text.append(TextTable.item("- ", sentence, width)));
            verdict.beyondAttack().sentences().forEach(sentence -> text.append(TextTable.item("= ", sentence, width)));
            BesidePublished.sentences(report, report.ownAttack(verdict))
                    .forEach(sentence -> text.append(TextTable.item("~ ", sentence, width)));
        }
        if (!said.isEmpty()) {
            text.append('\n')
                    .append(TextTable.lines(
                            List.of(
                                    "+ shown",
                                    "- not shown",
                                    "= what suites of attacks and certificates say",
                                    "~ what is published"),
                            width));
        }
        return text.append('\n').toString();
    }

    /** What suites left and what is certified, with what is not finished. */
    private static String robustness(Report.Run run, int width) {
        var text = new StringBuilder();
        RobustnessTables.of(run).values().forEach(table -> text.append('\n').append(TextTable.of(table, width)));
        CertificateTables.of(run).values().forEach(table -> text.append('\n').append(TextTable.of(table, width)));
        if (!run.robustness().unfinished().isEmpty()) {
            text.append('\n').append(TextTable.lines(run.robustness().unfinished(), width));
        }
        return text.toString();
    }

    private static String tables(Report report, OptionalInt iteration, int width) {
        return report.runs().stream()
                .map(run -> (report.runs().size() > 1
                                ? TextTable.lines(List.of("== " + run.label() + " (" + run.directory() + ")"), width)
                                        + "\n"
                                : "")
                        + ReportFiles.text(run.results(), iteration, width)
                        + robustness(run, width))
                .collect(Collectors.joining("\n"));
    }
}
