package org.espalier.lab.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.junit.jupiter.api.Test;

/** The experiments beside the page of published figures can be read, and the page names each. */
class PublishedFilesTest {
    @Test
    void everyExperimentIsReadAndNamed() throws IOException {
        Path directory = Path.of("..", "docs", "published");
        String page = Files.readString(Path.of("..", "docs", "guides", "published.md"));
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.sorted().toList();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(4);
        for (Path file : files) {
            Experiment experiment = ExperimentFile.read(file.toString(), List.of());
            assertThat(file.getFileName().toString()).isEqualTo(experiment.name() + ".yaml");
            assertThat(page).contains("docs/published/" + file.getFileName());
        }
    }
}
