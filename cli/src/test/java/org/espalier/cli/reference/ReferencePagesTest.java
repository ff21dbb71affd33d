package org.espalier.cli.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.espalier.cli.CommandLineRun;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The generated pages of docs/reference equal what the code generates. */
class ReferencePagesTest {
    /** With this system property set to true, the pages are written instead of compared. */
    private static final String WRITE = "espalier.docs.write";

    private static final String COMMAND = "mvn -pl cli -am test -Dtest=ReferencePagesTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE + "=true";

    /** First words of each page. */
    static final String GENERATED = "<!-- Generated; do not edit. To write it again: " + COMMAND + " -->";

    static Stream<Arguments> pages() {
        return Stream.of(
                Arguments.of("commands.md", CommandsPage.of(CommandLineRun.commandLine())),
                Arguments.of("attacks.md", AttacksPage.of()));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void equalsTheCode(String name, String generated) throws IOException {
        Path page = Path.of("..", "docs", "reference", name);
        if (Boolean.getBoolean(WRITE)) {
            Files.createDirectories(page.getParent());
            Files.writeString(page, generated);
        }
        assertThat(page).as("to write %s again: %s", page, COMMAND).content().isEqualTo(generated);
    }
}
