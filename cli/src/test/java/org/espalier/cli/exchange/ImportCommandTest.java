package org.espalier.cli.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.cli.CommandLineRun;
import org.espalier.data.DataProgress;
import org.espalier.data.Digests;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.file.SafeTensors;
import org.espalier.lab.store.NetworkFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {
    @TempDir
    private Path home;

    /** A network of 784 inputs that names the class of ten pixels' brightest; on digits it is near chance. */
    private Path model() throws Exception {
        float[] values = new float[10 * 784];
        for (int i = 0; i < 10; i++) {
            values[i * 784 + i] = 1;
        }
        Map<String, SafeTensors.Tensor> tensors = new LinkedHashMap<>();
        tensors.put("fc.weight", new SafeTensors.Tensor.Floats(List.of(10, 784), values));
        return Files.write(home.resolve("model.safetensors"), SafeTensors.encode(tensors, Map.of()));
    }

    private CommandLineRun run(String... more) throws Exception {
        List<String> all = new java.util.ArrayList<>(List.of(
                "import",
                model().toString(),
                "--out",
                home.resolve("ticket.safetensors").toString()));
        all.addAll(List.of(more));
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    @Test
    void aTicketIsWrittenThatReadsBack() throws Exception {
        CommandLineRun run = run();
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("784-10", "7,840, of which 10 are not zero", "ReLU is assumed", "Written: ");
        NetworkFile read = NetworkFile.read(home.resolve("ticket.safetensors"));
        assertThat(read.network().mask().count()).isEqualTo(10);
        String written = Files.readString(home.resolve("ticket.safetensors"), StandardCharsets.ISO_8859_1);
        assertThat(written)
                .contains("\"imported-from\":\"model.safetensors\"")
                .contains("\"imported-sha256\":\""
                        + Digests.sha256(Files.readAllBytes(home.resolve("model.safetensors"))) + "\"");
    }

    @Test
    void onlyATicketOfTheSameModelIsReplacedUnlessAskedFor() throws Exception {
        Path ticket = home.resolve("ticket.safetensors");
        assertThat(run().code()).isZero();
        byte[] first = Files.readAllBytes(ticket);
        assertThat(run("--mean", "0.5", "--std", "0.5", "--input", "1x28x28").code())
                .isZero(); // another try with the same model
        byte[] second = Files.readAllBytes(ticket);
        assertThat(second).isNotEqualTo(first);
        Path other = Files.copy(model(), home.resolve("other.safetensors"));
        byte[] foreign = Files.readAllBytes(other);
        for (byte[] precious :
                List.of(foreign, Arrays.copyOf(second, second.length - 1), "notes".getBytes(StandardCharsets.UTF_8))) {
            Files.write(ticket, precious);
            CommandLineRun refused = run();
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.err())
                    .contains(ticket + " exists, and no import of", "--replace")
                    .hasLineCount(1);
            assertThat(Files.readAllBytes(ticket)).isEqualTo(precious);
        }
        assertThat(run("--replace").code()).isZero();
        assertThat(Files.readAllBytes(ticket)).isEqualTo(first);
    }

    @Test
    void aNetworkNearChanceIsRefusedUnlessTheCheckIsLeftOut() throws Exception {
        CommandLineRun run = run("--data", "digits");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains("no better than chance on data set digits", "--no-check")
                .hasLineCount(1);
        assertThat(home.resolve("ticket.safetensors")).doesNotExist();
        assertThat(run("--data", "digits", "--no-check").code()).isZero();
    }

    /** A classifier by the nearest class mean, for pixels that are normalised with mean 0.1307 and deviation 0.3081. */
    private void normalisedModel() throws Exception {
        Split train = DataSets.load("digits", Optional.empty(), DataProgress.NONE)
                .train()
                .part("train", 0, 5000);
        float[] weights = new float[10 * 784];
        int[] count = new int[10];
        for (int image = 0; image < train.size(); image++) {
            count[train.labels()[image]]++;
            for (int i = 0; i < 784; i++) {
                weights[train.labels()[image] * 784 + i] += (train.images()[image * 784 + i] & 0xff) / 255f;
            }
        }
        float[] biases = new float[10];
        for (int i = 0; i < weights.length; i++) {
            float mean = weights[i] / count[i / 784];
            biases[i / 784] += 0.1307f * mean - mean * mean / 2;
            weights[i] = 0.3081f * mean;
        }
        Map<String, SafeTensors.Tensor> tensors = new LinkedHashMap<>();
        tensors.put("fc.weight", new SafeTensors.Tensor.Floats(List.of(10, 784), weights));
        tensors.put("fc.bias", new SafeTensors.Tensor.Floats(List.of(10), biases));
        Files.write(home.resolve("model.safetensors"), SafeTensors.encode(tensors, Map.of()));
    }

    @Test
    void aHalfWrongReadingOfPixelsIsImportedWithAWarningThatNamesTheBetterOne() throws Exception {
        normalisedModel();
        String[] plain = {
            "import",
            home.resolve("model.safetensors").toString(),
            "--data",
            "digits",
            "--out",
            home.resolve("ticket.safetensors").toString()
        };
        CommandLineRun half = CommandLineRun.of(plain);
        assertThat(half.code()).as(half.err()).isZero();
        assertThat(half.err())
                .as(half.out())
                .containsPattern(
                        "Warning: on the first 1000 test images --mean 0\\.13\\d\\d --std 0\\.30\\d\\d gives [78]\\d\\.\\d %,"
                                + " these settings \\d\\d\\.\\d %; import");
        List<String> right = new ArrayList<>(List.of(plain));
        right.addAll(List.of("--mean", "0.1307", "--std", "0.3081"));
        assertThat(CommandLineRun.of(right.toArray(String[]::new)).err()).doesNotContain("Warning");
        List<String> wrong = new ArrayList<>(List.of(plain));
        wrong.addAll(List.of("--mean", "0.05", "--std", "1"));
        CommandLineRun given = CommandLineRun.of(wrong.toArray(String[]::new));
        assertThat(given.code()).as(given.err()).isZero();
        assertThat(given.err()).as(given.out()).contains("Warning: on the first 1000 test images --mean 0.13");
    }

    @Test
    void wrongOptionsAreNamed() throws Exception {
        assertThat(run("--input", "28x28").err()).contains("--input is 28x28, expected channels x rows x columns");
        assertThat(run("--mean", "0.1").err()).contains("1 means and 0 deviations");
        assertThat(run("--input-range", "0").err()).contains("--input-range has 1 numbers");
        assertThat(run("--channels", "rbg").err()).contains("--channels is rbg");
        assertThat(run("--mean", "a", "--std", "1").err()).contains("--mean has a");
        assertThat(run("--input", "1x20x20").err()).contains("reads 784, expected 1 x 20 x 20");
    }
}
