package org.espalier.cli.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.espalier.cli.CommandLineRun;
import org.espalier.cli.console.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans and refusals of the reproduction; nothing is trained. */
class ReproduceCommandTest {
    @TempDir
    private Path home;

    @Test
    void thePlanOfManyTrialsCountsItsLevels() {
        CommandLineRun run =
                CommandLineRun.done("reproduce", "paper", "--trials", "999999999", "--plan", "--out", home.toString());
        assertThat(run.out()).contains("0/20999999979").doesNotContain("/-");
    }

    @Test
    void thePlanAndTheTablesDoNotGoTogether() {
        for (String other : List.of("--tables", "--claims")) {
            CommandLineRun run = CommandLineRun.of("reproduce", "paper", "--plan", other, "--out", home.toString());
            assertThat(run.code()).as(other).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains("--plan and " + other + " are given together, expected one of them");
        }
    }

    @Test
    void findingsOfARunThatIsMissingLeaveNoFolder() {
        Path folder = home.resolve("fresh");
        CommandLineRun run = CommandLineRun.of(
                "reproduce", "findings", home.resolve("nosuch").toString(), "--name", "x", "--dir", folder.toString());
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err()).contains("nosuch is missing; expected the directory of a search");
        assertThat(folder).doesNotExist();
    }
}
