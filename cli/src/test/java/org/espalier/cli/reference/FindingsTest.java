package org.espalier.cli.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.report.reproduction.FindingsFigures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The figures of docs/findings.md and of README.md are those of the CSV files in docs/findings. Tables follow a marker that says
 * which rows they have ({@link CheckedTable}). A decimal number in the text stands in such a table; settings, versions and other
 * numbers that are no results are named in a comment {@code <!-- settings: 0.3 ... -->}.
 */
class FindingsTest {
    /** With this system property set to true, rows of tables are written instead of compared. */
    private static final String WRITE = "espalier.docs.write";

    private static final Path ROOT = Path.of("..");
    private static final Path FINDINGS = ROOT.resolve("docs").resolve("findings.md");
    private static final Path README = ROOT.resolve("README.md");
    private static final Path REPRODUCTION = ROOT.resolve("docs").resolve("reproduction.md");
    private static final Path FOLDER = ROOT.resolve("docs").resolve("findings");

    /** Pages of findings that have tables of a benchmark. */
    private static final List<String> BENCHMARKS =
            List.of("benchmark.md", "certified-methods.md", "robust-methods.md", "corner-starts.md");

    /** Numbers of README that are no results: radii and versions. */
    private static final Set<String> SETTINGS_OF_README = Set.of("0.2", "0.3", "0.05", "3.8.7");

    private static final Pattern NUMBER =
            Pattern.compile("(?<![A-Za-z0-9.])(?<![A-Za-z]-)\\d+\\.\\d+(?:\\.\\d+)*(?!\\w)");
    private static final Pattern SETTINGS = Pattern.compile("<!-- settings:(.*?)-->", Pattern.DOTALL);

    /** A document with the rows that its markers name. */
    private static String written(String document) {
        var out = new StringBuilder();
        Matcher marker = CheckedTable.MARKER.matcher(document);
        int at = 0;
        while (marker.find()) {
            // The heading of the table and its rule, then its rows.
            int heading = document.indexOf("\n|", marker.end());
            assertThat(document.substring(marker.end(), heading))
                    .as("before the table of a marker")
                    .isBlank();
            int body = document.indexOf('\n', document.indexOf('\n', heading + 1) + 1) + 1;
            int end = body;
            while (end < document.length() && document.charAt(end) == '|') {
                int next = document.indexOf('\n', end);
                end = next < 0 ? document.length() : next + 1;
            }
            out.append(document, at, body);
            CheckedTable.of(FOLDER, marker.group(1))
                    .rows()
                    .forEach(row -> out.append(row).append('\n'));
            at = end;
        }
        return out.append(document, at, document.length()).toString();
    }

    private static String checked(Path file) throws IOException {
        String document = Files.readString(file);
        String expected = written(document);
        if (Boolean.getBoolean(WRITE) && !expected.equals(document)) {
            Files.writeString(file, expected);
        }
        assertThat(Files.readString(file)).as(file.toString()).isEqualTo(expected);
        return expected;
    }

    /** Numbers in the tables that markers name. */
    private static Set<String> figures(String document) {
        Set<String> figures = new HashSet<>();
        Matcher marker = CheckedTable.MARKER.matcher(document);
        while (marker.find()) {
            CheckedTable.of(FOLDER, marker.group(1)).rows().forEach(row -> figures.addAll(numbers(row)));
        }
        return figures;
    }

    private static List<String> numbers(String text) {
        List<String> numbers = new ArrayList<>();
        Matcher number = NUMBER.matcher(text);
        while (number.find()) {
            numbers.add(number.group());
        }
        return numbers;
    }

    /** What a reader reads as text and tables: no code, no addresses of links, no comments. */
    private static String text(String document) {
        return document.replaceAll("(?s)<!--.*?-->", "")
                .replaceAll("(?s)```.*?```", "")
                .replaceAll("`[^`]*`", "")
                .replaceAll("\\]\\([^)]*\\)", "]");
    }

    private static Set<String> settings(String document) {
        Set<String> settings = new HashSet<>();
        Matcher comment = SETTINGS.matcher(document);
        while (comment.find()) {
            settings.addAll(List.of(comment.group(1).strip().split("\\s+")));
        }
        return settings;
    }

    @Test
    void tablesHaveTheRowsOfTheirFiles() throws IOException {
        assertThat(CheckedTable.MARKER.matcher(checked(FINDINGS)).results()).hasSizeGreaterThanOrEqualTo(3);
        for (String page : BENCHMARKS) {
            assertThat(CheckedTable.MARKER
                            .matcher(checked(FOLDER.resolve(page)))
                            .results())
                    .as(page)
                    .hasSizeGreaterThanOrEqualTo(2);
        }
        assertThat(CheckedTable.MARKER.matcher(checked(REPRODUCTION)).results()).hasSizeGreaterThanOrEqualTo(3);
        checked(README);
    }

    @Test
    void figuresAreDrawnFromTheFilesAndShown() throws IOException {
        Path figures = FOLDER.resolve(FindingsFigures.FOLDER);
        Map<String, String> drawn = FindingsFigures.drawn(FOLDER);
        assertThat(drawn).hasSizeGreaterThanOrEqualTo(3);
        String findings = Files.readString(FINDINGS);
        if (Boolean.getBoolean(WRITE)) {
            Files.createDirectories(figures);
            for (Map.Entry<String, String> figure : drawn.entrySet()) {
                Files.writeString(figures.resolve(figure.getKey()), figure.getValue());
            }
        }
        for (Map.Entry<String, String> figure : drawn.entrySet()) {
            Path file = figures.resolve(figure.getKey());
            assertThat(file).content().as(figure.getKey()).isEqualTo(figure.getValue());
            assertThat(findings).contains("](findings/figures/" + figure.getKey() + ")");
        }
        try (var files = Files.list(figures)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .containsExactlyInAnyOrderElementsOf(drawn.keySet());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "findings.md",
                "findings/benchmark.md",
                "findings/certified-methods.md",
                "findings/robust-methods.md",
                "findings/corner-starts.md"
            })
    void everyTableOfTheFindingsSaysWhereItsRowsComeFrom(String file) throws IOException {
        String document = Files.readString(ROOT.resolve("docs").resolve(file));
        assertThat(Pattern.compile("\n\\|[ :|-]+\\|\n")
                        .matcher(document)
                        .results()
                        .count())
                .as("tables")
                .isEqualTo(CheckedTable.MARKER.matcher(document).results().count());
    }

    @Test
    void everyResultInTheTextStandsInATable() throws IOException {
        String findings = Files.readString(FINDINGS);
        Set<String> known = figures(findings);
        known.addAll(settings(findings));
        assertThat(numbers(text(findings)))
                .as("decimal numbers of findings.md that are in no table with a marker and not among the settings")
                .isSubsetOf(known);
        for (String page : BENCHMARKS) {
            String benchmark = Files.readString(FOLDER.resolve(page));
            Set<String> ranked = figures(benchmark);
            ranked.addAll(settings(benchmark));
            assertThat(numbers(text(benchmark)))
                    .as("decimal numbers of " + page + " that are in no table with a marker and not among the settings")
                    .isSubsetOf(ranked);
        }
        String readme = Files.readString(README);
        known.addAll(figures(readme));
        known.addAll(settings(readme));
        known.addAll(SETTINGS_OF_README);
        assertThat(numbers(text(readme)))
                .as("decimal numbers of README.md that are in no table of findings.md and not among the settings")
                .isSubsetOf(known);
    }

    @Test
    void aFigureThatDriftsIsSeen() throws IOException {
        String document = Files.readString(FINDINGS);
        Matcher marker = CheckedTable.MARKER.matcher(document);
        assertThat(marker.find()).isTrue();
        String row = CheckedTable.of(FOLDER, marker.group(1)).rows().getFirst();
        assertThat(row).isNotEmpty();
        assertThat(document).contains(row);
        assertThat(written(document.replace(row, row.replaceFirst("\\d", "7") + " ")))
                .isEqualTo(document);
        assertThat(numbers("9.2 % (166,248), Apache-2.0 at 3.8.7, +0.31")).containsExactly("9.2", "3.8.7", "0.31");
    }

    @Test
    void theFindingsAreShort() throws IOException {
        // Four pages of about 500 words.
        assertThat(text(Files.readString(FINDINGS)).split("\\s+").length).isLessThanOrEqualTo(2_000);
    }
}
