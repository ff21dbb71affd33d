package org.espalier.lab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.lab.file.Json;
import org.espalier.lab.file.SafeTensors;
import org.espalier.network.Architecture;
import org.espalier.network.GraphBuilder;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.TrainingState;
import org.espalier.train.mask.MaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a network with a convolution and batch norm. */
class GraphFilesTest {
    private static final Architecture NETWORK = new Architecture(new GraphBuilder(Shape.of(1, 5, 5))
            .conv("conv1", 2, 4, 1, 1, false)
            .norm("norm1")
            .relu("relu1")
            .linear("fc1", 3)
            .build());

    @TempDir
    Path directory;

    private static Weights weights(long seed) {
        Weights weights = InitialWeights.KAIMING_NORMAL.draw(NETWORK, Stream.root(seed));
        weights.values("norm1.running_mean")[1] = 0.25f;
        weights.values("norm1.running_var")[0] = 3f;
        return weights;
    }

    private static Mask mask() {
        byte[][] kept = new byte[2][];
        for (int layer = 0; layer < 2; layer++) {
            kept[layer] = new byte[NETWORK.weights(layer)];
            for (int i = 0; i < kept[layer].length; i += 3) {
                kept[layer][i] = 1;
            }
        }
        return Mask.of(NETWORK, kept);
    }

    @Test
    void tensorsHaveTheNamesAndShapesOfTheGraphsParameters() {
        SafeTensors file = SafeTensors.decode(Networks.encode(weights(1), mask(), "key", 7), "file");
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        file.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        assertThat(shapes)
                .containsOnly(
                        Map.entry("conv1.weight", List.of(2, 1, 4, 4)),
                        Map.entry("norm1.weight", List.of(2)),
                        Map.entry("norm1.bias", List.of(2)),
                        Map.entry("norm1.running_mean", List.of(2)),
                        Map.entry("norm1.running_var", List.of(2)),
                        Map.entry("fc1.weight", List.of(3, 32)),
                        Map.entry("fc1.bias", List.of(3)),
                        Map.entry("conv1.mask", List.of(2, 1, 4, 4)),
                        Map.entry("fc1.mask", List.of(3, 32)));
    }

    @Test
    void aFileAloneIsReadBackWithItsNetworkAndRunningStatistics() {
        Path file = directory.resolve("network.safetensors");
        Weights weights = weights(1);
        NetworkFile.write(file, weights, mask());
        StoredNetwork read = NetworkFile.read(file).network();
        weights.apply(mask());
        assertThat(read.weights()).isEqualTo(weights);
        assertThat(read.mask()).isEqualTo(mask());
        assertThat(read.weights().values("norm1.running_var")).containsExactly(3, 1);
    }

    @Test
    void aCheckpointHasMomentsOfWhatTheOptimizerUpdates() throws Exception {
        Weights first = new Weights(NETWORK);
        Weights second = new Weights(NETWORK);
        Arrays.fill(first.values("conv1.weight"), 0.5f);
        Arrays.fill(second.values("norm1.bias"), 0.25f);
        Path file = directory.resolve("checkpoint.safetensors");
        Files.write(
                file,
                Networks.encode(new TrainingState(9, weights(2), first, second), mask(), MaskState.NONE, "key", 11));
        assertThat(SafeTensors.read(file).tensors())
                .containsKeys("norm1.weight.moment0", "conv1.weight.moment1")
                .doesNotContainKeys("norm1.running_mean.moment0", "norm1.running_var.moment1");
        Checkpoint read = Networks.readCheckpoint(file, NETWORK, "key");
        assertThat(read.state().weights()).isEqualTo(weights(2));
        assertThat(read.state().firstMoment()).isEqualTo(first);
        assertThat(read.state().secondMoment()).isEqualTo(second);
    }

    @Test
    void aCheckpointHasWhatAnObjectiveCarriesAndNothingElseWhereItCarriesNothing() throws Exception {
        Weights zero = new Weights(NETWORK);
        Path file = directory.resolve("checkpoint.safetensors");
        TrainingState state =
                new TrainingState(9, weights(2), zero, zero, Map.of("perturbation", new float[] {0.5f, -0.25f}));
        Files.write(file, Networks.encode(state, mask(), MaskState.NONE, "key", 11));
        assertThat(SafeTensors.read(file).tensors()).containsKey("objective.perturbation");
        assertThat(Networks.readCheckpoint(file, NETWORK, "key").state().objective())
                .containsOnlyKeys("perturbation")
                .extractingByKey("perturbation")
                .isEqualTo(new float[] {0.5f, -0.25f});
        Files.write(
                file, Networks.encode(new TrainingState(9, weights(2), zero, zero), mask(), MaskState.NONE, "key", 11));
        assertThat(SafeTensors.read(file).tensors().keySet()).noneMatch(name -> name.startsWith("objective."));
        assertThat(Networks.readCheckpoint(file, NETWORK, "key").state().objective())
                .isEmpty();
    }

    private void refused(Map<String, SafeTensors.Tensor> tensors, String network, String message) throws Exception {
        Path file = directory.resolve("other.safetensors");
        Files.write(file, SafeTensors.encode(tensors, Map.of("format", "espalier-1", "network", network)));
        assertThatThrownBy(() -> NetworkFile.read(file))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }

    @Test
    void tensorsThatAreMissingOrTooManyAreNamed() throws Exception {
        String network = Json.write(NetworkDescription.write(NETWORK));
        Map<String, SafeTensors.Tensor> whole =
                new LinkedHashMap<>(SafeTensors.decode(Networks.encode(weights(1), mask(), "key", 7), "file")
                        .tensors());
        Map<String, SafeTensors.Tensor> tensors = new LinkedHashMap<>(whole);
        tensors.remove("norm1.running_var");
        refused(tensors, network, "has no tensor norm1.running_var, expected F32 of shape [2]");
        tensors = new LinkedHashMap<>(whole);
        tensors.remove("fc1.mask");
        refused(tensors, network, "has no tensor fc1.mask: expected masks for all 2 layers with weights or for none");
        tensors = new LinkedHashMap<>(whole);
        tensors.put("fc2.weight", new SafeTensors.Tensor.Floats(List.of(1), new float[1]));
        refused(tensors, network, "has tensor fc2.weight, which is no part of the network it describes");
        tensors = new LinkedHashMap<>(whole);
        tensors.put("conv1.weight", new SafeTensors.Tensor.Floats(List.of(2, 16), new float[32]));
        refused(
                tensors,
                network,
                "has tensor conv1.weight of type F32 and shape [2, 16], expected F32 and [2, 1, 4, 4]");
        refused(whole, "{\"kind\": \"tree\"}", "network.kind is \"tree\"");
    }
}
