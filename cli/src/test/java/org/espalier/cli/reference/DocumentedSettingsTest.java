package org.espalier.cli.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.espalier.lab.experiment.BenchmarkFile;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.experiment.SuiteSettings;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every block of settings in the documents can be used as it stands: as an experiment, as a suite (its attacks are a list)
 * or as a benchmark (it has updates).
 */
class DocumentedSettingsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("```ya?ml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SUITE = Pattern.compile("^attacks:[^\n]*\n  - ", Pattern.MULTILINE);
    private static final Pattern BENCHMARK = Pattern.compile("^updates:", Pattern.MULTILINE);
    private static final String KUBERNETES = "apiVersion:";

    @TempDir
    private Path directory;

    private record Documented(String place, String text) {
        @Override
        public String toString() {
            return place;
        }
    }

    static List<Documented> documented() throws IOException {
        List<Path> files = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
        }
        List<Documented> blocks = new ArrayList<>();
        for (Path file : files) {
            String page = Files.readString(file);
            for (MatchResult found : BLOCK.matcher(page).results().toList()) {
                long line = page.substring(0, found.start()).lines().count() + 1;
                blocks.add(new Documented(ROOT.relativize(file) + ":" + line, found.group(1)));
            }
        }
        return blocks.stream()
                .filter(block -> !block.text().startsWith(KUBERNETES))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("documented")
    void isUnderstood(Documented block) throws IOException {
        Path file = Files.writeString(directory.resolve("block.yaml"), block.text());
        if (SUITE.matcher(block.text()).find()) {
            assertThat(SuiteSettings.read(file).attacks()).isNotEmpty();
        } else if (BENCHMARK.matcher(block.text()).find()) {
            assertThat(BenchmarkFile.read(file.toString()).write()).isNotEmpty();
        } else {
            assertThat(ExperimentFile.write(ExperimentFile.read(file.toString(), List.of())))
                    .isNotEmpty();
        }
    }
}
