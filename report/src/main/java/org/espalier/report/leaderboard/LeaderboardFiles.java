package org.espalier.report.leaderboard;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.lab.experiment.BenchmarkSettings;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.report.format.MarkdownTable;
import org.espalier.report.notation.Numbers;
import org.espalier.report.page.Html;
import org.espalier.report.page.Page;

/** The files of a leaderboard: page, Markdown, CSV and JSON. */
public final class LeaderboardFiles {
    /** The page. */
    public static final String PAGE = "index.html";

    private static final String MARKDOWN = "leaderboard.md";
    private static final String CSV = "leaderboard.csv";
    private static final String JSON = "benchmark.json";

    private LeaderboardFiles() {}

    /**
     * Writes all files.
     *
     * @param directory of the benchmark
     * @return what was written
     */
    public static List<Path> write(Leaderboard leaderboard, Path directory) {
        List<Path> files = new ArrayList<>();
        files.add(write(directory.resolve(PAGE), page(leaderboard).html()));
        files.add(write(directory.resolve(MARKDOWN), markdown(leaderboard)));
        files.add(write(directory.resolve(CSV), LeaderboardCsv.of(leaderboard)));
        files.add(write(directory.resolve(JSON), BenchmarkJson.of(leaderboard) + "\n"));
        return files;
    }

    private static Path write(Path file, String text) {
        AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
        return file;
    }

    private static Page page(Leaderboard leaderboard) {
        BenchmarkSettings settings = leaderboard.settings();
        Page page = new Page("Benchmark " + settings.name(), settings.description());
        page.section("results", "Which method is the most robust?", "Results");
        if (leaderboard.boards().isEmpty()) {
            page.paragraph("No network is evaluated yet.");
            return page;
        }
        page.html(Html.list(sentences(leaderboard)));
        budget(settings).forEach(page::paragraph);
        LeaderboardTables.summaries(leaderboard).forEach(table -> page.html(Html.table(table)));
        page.section("rankings", "Rankings by sparsity", "Rankings");
        leaderboard.boards().forEach(board -> page.html(Html.table(LeaderboardTables.ranking(leaderboard, board))));
        page.section("figures", "Figures", "Figures");
        LeaderboardFigures.of(leaderboard).forEach(page::figures);
        page.section("methods", "Methods", "Methods");
        page.html(Html.table(LeaderboardTables.record(leaderboard)));
        return page;
    }

    private static String markdown(Leaderboard leaderboard) {
        StringBuilder text = new StringBuilder("# Benchmark ")
                .append(leaderboard.settings().name())
                .append("\n\n")
                .append(MarkdownTable.escape(leaderboard.settings().description()))
                .append(".\n\n");
        sentences(leaderboard)
                .forEach(sentence -> text.append("- ").append(sentence).append('\n'));
        text.append('\n');
        budget(leaderboard.settings()).forEach(sentence -> text.append(sentence).append('\n'));
        LeaderboardTables.of(leaderboard).forEach(table -> text.append('\n').append(MarkdownTable.of(table)));
        return text.toString();
    }

    private static List<String> sentences(Leaderboard leaderboard) {
        return leaderboard.boards().stream()
                .map(board -> String.join(" ", LeaderboardTables.sentences(board)))
                .toList();
    }

    private static List<String> budget(BenchmarkSettings settings) {
        return List.of(
                "Every method makes " + Numbers.count(settings.updates())
                        + " updates for one network, those before and after pruning together. Updates of scores and of searches"
                        + " for masks count; gradients that a criterion reads once do not.",
                "Robust accuracy is that under suite " + settings.evaluation().suite() + ", "
                        + LeaderboardTables.ball(settings.evaluation()) + ", "
                        + (settings.evaluation().rules() ? "checked by the rules" : "without the rules' checks")
                        + ". The choice of settings is ours: one setting per method, not tuned.");
    }
}
