package org.espalier.report.reproduction;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.reproduce.PaperPart;
import org.espalier.lab.reproduce.PaperStore;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.draw.FigureDrawing;
import org.espalier.report.content.Report;
import org.espalier.report.format.Csv;
import org.espalier.report.format.LatexTable;
import org.espalier.report.format.MarkdownTable;
import org.espalier.report.page.Html;
import org.espalier.report.page.Page;
import org.espalier.report.table.PaperTable;
import org.espalier.report.table.Table;

/** Writes tables 1 and 2, figures 1 to 15 and the claims of the paper beside what is published, from the stores of a folder. */
public final class ReproductionFiles {
    /** Folder of the files, within that of the stores. */
    public static final String FOLDER = "report";

    private final Path folder;
    private final List<PaperRun> runs;
    private final Report report;
    private final List<Difference> differences;
    private final List<Judgement> judgements;
    private final Map<PaperPart, String> digests = new HashMap<>(); // of stores

    private ReproductionFiles(Path folder, Report report, List<PaperStore> stores) {
        this.folder = folder;
        this.report = report;
        runs = PaperRun.of(report, stores);
        differences = Difference.all(runs, report.published());
        judgements = Claims.judge(runs);
    }

    /**
     * What was written and what it shows.
     *
     * @param tables for people: published and measured accuracies, then claims
     * @param problems what could not be read, a sentence each
     */
    public record Written(Path folder, List<Table> tables, List<Table> claims, List<String> problems) {
        public Written {
            tables = List.copyOf(tables);
            claims = List.copyOf(claims);
            problems = List.copyOf(problems);
        }
    }

    /**
     * Writes all files. Stores may be unfinished; what is not measured yet is missing.
     *
     * @param home folder of the stores
     * @throws UserException if no store is there, or a file cannot be written
     */
    public static Written write(Path home) {
        return read(home).write();
    }

    /**
     * Reads the stores of a folder.
     *
     * @throws UserException if no store is there
     */
    static ReproductionFiles read(Path home) {
        List<PaperStore> stores = PaperRun.stores(home);
        if (stores.isEmpty()) {
            throw new UserException(
                    home + " holds no store of the reproduction: expected one that \"espalier reproduce paper\""
                            + " has written");
        }
        Report report = PaperRun.read(stores);
        return new ReproductionFiles(home.resolve(FOLDER), report, stores);
    }

    List<PaperRun> runs() {
        return runs;
    }

    /** Digest of the trained levels of a run's store, as it was when first asked for. */
    String digest(PaperRun run) {
        return digests.computeIfAbsent(run.part(), _ -> run.run().store().digest());
    }

    /** What could not be read, a sentence each. */
    List<String> problems() {
        return report.problems();
    }

    /** Differences and claims as CSV, by name of the file. */
    Map<String, String> csv() {
        var csv = new LinkedHashMap<String, String>();
        csv.put("differences", DifferenceTables.csv(differences));
        csv.put("claims", ClaimTables.claims(judgements));
        csv.put("claim-tests", ClaimTables.tests(judgements));
        return csv;
    }

    /** Writes all files. */
    Written write() {
        AtomicFiles.makeDirectory(folder);
        Map<String, Table> tables = tables();
        Map<Claim, Table> claims = claims();
        List<FigureGroup> figures =
                PaperFigure.ALL.parallelStream().map(figure -> figure.of(runs)).toList();
        Page page = page(tables, claims, figures);
        AtomicFiles.writeRepeatable(folder.resolve("index.html"), page.bytes());
        csv().forEach((name, text) -> text(name + ".csv", text));
        text("stores.csv", stores());
        AtomicFiles.makeDirectory(folder.resolve("tables"));
        tables.forEach((name, table) -> {
            text("tables/" + name + ".md", MarkdownTable.of(table));
            text("tables/" + name + ".tex", LatexTable.of(table, name));
        });
        text("claims.md", claims.values().stream().map(MarkdownTable::of).collect(Collectors.joining("\n")));
        AtomicFiles.makeDirectory(folder.resolve("figures"));
        page.figures().parallelStream().forEach(figure -> {
            text("figures/" + figure.id() + ".svg", FigureDrawing.svg(figure));
            AtomicFiles.writeRepeatable(
                    folder.resolve("figures").resolve(figure.id() + ".pdf"), FigureDrawing.pdf(figure));
            text("figures/" + figure.id() + ".csv", FigureCsv.of(figure));
        });
        return new Written(folder, List.copyOf(tables.values()), List.copyOf(claims.values()), report.problems());
    }

    private void text(String name, String content) {
        AtomicFiles.writeRepeatable(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
    }

    /** Tables 1 and 2 and the differences, for each setting. */
    private Map<String, Table> tables() {
        var tables = new LinkedHashMap<String, Table>();
        for (String setting : runs.stream().map(PaperRun::setting).distinct().toList()) {
            for (String dataset : List.of("digits", "fashion")) {
                List<PaperRun> of = runs.stream()
                        .filter(run -> run.setting().equals(setting)
                                && run.part().dataset().equals(dataset))
                        .toList();
                if (of.isEmpty()) {
                    continue;
                }
                int number = dataset.equals("digits") ? 1 : 2;
                var part = new Report(
                        of.stream().map(PaperRun::run).toList(),
                        report.terms(),
                        List.of(),
                        report.published(),
                        List.of());
                String original = of.getFirst().restart("original");
                PaperTable.all(part, OptionalInt.empty()).values().stream()
                        .filter(table -> table.caption().contains(", " + original + ","))
                        .findFirst()
                        .ifPresent(table -> tables.put(
                                "table-" + number + "-" + setting,
                                new Table(
                                        "Table " + number + ", " + setting + ": "
                                                + table.caption().replaceAll(" \\([^()]*\\)$", ""),
                                        table.keys(),
                                        table.blocks(),
                                        table.notes())));
                tables.put(
                        "differences-" + number + "-" + setting,
                        DifferenceTables.table(
                                "Differences to table " + number + ", " + dataset + ", " + setting,
                                differences.stream()
                                        .filter(d -> d.setting().equals(setting)
                                                && d.published().dataset().equals(dataset))
                                        .toList()));
            }
        }
        return tables;
    }

    private Map<Claim, Table> claims() {
        var claims = new EnumMap<Claim, Table>(Claim.class);
        for (Claim claim : Claim.values()) {
            List<Judgement> of = judgements.stream()
                    .filter(judgement -> judgement.claim() == claim)
                    .toList();
            if (!of.isEmpty()) {
                claims.put(claim, ClaimTables.table(claim, of));
            }
        }
        return claims;
    }

    private Page page(Map<String, Table> tables, Map<Claim, Table> claims, List<FigureGroup> figures) {
        var page = new Page(
                "The paper, reproduced",
                "\"The Search for Sparse, Robust Neural Networks\" (Cosentino, Zaiter, Pei, Zhu, 2019): its tables, figures and"
                        + " claims from " + report.runs().size() + " stores of ours.");
        if (!report.problems().isEmpty()) {
            page.problems("Not everything could be read.", report.problems());
        }
        page.section("tables", "Tables 1 and 2", "Tables");
        tables.forEach((name, table) -> {
            if (name.startsWith("differences")) {
                page.html("<details><summary>" + Html.text(table.caption()) + "</summary>" + Html.table(table)
                        + "</details>");
            } else {
                page.html(Html.table(table));
            }
        });
        page.section("claims", "The paper's claims", "Claims");
        page.paragraph("No figure here is robustness to stronger attacks, unless its evaluation is a suite.");
        claims.values().forEach(table -> page.html(Html.table(table)));
        page.section("figures", "Figures 1 to 15", "Figures");
        figures.forEach(page::figures);
        page.section("stores", "Where the figures come from", "Stores");
        page.html(Html.facts(runs.stream()
                .map(run -> List.of(
                        run.part().store(),
                        run.run().trained().done() + " of "
                                + run.run().trained().planned() + " levels trained",
                        "digest of the trained levels " + digest(run)))
                .toList()));
        return page;
    }

    private String stores() {
        List<List<String>> rows = new ArrayList<>();
        for (PaperRun run : runs) {
            rows.add(List.of(
                    run.part().store(),
                    Integer.toString(run.run().trained().done()),
                    digest(run),
                    "espalier "
                            + String.join(" ", run.run().store().provenance().command())));
        }
        return Csv.of(List.of("store", "levels", "digest", "command"), rows);
    }
}
