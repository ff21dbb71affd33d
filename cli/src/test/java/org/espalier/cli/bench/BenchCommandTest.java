package org.espalier.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.cli.CommandLineRun;
import org.espalier.cli.console.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
    @TempDir
    private Path home;

    @Test
    void measuresWhatWasAskedForAsTablesAndJson() throws IOException {
        Path file = home.resolve("bench.json");
        CommandLineRun run = CommandLineRun.of(
                "bench",
                "--seconds",
                "0.004",
                "--iterations",
                "1",
                "--levels",
                "2,0",
                "--jobs",
                "1,2",
                "--json",
                file.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("% of its peak")
                .contains("784-300")
                .containsPattern("\n +0 +100\\.0 \\| +[0-9,]+ +[0-9,]+ +[0-9]+ \\|")
                .containsPattern("\n +2 +64\\.1 \\| ")
                .contains("random masks")
                .containsPattern("\n +2 +2 +64\\.1 \\| +[0-9,]+ +[0-9.]+ +[0-9,]+ +[0-9.]+\n");
        assertThat(Files.readString(file))
                .contains("\"peak-flops\":")
                .contains("\"masks\":\"real\",\"level\":2,\"density\":0.64")
                .contains("\"kernels\":\"dense\",\"work\":\"evaluation\",\"per-second\":");
    }

    @Test
    void measuresANetworkOfAnyLayers() throws IOException {
        Path file = home.resolve("network.json");
        CommandLineRun run = CommandLineRun.of(
                "bench",
                "--network",
                "cnn-small",
                "--image",
                "1,6,6",
                "--seconds",
                "0.004",
                "--batch",
                "3",
                "--densities",
                "1,0.1",
                "--kernels",
                "dense,sparse,auto",
                "--json",
                file.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("cnn-small, ")
                .contains("weight gradient")
                .containsPattern("\n +3 +100\\.0 +sparse ")
                .containsPattern("\n +3 +10\\.0 +auto ");
        assertThat(Files.readString(file))
                .contains("\"network\":\"cnn-small\"")
                .contains("\"kernels\":\"sparse\",\"part\":\"pgd step\",\"seconds\":");
    }

    @Test
    void saysWhatIsWrongWithANetwork() {
        assertThat(CommandLineRun.of("bench", "--network", "cnn-tiny").err())
                .contains("--network is cnn-tiny, expected one of cnn-small, ");
        assertThat(CommandLineRun.of("bench", "--network", "lenet-caffe", "--image", "1,4,4")
                        .err())
                .contains("network lenet-caffe does not fit images of 1 x 4 x 4");
        assertThat(CommandLineRun.of("bench", "--network", "cnn-small", "--densities", "0")
                        .err())
                .contains("--densities has 0.0, expected numbers above 0 and up to 1");
        assertThat(CommandLineRun.of("bench", "--vector-bits", "64").err())
                .contains("--vector-bits is 64, expected 128, 256, 512 or scalar");
    }

    @Test
    void saysWhatIsWrong() {
        CommandLineRun run = CommandLineRun.of("bench", "--levels", "0,21");
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--levels has 21, expected numbers from 0 to 20");
        assertThat(CommandLineRun.of("bench", "--seconds", "0").err())
                .contains("--seconds is 0.0, expected more than 0");
    }
}
