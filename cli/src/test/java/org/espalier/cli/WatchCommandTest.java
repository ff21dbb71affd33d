package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.espalier.cli.console.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchCommandTest {
    @TempDir
    private Path home;

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void servesThePageUntilItIsToldToEndAndEndsWell(String signal) throws Exception {
        Path directory = home.resolve("run");
        Process process = new ProcessBuilder(HearsSignals.command(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "watch",
                        directory.toString(),
                        "--port",
                        "0")))
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                BufferedReader err = process.errorReader(StandardCharsets.UTF_8);
                HttpClient client = HttpClient.newHttpClient()) {
            String line = String.valueOf(out.readLine());
            assertThat(line)
                    .startsWith(directory + " is shown at http://127.0.0.1:")
                    .endsWith("/ (Ctrl-C ends it)");
            assertThat(err.readLine())
                    .isEqualTo(directory + " does not exist yet; the page shows the search when it starts");
            URI address = URI.create(line.replaceAll(".*(http:\\S+).*", "$1"));
            assertThat(client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                            .body())
                    .contains("<title>Espalier");
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(err.readLine()).isNull();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aPortThatIsTakenOrIsNoneIsAMistake() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            CommandLineRun run = CommandLineRun.of("watch", home.toString(), "--port", "" + taken.getLocalPort());
            assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
            assertThat(run.err())
                    .startsWith("espalier: port " + taken.getLocalPort() + " cannot be had: ")
                    .endsWith("; choose another with --port, or 0 for any that is free\n");
        }
        CommandLineRun none = CommandLineRun.of("watch", home.toString(), "--port", "70000");
        assertThat(none.code()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("--port is 70000, expected a number from 0 to 65535");
    }
}
