package org.espalier.lab.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.UserException;
import org.espalier.data.Digests;
import org.espalier.lab.robustness.Proportion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder of one ticket beside files of somebody else, and manifests that were edited by hand. */
class TicketCollectionTest {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final String CARD = "---\nlibrary_name: espalier\n---\n# mine.espalier\n";

    @TempDir
    private Path folder;

    private static KeptTicket ticket(String name) {
        return new KeptTicket(
                name,
                "a ticket",
                Digests.sha256(CONTENT),
                "4 2",
                4,
                0.5,
                "digits",
                "ab".repeat(32),
                "paper trial 1, level 1",
                "key",
                "store",
                "espalier run paper",
                new KeptTicket.Figures(new Proportion(9, 10), 0.1f, new Proportion(5, 8), new Proportion(4, 8)),
                List.of(new KeptTicket.Evaluation(
                        "standard", "linf", 0.1, 100, 90, 80, OptionalInt.of(70), "no objection")));
    }

    private TicketCollection add(String name, Optional<String> experiment) {
        return TicketCollection.read(folder, false).with(ticket(name), CONTENT, CARD, experiment);
    }

    @Test
    void aTicketIsReadAsItWasAddedAndReplacesAnEarlierOne() {
        TicketCollection added = add("mine", Optional.of("extends: paper\n"));
        assertThat(TicketCollection.read(folder, true)).isEqualTo(added);
        assertThat(folder.resolve("README.md")).content().isEqualTo(added.readme());
        assertThat(folder.resolve("mine.yaml")).exists();
        add("mine", Optional.empty());
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("README.md", "manifest.json", "mine.espalier", "mine.md");
        assertThat(KeptTicket.beside(folder.resolve("mine.espalier"), Digests.sha256(CONTENT)))
                .contains(ticket("mine"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "mine.md", "mine.yaml", "mine.espalier"})
    void aFileOfSomebodyElseIsNotReplaced(String name) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "my own");
        for (Optional<String> experiment : List.of(Optional.<String>empty(), Optional.of("extends: paper\n"))) {
            assertThatThrownBy(() -> add("mine", experiment))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith(file + " is not ");
        }
        assertThat(file).hasContent("my own");
        assertThat(folder.toFile().list()).containsExactly(name);
    }

    @Test
    void whatAnInterruptedAddingLeftIsReplaced() throws IOException {
        Files.write(folder.resolve("mine.espalier"), CONTENT);
        Files.writeString(folder.resolve("mine.md"), CARD);
        Files.writeString(folder.resolve("mine.yaml"), "extends: paper\n");
        assertThat(add("mine", Optional.of("extends: paper\n")).tickets()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"readme", "README", "manifest", "Manifest", "../mine", ""})
    void aNameThatIsNoneOfATicketIsRefused(String name) {
        assertThatThrownBy(() -> add(name, Optional.empty()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("cannot be called " + name);
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"fast\":4          | \"fast\":9999         | fast is 9999, expected 0 to 8",
                "\"fast\":4          | \"fast\":-1           | fast is -1, expected 0 to 8",
                "\"clean-images\":10 | \"clean-images\":0    | clean-images is 0, expected at least 1",
                "0.1,\"fast-clean\"  | -3,\"fast-clean\"     | epsilon is -3.0, expected a number above 0",
                "0.1,\"fast-clean\"  | null,\"fast-clean\"   | epsilon is NaN, expected a number above 0",
                "0.1,\"images\"      | -1,\"images\"         | epsilon is -1.0, expected a number from 0",
                "\"robust\":80       | \"robust\":101        | robust is 101, expected 0 to 100",
                "\"certified\":70    | \"certified\":-7      | certified is -7, expected 0 to 100",
                "\"density\":0.5     | \"density\":7         | weights is 4 and density 7.0, expected",
                "\"name\":\"mine\"   | \"name\":\"a\\u0000b\" | name is \"a\\u0000b\", expected lower-case",
                "\"name\":\"mine\"   | \"name\":\"../mine\"  | name is \"../mine\", expected lower-case",
                "\"name\":\"mine\"   | \"name\":7            | name is not a string, found 7",
                "\"digits\"          | \"a\\u0000b\"          | dataset is \"a\\u0000b\", expected the name",
                "\"format\":1        | \"format\":[]         | format is not a whole number, found []",
            })
    void anEditedManifestIsDamaged(String right, String wrong, String what) throws IOException {
        add("mine", Optional.empty());
        Path manifest = folder.resolve(TicketCollection.MANIFEST);
        String text = Files.readString(manifest);
        assertThat(text).contains(right);
        Files.writeString(manifest, text.replace(right, wrong));
        assertThatThrownBy(() -> TicketCollection.read(folder, true))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(manifest + " is damaged: " + what);
        assertThat(KeptTicket.beside(folder.resolve("mine.espalier"), Digests.sha256(CONTENT)))
                .isEmpty();
    }

    @Test
    void aManifestOfAnotherVersionIsRefused() throws IOException {
        Path manifest = Files.writeString(folder.resolve(TicketCollection.MANIFEST), "{\"format\":7,\"tickets\":[]}");
        assertThatThrownBy(() -> TicketCollection.read(folder, true))
                .isInstanceOf(UserException.class)
                .hasMessage(manifest + " has format 7, expected 1: it was written by another version of Espalier");
    }
}
