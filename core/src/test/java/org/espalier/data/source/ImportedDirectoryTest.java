package org.espalier.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;

class ImportedDirectoryTest {
    @Test
    void theVariablesAreAskedInTurn() {
        assertThat(ImportedDirectory.from(Map.of("ESPALIER_DATA", "/d", "XDG_DATA_HOME", "/x"), "/home/u"))
                .isEqualTo(Path.of("/d"));
        assertThat(ImportedDirectory.from(Map.of("XDG_DATA_HOME", "/x"), "/home/u"))
                .isEqualTo(Path.of("/x/espalier"));
        assertThat(ImportedDirectory.from(Map.of("ESPALIER_DATA", "", "XDG_DATA_HOME", "x"), "/home/u"))
                .isEqualTo(Path.of("/home/u/.local/share/espalier"));
    }

    @Test
    void withoutAHomeItSaysWhatWasExpected() {
        assertThatThrownBy(() -> ImportedDirectory.from(Map.of(), ""))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("expected ESPALIER_DATA, XDG_DATA_HOME or a home directory");
    }
}
