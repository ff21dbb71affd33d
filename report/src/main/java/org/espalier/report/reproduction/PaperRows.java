package org.espalier.report.reproduction;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.reproduce.PaperGrid;
import org.espalier.lab.reproduce.PaperPart;
import org.espalier.report.format.Csv;

/**
 * Rows about stores of the reproduction, gathered from several folders: rows of the stores that a folder has replace those kept before,
 * and rows of all other stores stay. A row depends on its own store alone, so the files are the same whether the stores lie in one
 * folder or are kept one after the other.
 */
final class PaperRows {
    private static final List<String> STORES = List.copyOf(
            new LinkedHashSet<>(PaperGrid.parts().stream().map(PaperPart::store).toList()));

    private static final List<String> CLAIMS =
            Arrays.stream(Claim.values()).map(ExperimentFile::nameOf).toList();

    private PaperRows() {}

    /**
     * The rows of both files, claim by claim where there are claims, then in the order of the grid.
     *
     * @param made CSV of the rows of the stores of a folder
     * @param kept rows kept before; need not exist
     * @param stores those of the folder
     * @throws UserException if a file cannot be read, or rows that stay have other columns
     */
    static String merged(String made, Path kept, Collection<String> stores) {
        List<String> columns = Csv.columns(made, kept);
        List<Map<String, String>> rows = new ArrayList<>(Csv.rows(made, kept));
        if (Files.exists(kept)) {
            List<Map<String, String>> stay = Csv.read(kept).stream()
                    .filter(row -> !stores.contains(store(row)))
                    .toList();
            if (!stay.isEmpty()) {
                Csv.requireColumns(kept, columns);
            }
            rows.addAll(stay);
        }
        Stream<Map<String, String>> sorted = rows.stream()
                .sorted(Comparator.comparingInt(
                                (Map<String, String> row) -> CLAIMS.indexOf(row.getOrDefault("claim", "")))
                        .thenComparingInt(row -> STORES.indexOf(store(row))));
        return Csv.of(
                columns,
                sorted.map(row -> columns.stream().map(row::get).toList()).toList());
    }

    private static String store(Map<String, String> row) {
        return row.get("setting") + "-" + row.get("dataset") + "-" + row.get("training");
    }
}
