package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.memory.MemoryLimit;
import org.espalier.cli.memory.MemoryNeed;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.plan.StartNetwork;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworksCommandTest {
    @TempDir
    Path directory;

    @Test
    void listsEveryNetworkWithItsSizeForTheData() {
        CommandLineRun run = CommandLineRun.of("networks");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("images of 1 x 28 x 28", "10 classes, data set digits", "weights", "multiply-adds")
                .containsPattern("cnn-small +\\| +166,248 +609,384 ")
                .contains(NamedNetworks.all().values());
        assertThat(run.out()).contains(NamedNetworks.all().keySet());
    }

    @Test
    void showPrintsAListOfLayersThatIsTheNetwork() {
        CommandLineRun run = CommandLineRun.of("networks", "show", "resnet8");
        assertThat(run.code()).isZero();
        Experiment.Network read = ExperimentFile.parse(run.out(), "out").network();
        assertThat(ExperimentTranslator.architecture(read, Shape.of(1, 28, 28), 10)
                        .graph())
                .isEqualTo(NamedNetworks.graph("resnet8", Shape.of(1, 28, 28), 10));
    }

    @Test
    void anUnknownNetworkIsAnsweredWithTheNearest() {
        CommandLineRun run = CommandLineRun.of("networks", "show", "resnet9");
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("there is no network 'resnet9'; did you mean 'resnet8'?");
    }

    @Test
    void aNetworkThatDoesNotFitTheDataIsNamedWithItsFile() throws Exception {
        Path file = Files.writeString(
                directory.resolve("mine.yaml"),
                "extends: quick-mlp\nnetwork: {layers: [max-pool: 20, max-pool: 2, flatten, linear]}\n");
        CommandLineRun run = CommandLineRun.of(
                "run", file.toString(), "--out", directory.resolve("out").toString());
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err())
                .endsWith(
                        "espalier: " + file + ": network.layers does not fit data set digits: layer pool2 has a window"
                                + " of 2, pool1 gives 1 x 1 x 1\n");
    }

    @Test
    void aNetworkTooLargeForTheMemoryIsRefusedWithItsLargestLayer() {
        Split split = new Split("train", new ImageShape(32, 32, 3), new byte[3072 * 5], new int[5]);
        DataSet set = new DataSet("digits", 32, 32, 10, split, split, Map.of());
        Experiment experiment = ExperimentFile.read("quick-mlp", List.of("network=resnet18"));
        MemoryNeed need = MemoryNeed.of(experiment, Map.of("digits", set), Optional.empty());
        MemoryLimit much = new MemoryLimit(need.bytes(1), need.maps());
        need.check(experiment, Map.of("digits", set), Optional.empty(), much);
        MemoryLimit usual = new MemoryLimit(need.bytes(1), 640L << 20);
        assertThatThrownBy(() -> need.check(experiment, Map.of("digits", set), Optional.empty(), usual))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(
                        "network.kind is too large for the memory: a level on data set digits needs about ")
                .hasMessageContaining(
                        "64 MiB of them for layer conv1 of 64 x 32 x 32 values, and 640 MiB may be used; give it more");
        MemoryLimit small = new MemoryLimit(640L << 20, need.maps());
        assertThatThrownBy(() -> need.check(experiment, Map.of("digits", set), Optional.empty(), small))
                .hasMessageContaining(" of heap, ")
                .hasMessageContaining(" of them for its weights, and 640 MiB may be used; give it more");
        // A network that a search starts from counts as what it is, whatever kind the experiment names.
        Experiment from = ExperimentFile.read("quick-mlp", List.of("network.from=big.safetensors"));
        Architecture big = ExperimentTranslator.architecture(experiment, set, Optional.empty());
        Optional<StartNetwork> start = Optional.of(
                new StartNetwork("big.safetensors", "0", new StoredNetwork(new Weights(big), Mask.dense(big))));
        MemoryNeed needed = MemoryNeed.of(from, Map.of("digits", set), start);
        assertThat(needed.job()).isEqualTo(need.job());
        assertThatThrownBy(() -> needed.check(from, Map.of("digits", set), start, usual))
                .hasMessageStartingWith("network.from ")
                .hasMessageContaining("big.safetensors is too large for the memory: a level on data set");
        Experiment few = ExperimentFile.read("quick-mlp", List.of("network=cnn-small"));
        assertThat(MemoryNeed.of(few, Map.of("digits", set), Optional.empty()).job())
                .isBetween(20L << 20, 64L << 20);
    }
}
