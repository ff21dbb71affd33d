package org.espalier.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.cli.console.Console;
import org.espalier.data.DataDetails;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.data.source.KnownDataSets;
import org.espalier.lab.format.ImportedFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DataRemoveCommandTest {
    @TempDir
    Path directory;

    private String remove(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(out, new ByteArrayOutputStream(), StandardCharsets.UTF_8, false);
        DataRemoveCommand command = new DataRemoveCommand(
                console, () -> new DataSets(KnownDataSets.ALL, directory.resolve("cache"), Optional.of(imported())));
        new CommandLine(command).parseArgs(name);
        command.run();
        console.out().flush();
        return out.toString(StandardCharsets.UTF_8);
    }

    private Path imported() {
        return directory.resolve("data");
    }

    private void written(String name, boolean floats) {
        ImageShape shape = new ImageShape(1, 1);
        int[] labels = {0, 1};
        Split split = floats
                ? new Split("train", shape, new float[] {0.3f, 0.7f}, labels)
                : new Split("train", shape, new byte[] {1, 2}, labels);
        ImportedFiles.write(
                new DataSet(
                        name, 1, 1, 2, split, split, Map.of(), new DataDetails(List.of("ant", "bee"), 1, List.of())),
                imported().resolve(name),
                false);
    }

    @Test
    void anImportedDataSetIsDeletedAndNoOther() throws IOException {
        written("bytes", false);
        written("floats", true);
        written("damaged", false);
        Files.delete(imported().resolve("damaged/SHA256SUMS"));
        assertThat(remove("floats")).isEqualTo("removed: floats (" + imported().resolve("floats") + ")\n");
        remove("damaged");
        try (Stream<Path> left = Files.list(imported())) {
            assertThat(left).containsExactly(imported().resolve("bytes"));
        }
        remove("bytes");
        assertThatThrownBy(() -> remove("bytes"))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "no data set bytes was imported: expected one that 'espalier data import' made, found none");
    }

    @Test
    void whatNoImportWroteStays() throws IOException {
        assertThatThrownBy(() -> remove("digits"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("data set digits belongs to Espalier and cannot be removed");
        written("mine", false);
        assertThatThrownBy(() -> remove("other")).hasMessageContaining("expected one of mine");
        Path notes = Files.writeString(imported().resolve("mine/notes.txt"), "years of work");
        assertThatThrownBy(() -> remove("mine"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("holds notes.txt, which no import wrote");
        assertThat(notes).exists();
        assertThat(imported().resolve("mine/data-set.json")).exists();
        Files.delete(notes);
        Files.createSymbolicLink(imported().resolve("link"), imported().resolve("mine"));
        assertThatThrownBy(() -> remove("link"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is no directory of its own");
    }
}
