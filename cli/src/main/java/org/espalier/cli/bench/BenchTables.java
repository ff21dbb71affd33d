package org.espalier.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.espalier.engine.KernelMode;
import org.espalier.lab.bench.BenchReport;
import org.espalier.lab.bench.BenchReport.Figure;
import org.espalier.lab.bench.BenchReport.Masks;
import org.espalier.lab.bench.BenchReport.Row;
import org.espalier.lab.bench.Work;
import org.espalier.report.table.Table;

/** Measurements of a bench as tables. */
final class BenchTables {
    private BenchTables() {}

    static List<Table> of(BenchReport report) {
        List<Table> tables = new ArrayList<>();
        tables.add(products(report));
        tables.add(rates(
                report,
                Masks.REAL,
                "One trial on one core, networks of a short search ("
                        + report.settings().searchIterations() + " iterations a level)"));
        if (report.rows().stream().anyMatch(row -> row.masks() == Masks.RANDOM)) {
            tables.add(rates(
                    report,
                    Masks.RANDOM,
                    "The same with initial weights and random masks of equal density in each layer"));
        }
        if (!report.together().isEmpty()) {
            tables.add(together(report));
        }
        return tables;
    }

    private static Table products(BenchReport report) {
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> cells = new ArrayList<>();
        for (BenchReport.Product product : report.products()) {
            keys.add(List.of(product.layer().toString()));
            cells.add(List.of(
                    percent(product.forward()), percent(product.inputGradient()), percent(product.weightGradient())));
        }
        return new Table(
                "Dense products of 64 examples on one core, % of its peak",
                new Table.Block("", List.of("layer"), keys, true),
                List.of(new Table.Block("", List.of("forward", "input gradient", "weight gradient"), cells)),
                List.of("Peak: register-only multiply-adds, " + String.format(Locale.ROOT, "%.1f", report.peak() / 1e9)
                        + " GFLOP/s."));
    }

    private static Table rates(BenchReport report, Masks masks, String caption) {
        List<Row> dense = rows(report, masks, KernelMode.DENSE);
        List<Row> auto = rows(report, masks, KernelMode.AUTO);
        List<Table.Block> blocks = new ArrayList<>();
        for (Work work : Work.values()) {
            List<List<String>> cells = new ArrayList<>();
            for (int i = 0; i < auto.size(); i++) {
                Figure now = auto.get(i).figure(work);
                cells.add(List.of(
                        rate(dense.get(i).figure(work).rate().median()),
                        rate(now.rate().median()),
                        percent(now.share())));
            }
            blocks.add(new Table.Block(title(work), List.of("dense", "auto", "% peak"), cells));
        }
        List<String> notes = new ArrayList<>();
        if (masks == Masks.REAL) {
            notes.add("natural, fgsm, pgd: training steps per second, batch " + Work.BATCH
                    + ", with attack (PGD-10) and optimizer; evaluation: images per second, natural and PGD-10.");
            notes.add(
                    "dense: all weights, pruned ones as zeros; auto: the faster kernels of each layer. The results are equal.");
            notes.add("% peak: operations on remaining weights, relative to register-only multiply-adds on one core.");
            notes.add("Operations on zero inputs count; kernels of auto skip them, so the figure may exceed 100.");
            notes.add("Figures are medians of short slices; dense and auto alternate.");
            report.crossovers().forEach(line -> notes.add("Layers of " + line + "."));
        }
        return new Table(caption, keys(auto), blocks, notes);
    }

    private static Table together(BenchReport report) {
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> cells = new ArrayList<>();
        for (BenchReport.Side side : report.together()) {
            if (side.work() == Work.PGD) {
                keys.add(List.of(
                        Integer.toString(side.jobs()), Integer.toString(side.level()), density(side.density())));
                cells.add(new ArrayList<>());
            }
            double alone = rows(report, Masks.REAL, KernelMode.AUTO).stream()
                    .filter(row -> row.level() == side.level())
                    .findFirst()
                    .orElseThrow()
                    .figure(side.work())
                    .rate()
                    .median();
            cells.getLast()
                    .addAll(List.of(
                            rate(side.perSecond()), String.format(Locale.ROOT, "%.2f", side.perSecond() / alone)));
        }
        return new Table(
                "Trials at the same time, masks of the search, rates of all trials together",
                new Table.Block("", List.of("trials", "level", "P_m %"), keys),
                List.of(new Table.Block("", List.of("pgd", "x one", "evaluation", "x one"), cells)),
                List.of());
    }

    private static List<Row> rows(BenchReport report, Masks masks, KernelMode kernels) {
        return report.rows().stream()
                .filter(row -> row.kernels() == kernels && (row.masks() == masks || row.masks() == Masks.NONE))
                .toList();
    }

    private static Table.Block keys(List<Row> rows) {
        return new Table.Block(
                "",
                List.of("level", "P_m %"),
                rows.stream()
                        .map(row -> List.of(Integer.toString(row.level()), density(row.density())))
                        .toList());
    }

    private static String title(Work work) {
        return work == Work.EVALUATION ? "evaluation, images/s" : work.label() + ", steps/s";
    }

    private static String density(double density) {
        return String.format(Locale.ROOT, "%.1f", 100 * density);
    }

    private static String rate(double perSecond) {
        return String.format(Locale.ROOT, "%,.0f", perSecond);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f", 100 * share);
    }
}
