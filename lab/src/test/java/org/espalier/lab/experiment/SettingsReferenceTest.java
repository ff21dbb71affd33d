package org.espalier.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SettingsReferenceTest {
    private static final Path PUBLISHED = Path.of("..", "docs", "reference", "settings.md");

    /**
     * To generate the page: {@code mvn -pl lab -am test -Dtest=SettingsReferenceTest
     * -Dsurefire.failIfNoSpecifiedTests=false -Despalier.docs.write=true}.
     */
    @Test
    void thePublishedPageIsTheRecords() throws Exception {
        String made = SettingsReference.page();
        if (Boolean.getBoolean("espalier.docs.write")) {
            Files.writeString(PUBLISHED, made);
        }
        assertThat(Files.readString(PUBLISHED))
                .as("%s is out of date: run this test with -Despalier.docs.write=true", PUBLISHED)
                .isEqualTo(made);
    }

    @Test
    void everyKindHasATable() {
        assertThat(SettingsReference.page())
                .contains(
                        "### `attacks` of kind `pgd`",
                        "### `pruning.criterion` of kind `magnitude`",
                        "### suite file: `attacks` of kind `apgd`",
                        "| `beta1` | decay of the first moment, per update | number of at least 0 and below 1 | `0.9` |");
    }
}
