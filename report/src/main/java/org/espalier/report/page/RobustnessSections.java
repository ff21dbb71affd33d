package org.espalier.report.page;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.espalier.UserException;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.counterexample.KeptDirectory;
import org.espalier.lab.tickets.Ticket;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.content.Report;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.evaluation.Robustness;
import org.espalier.report.figure.FigureKind;
import org.espalier.report.table.AllTables;
import org.espalier.report.table.TableKind;

/** The sections of the page on what suites of attacks leave, and on what is certified. */
final class RobustnessSections {
    /** Tables that stand open; the others unfold. */
    private static final int OPEN = 2;

    /** Evaluations whose adversarial examples are shown. */
    private static final int GALLERIES = 8;

    private final Page page;
    private final Report report;
    private final AllTables tables;
    private final List<FigureKind> figures;
    private final UnaryOperator<String> unique;
    private final boolean several;

    /**
     * Sections to be written.
     *
     * @param tables all of the report
     * @param figures all kinds
     * @param unique makes ids that the page has not had
     */
    RobustnessSections(
            Page page, Report report, AllTables tables, List<FigureKind> figures, UnaryOperator<String> unique) {
        this.page = page;
        this.report = report;
        this.tables = tables;
        this.figures = figures;
        this.unique = unique;
        several = report.runs().size() > 1;
    }

    void write() {
        page.section("robustness", "Robustness under suites of attacks", "Robustness");
        attacks();
        page.section("certified", "Certified bounds", "Certified");
        certificates();
    }

    private void attacks() {
        if (report.runs().stream()
                .allMatch(run -> run.robustness().evaluations().isEmpty())) {
            nothing(
                    "No suite of attacks has been run on these networks: accuracy under the attacks of the search is"
                            + " not what they withstand. To run one:",
                    "espalier evaluate DIR --all-levels");
            report.runs().forEach(this::unfinished);
            return;
        }
        page.paragraph(
                "An image withstands if it is classified right without attack and under every attack of the suite;"
                        + " the worst case is the share of those images. The last column says what the rules of evaluation make of"
                        + " each figure: pass, unreliable (the truth may be lower) or refused (not to be quoted); a click on it"
                        + " shows the evidence.");
        for (Report.Run run : report.runs()) {
            if (!run.robustness().evaluations().isEmpty()) {
                name(run);
                List<AllTables.Entry> suites = tables.of(run, TableKind.Section.ROBUSTNESS);
                String id = unique.apply(FigureGroup.identifier(prefix("marks", run)));
                int number = 0;
                for (AllTables.Entry suite : suites) {
                    fold(number, suites.size());
                    page.html(Html.table(suite.table(), suite.marks(), id + "-" + number));
                    number++;
                }
                unfold(suites.size());
                figures(FigureKind.Section.ROBUSTNESS, "robustness", run);
                examples(run);
            }
            unfinished(run);
        }
    }

    private void certificates() {
        if (report.runs().stream()
                .allMatch(run -> run.robustness().certificates().isEmpty())) {
            nothing(
                    "Nothing is certified: what no attack can take from these networks is not known. To find it:",
                    "espalier certify DIR --all-levels --epsilon 0.05");
            return;
        }
        page.paragraph("Certificates bound accuracy from below, attacks from above: certified <= true <= unbroken <="
                + " attacked, image by image, for every change of at most epsilon (l-infinity, in pixel values from 0 to"
                + " 1). Whatever is both certified and broken shows that something is wrong; it is looked for whenever a"
                + " report is made.");
        List<String> violations = report.violations();
        page.html(
                violations.isEmpty()
                        ? "<p><span class=\"mark pass\">&#10003; holds</span> No image is both certified and broken.</p>"
                        : "<div class=\"warning alarm\"><strong>The sandwich is violated.</strong>"
                                + Html.list(violations) + "</div>");
        for (Report.Run run : report.runs()) {
            if (!run.robustness().certificates().isEmpty()) {
                name(run);
                List<AllTables.Entry> certificates = tables.of(run, TableKind.Section.CERTIFIED);
                int number = 0;
                for (AllTables.Entry certificate : certificates) {
                    fold(number++, certificates.size());
                    page.html(Html.table(certificate.table()));
                }
                unfold(certificates.size());
                figures(FigureKind.Section.CERTIFIED, "certified", run);
            }
        }
    }

    /** Adversarial examples that evaluations kept, those of the first few. */
    private void examples(Report.Run run) {
        Map<Path, String> kept = new LinkedHashMap<>();
        Map<Path, String> datasets = new LinkedHashMap<>();
        for (Evaluated each : run.robustness().evaluationsShown()) {
            each.evaluation()
                    .level()
                    .map(key -> run.directory()
                            .resolve(Ticket.EVALUATIONS)
                            .resolve(key)
                            .resolve(each.evaluation().id())
                            .resolve(KeptDirectory.NAME))
                    .filter(path -> new KeptDirectory(path).exists())
                    .ifPresent(path -> {
                        datasets.putIfAbsent(path, each.trial().dataset());
                        kept.putIfAbsent(
                                path,
                                each.trial() + ", level " + each.level() + ", suite "
                                        + each.evaluation().suite() + ", "
                                        + each.evaluation().threat());
                    });
        }
        if (kept.isEmpty()) {
            return;
        }
        page.html("<h3>Adversarial examples</h3>");
        kept.entrySet().stream().limit(GALLERIES).forEach(each -> {
            var directory = new KeptDirectory(each.getKey());
            String dataset = datasets.getOrDefault(each.getKey(), "");
            try {
                page.html("<details><summary>" + Html.text(each.getValue()) + "</summary>"
                        + KeptGallery.of(
                                directory.read(),
                                DataSets.standard().classNames(dataset),
                                run.directory().relativize(directory.file()).toString())
                        + "</details>");
            } catch (UserException e) {
                page.problems("Adversarial examples could not be read.", List.of(e.getMessage()));
            }
        });
        if (kept.size() > GALLERIES) {
            page.paragraph(
                    (kept.size() - GALLERIES) + " more evaluations kept examples; their files stand beside them.");
        }
    }

    /** Evaluations and certificates that are begun; said once a run. */
    private void unfinished(Report.Run run) {
        Robustness robustness = run.robustness();
        if (!robustness.unfinished().isEmpty()) {
            page.html("<div class=\"warning\">" + Html.list(robustness.unfinished()) + "</div>");
        }
    }

    private void figures(FigureKind.Section section, String name, Report.Run run) {
        figures.stream()
                .filter(kind -> kind.section() == section)
                .flatMap(kind -> kind.ofRun(prefix(name, run), several ? run.label() : "", run).stream())
                .forEach(page::figures);
    }

    private void name(Report.Run run) {
        if (several) {
            page.html("<h3>" + Html.text(run.label()) + "</h3>");
        }
    }

    private String prefix(String kind, Report.Run run) {
        return kind + (several ? "-" + run.label() : "");
    }

    private void fold(int number, int all) {
        if (number == OPEN && all > OPEN + 1) {
            page.html(
                    "<details><summary>" + (all - OPEN) + " more tables: other radii, suites and strategies</summary>");
        }
    }

    private void unfold(int all) {
        if (all > OPEN + 1) {
            page.html("</details>");
        }
    }

    private void nothing(String why, String command) {
        page.html("<div class=\"nothing\">" + Html.text(why) + " <code>" + Html.text(command) + "</code></div>");
    }
}
