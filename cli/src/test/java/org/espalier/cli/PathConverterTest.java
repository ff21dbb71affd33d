package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.espalier.cli.console.ExitCode;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class PathConverterTest {
    @Test
    void readsAPath() {
        assertThat(new PathConverter().convert("a/b")).isEqualTo(Path.of("a", "b"));
    }

    @Test
    void refusesWhatIsNoPathWithoutWordsOfJava() {
        assertThatThrownBy(() -> new PathConverter().convert("a\0b"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("the path is \"a\u2400b\", expected a path without a NUL character");
    }

    @Test
    void everyCommandReadsItsPathsSo() {
        for (String[] line : new String[][] {
            {"run", "quick", "--out", "a\0b"},
            {"evaluate", "a\0b"},
            {"certify", "a\0b"},
            {"report", "a\0b"},
            {"status", "a\0b"},
            {"data", "verify", "digits", "--directory", "a\0b"},
            {"--plugins", "a\0b", "presets"}
        }) {
            CommandLineRun run = CommandLineRun.of(line);
            assertThat(run.code()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).hasLineCount(1).contains("without a NUL").doesNotContain("Exception");
        }
    }

    @Test
    void anExperimentThatIsNoPathIsNoUnknownPreset() {
        CommandLineRun run = CommandLineRun.of("run", "a\0b");
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err())
                .isEqualTo("espalier: EXPERIMENT is \"a\u2400b\", expected a path without a NUL character\n");
    }
}
