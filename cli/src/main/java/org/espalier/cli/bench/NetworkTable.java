package org.espalier.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.espalier.lab.bench.NetworkBench.Figure;
import org.espalier.lab.bench.NetworkBench.Part;
import org.espalier.lab.bench.NetworkBench.Report;
import org.espalier.lab.bench.NetworkBench.Row;
import org.espalier.report.table.Table;

/** Measurements of one network as a table. */
final class NetworkTable {
    private NetworkTable() {}

    static Table of(Report report) {
        List<List<String>> keys = new ArrayList<>();
        for (Row row : report.rows()) {
            keys.add(List.of(
                    Integer.toString(row.batch()),
                    String.format(Locale.ROOT, "%.1f", 100 * row.density()),
                    row.kernels().name().toLowerCase(Locale.ROOT)));
        }
        List<Table.Block> blocks = new ArrayList<>();
        for (Part part : Part.values()) {
            List<List<String>> cells = new ArrayList<>();
            for (Row row : report.rows()) {
                Figure figure = Objects.requireNonNull(row.figures().get(part));
                cells.add(List.of(
                        String.format(Locale.ROOT, "%.2f", 1000 * figure.seconds()),
                        String.format(Locale.ROOT, "%.0f", 100 * figure.share())));
            }
            blocks.add(new Table.Block(part.label() + ", ms", List.of("time", "% peak"), cells));
        }
        return new Table(
                String.format(
                        Locale.ROOT,
                        "%s, %,d weights, %.2f million multiply-adds an example",
                        report.settings().name(),
                        report.settings().network().weights(),
                        report.multiplyAdds() / 1e6),
                new Table.Block("", List.of("batch", "P_m %", "kernels"), keys),
                blocks,
                List.of(
                        String.format(
                                Locale.ROOT,
                                "Peak: register-only multiply-adds of one core, %.1f GFLOP/s.",
                                report.peak() / 1e9),
                        "% peak: operations on remaining weights and the examples of the batch; panels have 64 lanes.",
                        "attack step: forward, input gradient and step; weight gradient: the pass back with its"
                                + " gradients.",
                        "pgd step: training on natural and PGD-10 examples, with the update.",
                        "Times are the least processor times of one thread; masks, weights and images are random."));
    }
}
