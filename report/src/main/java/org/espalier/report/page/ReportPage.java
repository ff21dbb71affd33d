package org.espalier.report.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.espalier.report.Arm;
import org.espalier.report.BesidePublished;
import org.espalier.report.Report;
import org.espalier.report.TableFiles;
import org.espalier.report.figure.ArmFigures;
import org.espalier.report.figure.ComparisonFigures;
import org.espalier.report.figure.FigureGroup;
import org.espalier.report.figure.NetworkFigures;
import org.espalier.report.figure.TimeFigures;
import org.espalier.report.verdict.Answer;
import org.espalier.report.verdict.Comparison;
import org.espalier.report.verdict.Verdict;

/** Puts the report's page together, in the order in which people read: verdict, tables, figures, where it comes from. */
final class ReportPage {
    /** Tables that stand open where there are more than a reader takes in at once. */
    private static final int OPEN = 4;

    private static final int MOST_OPEN = 8;

    private final Report report;
    private final OptionalInt iteration;
    private final Page page;
    private final boolean several;
    private final Set<String> ids = new HashSet<>();
    private final Gallery gallery = new Gallery();

    private ReportPage(Report report, OptionalInt iteration) {
        this.iteration = iteration;
        this.report = report;
        several = report.runs().size() > 1;
        page = new Page(
                report.runs().stream().map(Report.Run::label).collect(Collectors.joining(", ")), subtitle(report));
    }

    /**
     * The whole page.
     *
     * @param iteration see {@link TableFiles#all}
     */
    static Page of(Report report, OptionalInt iteration) {
        return new ReportPage(report, iteration).page();
    }

    private Page page() {
        problems();
        verdict();
        tables();
        new RobustnessSections(page, report, this::unique).write();
        comparison();
        for (Report.Run run : report.runs()) {
            arms(run);
        }
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
        if (!report.problems().isEmpty()) {
            page.html("<div class=\"warning\"><strong>Not everything could be read.</strong>"
                    + Html.list(report.problems()) + "</div>");
        }
    }

    private void verdict() {
        page.section("verdict", "Verdict", "Verdict");
        List<Verdict> main =
                report.verdicts().stream().filter(Verdict::trainedAgainst).toList();
        if (main.isEmpty()) {
            main = report.verdicts();
        }
        if (main.isEmpty()) {
            page.paragraph("Nothing can be said yet: no strategy that prunes has been measured under an attack.");
            return;
        }
        List<Answer.Said> answers = Answer.of(report.verdicts(), several);
        if (!answers.isEmpty()) {
            page.html(
                    "<p class=\"lead\">Is there a winning robust ticket: a pruned network shown to be as accurate as the dense"
                            + " one to within " + report.terms().points()
                            + ", unattacked and under the attack, that trains no longer?</p>"
                            + "<ul class=\"lead\">"
                            + answers.stream()
                                    .map(said -> "<li><strong>" + Html.sentence(said.subject()) + ":</strong> "
                                            + Html.sentence(said.sentence()) + "</li>")
                                    .collect(Collectors.joining())
                            + "</ul>");
        }
        var cards = new StringBuilder("<div class=\"cards\">");
        for (Verdict verdict : main) {
            cards.append("<section class=\"card\"><h3>")
                    .append(Html.text((several ? verdict.run() + ": " : "") + verdict.subject()))
                    .append("</h3><p class=\"big\">")
                    .append(verdict.ticket()
                            .map(t ->
                                    "Wins with " + Html.sentence(FigureGroup.percent(t.density()) + " of the weights"))
                            .orElse("No winning ticket shown"))
                    .append("</p>")
                    .append(beyond(verdict));
            if (!verdict.found().isEmpty()) {
                cards.append("<h4>Shown</h4>").append(Html.list(verdict.found()));
            }
            List<String> notShown = new ArrayList<>(nothingUnderOthers(verdict));
            notShown.addAll(verdict.notShown());
            if (!notShown.isEmpty()) {
                cards.append("<h4>Not shown</h4>").append(Html.list(notShown));
            }
            if (!verdict.remains().sentences().isEmpty()) {
                cards.append("<h4>Beyond that attack</h4>")
                        .append(Html.list(verdict.remains().sentences()));
            }
            List<String> published = BesidePublished.sentences(report, verdict);
            if (!published.isEmpty()) {
                cards.append("<h4>Beside what is published</h4>").append(Html.list(published));
            }
            cards.append("</section>\n");
        }
        page.html(cards.append("</div>").toString());
    }

    /** What withstands the attack it was trained on may fall to every other: that belongs beside its success. */
    private List<String> nothingUnderOthers(Verdict shown) {
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

    /** What is left of the verdict's networks under more than its attack, beside the verdict. */
    private static String beyond(Verdict verdict) {
        var parts = new ArrayList<String>();
        verdict.remains()
                .suite()
                .ifPresent(suite -> parts.add(Html.sentence(String.format(
                                Locale.ROOT,
                                "suite %s at epsilon %s leaves %.1f %%",
                                suite.name(),
                                plain(suite.epsilon()),
                                100 * suite.left().mean()))
                        + " " + Html.mark(suite.mark())));
        verdict.remains()
                .bounds()
                .ifPresent(bounds -> parts.add(Html.sentence(String.format(
                        Locale.ROOT,
                        "certificates at epsilon %s: at least %.1f %%, at most %.1f %%",
                        plain(bounds.epsilon()),
                        100 * bounds.low().mean(),
                        100 * bounds.high().mean()))));
        return parts.isEmpty()
                ? ""
                : "<p class=\"beyond\">"
                        + Html.text(
                                verdict.remains().level() == 0
                                        ? "The dense network: "
                                        : verdict.ticket().isPresent()
                                                ? "The ticket: "
                                                : "Level " + verdict.remains().level() + ": ")
                        + String.join("; ", parts) + "</p>";
    }

    private static String plain(double epsilon) {
        return String.format(Locale.ROOT, "%.4f", epsilon).replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    private void tables() {
        page.section("tables", "Tables", "Tables");
        var all = TableFiles.all(report, iteration);
        // These stand in sections of their own.
        report.runs()
                .forEach(run ->
                        TableFiles.robustness(run).keySet().forEach(name -> all.remove(run.label() + "-" + name)));
        int shown = 0;
        String run = "";
        for (var entry : all.entrySet()) {
            if (shown == OPEN && all.size() > MOST_OPEN) {
                page.html("<details><summary>" + (all.size() - shown) + " more tables</summary>");
            }
            String label = several ? label(entry.getKey()) : "";
            if (!label.equals(run)) {
                run = label;
                page.html("<h3>" + Html.text(label) + "</h3>");
            }
            page.html(Html.table(entry.getValue()));
            shown++;
        }
        if (shown > OPEN && all.size() > MOST_OPEN) {
            page.html("</details>");
        }
    }

    /** The run that a table belongs to: names of tables begin with its label. */
    private String label(String table) {
        return report.runs().stream()
                .map(Report.Run::label)
                .filter(label -> table.startsWith(label + "-"))
                .max(Comparator.comparingInt(String::length))
                .orElse("");
    }

    private void comparison() {
        List<ComparisonFigures.Named> arms = new ArrayList<>();
        for (Report.Run run : report.runs()) {
            for (Arm arm : run.results().arms()) {
                arms.add(new ComparisonFigures.Named(several ? run.label() : "", arm, radii(run, arm)));
            }
        }
        ComparisonFigures.of(arms).ifPresent(group -> {
            page.section("comparison", "Side by side", "Side by side");
            page.figures(group);
        });
    }

    private static Map<String, Float> radii(Report.Run run, Arm arm) {
        var radii = new HashMap<String, Float>();
        arm.attacks()
                .forEach(attack -> radii.put(
                        attack,
                        run.store().experiment().attack(attack)
                                .threat()
                                .epsilon()));
        return radii;
    }

    /** What a section of an arm shows; made side by side, since each reads networks and attacks images. */
    private record Section(
            String id, Arm arm, List<FigureGroup> figures, NetworkFigures.Made networks, String images) {}

    private void arms(Report.Run run) {
        record Named(String id, Arm arm) {}

        List<Named> arms = run.results().arms().stream()
                .map(arm -> new Named(
                        unique(FigureGroup.identifier(
                                (several ? run.label() + "-" : "") + arm.dataset() + "-" + arm.objective())),
                        arm))
                .toList();
        arms.parallelStream()
                .map(named -> new Section(
                        named.id(),
                        named.arm(),
                        ArmFigures.of(named.id(), named.arm()),
                        NetworkFigures.of(named.id(), run.store(), named.arm()),
                        gallery.of(run.store(), named.arm())))
                .toList()
                .forEach(section -> section(run, section));
    }

    private void section(Report.Run run, Section made) {
        Arm arm = made.arm();
        page.section(
                made.id(),
                (several ? run.label() + ": " : "") + arm.dataset() + ", " + arm.objective() + " training",
                (several ? run.label() + " " : "") + arm.dataset() + " " + arm.objective());
        made.figures().forEach(page::figures);
        made.networks().groups().forEach(page::figures);
        if (!made.networks().problems().isEmpty()) {
            page.problems(
                    "These networks could not be read and are left out of the figures above.",
                    made.networks().problems().stream()
                            .map(problem -> problem + "; this network is left out of the page's figures")
                            .toList());
        }
        page.html("<h3>Attacked images</h3>" + made.images());
    }

    private void time() {
        page.section("time", "Time and cost", "Time");
        for (Report.Run run : report.runs()) {
            String id = unique(FigureGroup.identifier("time" + (several ? "-" + run.label() : "")));
            try {
                page.figures(TimeFigures.of(id, several ? run.label() : "", run));
            } catch (UserException e) {
                page.html("<div class=\"warning\">" + Html.text(e.getMessage()) + "</div>");
            }
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
