package org.espalier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.junit.jupiter.api.Test;

class LaunchTest {
    /** An application that uses the engine. */
    static final class Application {
        private Application() {}

        public static void main(String[] arguments) {
            Engines.create(Architecture.PAPER);
            System.out.println("options " + JavaOptions.present() + ", "
                    + Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB, " + List.of(arguments));
            System.exit(7);
        }
    }

    @Test
    void theOptionsAreThoseOfTheCommand() throws IOException {
        Path bin = Path.of("..", "bin");
        List<String> common = Files.readAllLines(bin.resolve("java-options")).stream()
                .filter(line -> line.startsWith("-") && !line.startsWith("-Xmx"))
                .toList();
        assertThat(common).contains("--add-modules=jdk.incubator.vector");
        assertThat(JavaOptions.list()).containsAll(common).noneMatch(option -> option.startsWith("-Xmx"));
    }

    @Test
    void anApplicationStartsWithTheOptionsAndItsExitCodeIsKept() throws IOException, InterruptedException {
        Outcome launched = java(Launch.class.getName(), "-Xmx100m", Application.class.getName(), "a", "b c");
        assertThat(launched.output()).contains("options true, ", "[a, b c]").doesNotContain("without the options");
        assertThat(launched.output()).containsPattern("(9\\d|100) MiB");
        assertThat(launched.code()).isEqualTo(7);
    }

    @Test
    void withoutTheOptionsOneWarningSaysSo() throws IOException, InterruptedException {
        Outcome bare = java("--add-modules=jdk.incubator.vector", Application.class.getName());
        assertThat(bare.output()).contains("options false").containsOnlyOnce("without the options");
        assertThat(bare.code()).isEqualTo(7);
    }

    private record Outcome(int code, String output) {}

    private static Outcome java(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        return new Outcome(process.waitFor(), output);
    }
}
