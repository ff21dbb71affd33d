package org.espalier.report.page;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.espalier.lab.study.Studies;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.content.BesidePublished;
import org.espalier.report.content.Report;
import org.espalier.report.example.ExampleSource;
import org.espalier.report.figure.FigureKind;
import org.espalier.report.figure.VerdictFigure;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;
import org.espalier.report.table.AllTables;
import org.espalier.report.table.TableKind;
import org.espalier.report.verdict.Answer;
import org.espalier.report.verdict.Comparison;
import org.espalier.report.verdict.TicketVerdict;
import org.espalier.setting.Plugins;

/** Puts the report's page together, in the order in which people read: verdict, tables, figures, where it comes from. */
final class ReportPage {
    /** Tables that stand open where there are more than a reader takes in at once. */
    private static final int OPEN = 4;

    private static final int MOST_OPEN = 8;

    private final Report report;
    private final AllTables tables;
    private final List<FigureKind> figures = Plugins.services(FigureKind.class);
    private final Page page;
    private final boolean several;
    private final Set<String> ids = new HashSet<>();
    private final Gallery gallery;

    private ReportPage(Report report, OptionalInt iteration, ExampleSource examples) {
        gallery = new Gallery(examples);
        tables = AllTables.of(report, iteration);
        this.report = report;
        several = report.runs().size() > 1;
        page = new Page(
                report.runs().stream().map(ReportPage::title).collect(Collectors.joining(", ")), subtitle(report));
    }

    /** The experiment's name, with that of the directory where it is another one. */
    private static String title(Report.Run run) {
        String directory =
                String.valueOf(run.directory().toAbsolutePath().normalize().getFileName());
        return directory.equals(run.label()) ? directory : run.label() + " (" + directory + ")";
    }

    /**
     * The whole page.
     *
     * @param iteration see {@link AllTables#of}
     * @param examples finds the images to show
     */
    static Page of(Report report, OptionalInt iteration, ExampleSource examples) {
        return new ReportPage(report, iteration, examples).page();
    }

    private Page page() {
        problems();
        verdict();
        tables();
        new RobustnessSections(page, report, tables, figures, this::unique).write();
        comparison();
        for (Report.Run run : report.runs()) {
            cells(run);
        }
        studies();
        time();
        provenance();
        return page;
    }

    private static String subtitle(Report report) {
        int done = 0;
        int planned = 0;
        for (Report.Run run : report.runs()) {
            Report.Trained trained = run.trained();
            done += trained.done();
            planned += trained.planned();
        }
        return "A search for sparse networks that withstand attack. "
                + (done == planned
                        ? "All " + planned + " levels are trained."
                        : done + " of " + planned + " levels are trained; what is not measured yet is missing here.");
    }

    private void problems() {
        if (!report.violations().isEmpty()) {
            page.html(
                    "<div class=\"warning alarm\" role=\"alert\"><strong>Certified and yet broken: something here is wrong."
                            + " Neither the certificates nor the attacks' figures below can be believed until it is found.</strong>"
                            + Html.list(report.violations()) + "</div>");
        }
        if (!report.warnings().isEmpty()) {
            page.html("<div class=\"warning\"><strong>Splits of the data lack classes.</strong>"
                    + Html.list(report.warnings()) + "</div>");
        }
        if (!report.problems().isEmpty()) {
            page.html("<div class=\"warning\"><strong>Not everything could be read.</strong>"
                    + Html.list(report.problems()) + "</div>");
        }
    }

    private void verdict() {
        page.section("verdict", "Is there a winning robust ticket?", "Verdict");
        List<TicketVerdict> main = report.decisive();
        if (main.isEmpty()) {
            page.paragraph("Nothing can be said yet: no strategy that prunes has been measured under an attack.");
            return;
        }
        page.figures(VerdictFigure.of(report));
        List<Answer.Said> answers = Answer.of(report.verdicts(), several);
        if (!answers.isEmpty()) {
            page.html("<ul class=\"lead\">"
                    + answers.stream()
                            .map(said -> "<li><strong>" + Html.sentence(said.subject()) + ":</strong> "
                                    + Html.sentence(said.sentence()) + "</li>")
                            .collect(Collectors.joining())
                    + "</ul>");
        }
        var cards = new StringBuilder("<div class=\"cards\">");
        main.forEach(verdict -> card(cards, verdict));
        page.html(cards.append("</div>").toString());
    }

    /** What a verdict comes to; the sentences behind it unfold. */
    private void card(StringBuilder cards, TicketVerdict verdict) {
        TicketVerdict own = report.ownAttack(verdict);
        cards.append("<section class=\"card\"><h3>")
                .append(Html.text((several ? verdict.run() + ": " : "") + verdict.dataset() + ", " + verdict.objective()
                        + " training, " + verdict.strategy()))
                .append("</h3><p class=\"big\">")
                .append(Html.sentence(headline(verdict)))
                .append("</p>")
                .append(beyond(verdict))
                .append("<p class=\"beyond muted\">")
                .append(Html.sentence("Under " + own.attack() + " alone, the attack of "
                        + (own.trainedAgainst() ? "training" : "the search") + ": "
                        + own.ticket()
                                .map(t -> "ticket with " + Numbers.density(t.density()) + " of the weights")
                                .orElse("no ticket shown")))
                .append("</p><details><summary>Why</summary>");
        if (!verdict.found().isEmpty()) {
            cards.append("<h4>Shown</h4>").append(Html.list(verdict.found()));
        }
        List<String> notShown = new ArrayList<>(verdict.basis().isPresent() ? List.of() : nothingUnderOthers(verdict));
        notShown.addAll(verdict.notShown());
        if (!notShown.isEmpty()) {
            cards.append("<h4>Not shown</h4>").append(Html.list(notShown));
        }
        if (!verdict.beyondAttack().sentences().isEmpty()) {
            cards.append("<h4>Evaluations and certificates</h4>")
                    .append(Html.list(verdict.beyondAttack().sentences()));
        }
        if (own != verdict && !own.found().isEmpty()) {
            cards.append("<h4>Under ")
                    .append(Html.text(own.attack()))
                    .append(" alone</h4>")
                    .append(Html.list(own.found()));
        }
        List<String> published = BesidePublished.sentences(report, own);
        if (!published.isEmpty()) {
            cards.append("<h4>Beside what is published</h4>").append(Html.list(published));
        }
        cards.append("</details></section>\n");
    }

    /** Never better than what an evaluation shows. */
    private static String headline(TicketVerdict verdict) {
        if (verdict.basis().isEmpty() || verdict.trials() == 0) {
            return "Not evaluated";
        }
        if (verdict.ticket().isPresent()) {
            return "Robust ticket with "
                    + Numbers.density(verdict.ticket().get().density()) + " of the weights";
        }
        return verdict.comparisons().stream().anyMatch(c -> c.standing() == Comparison.Standing.NOTHING_TO_KEEP)
                ? "No robustness to keep"
                : "No robust ticket shown";
    }

    /** What withstands the attack it was trained on may fall to every other: that belongs beside its success. */
    private List<String> nothingUnderOthers(TicketVerdict shown) {
        return report.verdicts().stream()
                .filter(other -> other != shown
                        && other.run().equals(shown.run())
                        && other.dataset().equals(shown.dataset())
                        && other.objective().equals(shown.objective())
                        && other.strategy().equals(shown.strategy()))
                .filter(other ->
                        other.comparisons().stream().anyMatch(c -> c.standing() == Comparison.Standing.NOTHING_TO_KEEP))
                .flatMap(other -> other.notShown().stream().limit(1))
                .toList();
    }

    /** Figures of the networks that a verdict names, beside it. */
    private static String beyond(TicketVerdict verdict) {
        var parts = new ArrayList<String>();
        verdict.beyondAttack()
                .suite()
                .ifPresent(suite -> parts.add(Html.sentence(String.format(
                                Locale.ROOT,
                                "%.1f %% right under suite %s at epsilon %s%s",
                                100 * suite.known().mean(),
                                suite.name(),
                                Numbers.radius(suite.epsilon()),
                                suite.certified().mean() > 0
                                        ? String.format(
                                                Locale.ROOT,
                                                ", %.1f %% certified",
                                                100 * suite.certified().mean())
                                        : ""))
                        + " " + Html.mark(suite.mark())));
        verdict.basis()
                .flatMap(_ -> verdict.dense())
                .filter(_ -> verdict.beyondAttack().level() > 0)
                .ifPresent(dense -> parts.add(Html.sentence(String.format(
                        Locale.ROOT, "dense %.1f %%", 100 * dense.accuracy().mean()))));
        verdict.beyondAttack()
                .bounds()
                .filter(bounds -> verdict.basis()
                        .filter(basis -> basis.epsilon() == bounds.epsilon()
                                && verdict.beyondAttack().suite().stream()
                                        .anyMatch(suite -> suite.certified().mean() > 0))
                        .isEmpty())
                .ifPresent(bounds -> parts.add(Html.sentence(String.format(
                        Locale.ROOT,
                        "certificates at epsilon %s: %.1f to %.1f %%",
                        Numbers.radius(bounds.epsilon()),
                        100 * bounds.low().mean(),
                        100 * bounds.high().mean()))));
        return parts.isEmpty()
                ? ""
                : "<p class=\"beyond\">"
                        + Html.text(
                                verdict.beyondAttack().level() == 0
                                        ? "The dense network: "
                                        : verdict.ticket().isPresent()
                                                ? "The ticket: "
                                                : "Level "
                                                        + verdict.beyondAttack().level() + ": ")
                        + String.join("; ", parts) + "</p>";
    }

    private void tables() {
        page.section("tables", "Tables", "Tables");
        // Tables of suites and certificates stand in sections of their own.
        List<AllTables.Entry> all = tables.of(TableKind.Section.TABLES);
        int shown = 0;
        String run = "";
        for (AllTables.Entry entry : all) {
            if (shown == OPEN && all.size() > MOST_OPEN) {
                page.html("<details><summary>" + (all.size() - shown) + " more tables</summary>");
            }
            String label = several ? entry.run().orElse("") : "";
            if (!label.equals(run)) {
                run = label;
                page.html("<h3>" + Html.text(label) + "</h3>");
            }
            page.html(Html.table(entry.table()));
            shown++;
        }
        if (shown > OPEN && all.size() > MOST_OPEN) {
            page.html("</details>");
        }
    }

    private void comparison() {
        List<FigureGroup> groups =
                figures.stream().flatMap(kind -> kind.ofReport(report).stream()).toList();
        if (!groups.isEmpty()) {
            page.section("comparison", "Side by side", "Side by side");
            groups.forEach(page::figures);
        }
    }

    /** What a section of a cell shows; made side by side, since each reads networks and attacks images. */
    private record Section(String id, Cell cell, List<FigureKind.Made> figures, String images) {}

    private void cells(Report.Run run) {
        record Named(String id, Cell cell) {}

        List<Named> cells = run.results().cells().stream()
                .map(cell -> new Named(
                        unique(FigureGroup.identifier(
                                (several ? run.label() + "-" : "") + cell.dataset() + "-" + cell.objective())),
                        cell))
                .toList();
        cells.parallelStream()
                .map(named -> new Section(
                        named.id(),
                        named.cell(),
                        figures.stream()
                                .map(kind -> kind.ofCell(named.id(), run, named.cell()))
                                .toList(),
                        gallery.of(run.store(), named.cell())))
                .toList()
                .forEach(section -> section(run, section));
    }

    private void section(Report.Run run, Section made) {
        Cell cell = made.cell();
        page.section(
                made.id(),
                (several ? run.label() + ": " : "") + cell.dataset() + ", " + cell.objective() + " training",
                (several ? run.label() + " " : "") + cell.dataset() + " " + cell.objective());
        made.figures().forEach(figures -> figures.groups().forEach(page::figures));
        List<String> problems = made.figures().stream()
                .flatMap(figures -> figures.problems().stream())
                .toList();
        if (!problems.isEmpty()) {
            page.problems(
                    "These networks could not be read and are left out of the figures above.",
                    problems.stream()
                            .map(problem -> problem + "; this network is left out of the page's figures")
                            .toList());
        }
        page.html("<h3>Attacked images</h3>" + made.images());
    }

    /** Tables and figures of the studies of runs; no section where there are none. */
    private void studies() {
        List<Report.Run> studied = report.runs().stream()
                .filter(run -> Files.isDirectory(run.directory().resolve(Studies.DIRECTORY)))
                .toList();
        if (studied.isEmpty()) {
            return;
        }
        page.section("studies", "Studies", "Studies");
        for (Report.Run run : studied) {
            if (several) {
                page.html("<h3>" + Html.text(run.label()) + "</h3>");
            }
            tables.of(run, TableKind.Section.STUDIES).forEach(entry -> page.html(Html.table(entry.table())));
            figures(FigureKind.Section.STUDIES, "studies", run);
        }
    }

    private void time() {
        page.section("time", "Time and cost", "Time");
        for (Report.Run run : report.runs()) {
            figures(FigureKind.Section.TIME, "time", run);
        }
    }

    /** Figures of one section and run, or why they cannot be shown. */
    private void figures(FigureKind.Section section, String name, Report.Run run) {
        String id = unique(FigureGroup.identifier(name + (several ? "-" + run.label() : "")));
        try {
            for (FigureKind kind : figures) {
                if (kind.section() == section) {
                    kind.ofRun(id, several ? run.label() : "", run).forEach(page::figures);
                }
            }
        } catch (UserException e) {
            page.html("<div class=\"warning\">" + Html.text(e.getMessage()) + "</div>");
        }
    }

    private void provenance() {
        page.section("provenance", "Where this comes from", "Provenance");
        for (Report.Run run : report.runs()) {
            ProvenanceHtml.of(run, several).forEach(page::html);
        }
    }

    /** The id, or one like it that the page has not had. */
    private String unique(String id) {
        String unique = id;
        for (int number = 2; !ids.add(unique); number++) {
            unique = id + "-" + number;
        }
        return unique;
    }
}
