package org.espalier.lab.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.espalier.UserException;
import org.espalier.lab.exchange.onnx.OnnxExport;
import org.espalier.lab.exchange.torch.TorchBytes;
import org.espalier.lab.file.SafeTensors;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkImportTest {
    private static final Shape IMAGE = Shape.of(1, 12, 12);

    @TempDir
    private Path home;

    private final Architecture small = new Architecture(NamedNetworks.graph("cnn-small", IMAGE, 3));
    private final Map<String, TorchBytes.Tensor> tensors = new LinkedHashMap<>();

    private Path file(byte[] content) throws IOException {
        return Files.write(home.resolve("net.bin"), content);
    }

    private static ImportSettings settings(Optional<String> network, Optional<Shape> image, boolean unused) {
        return new ImportSettings(network, image, Optional.empty(), List.of(), List.of(), 0, 1, false, unused);
    }

    private static ImportSettings small(boolean unused) {
        return settings(Optional.of("cnn-small"), Optional.of(IMAGE), unused);
    }

    /** Tensors of cnn-small under the names of an nn.Sequential. */
    private void sequential(String prefix) {
        Random random = new Random(1);
        Map<String, String> names = Map.of("conv1", "0", "conv2", "2", "fc1", "5", "fc2", "7");
        for (Parameter parameter : small.graph().parameters()) {
            float[] values = new float[parameter.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = i % 5 == 0 ? 0 : random.nextFloat() - 0.5f;
            }
            String name = prefix
                    + names.get(parameter.node())
                    + parameter.name().substring(parameter.node().length());
            tensors.put(name, new TorchBytes.Tensor(parameter.shape().sizes(), values));
        }
    }

    private void refused(ImportSettings settings, String... parts) throws IOException {
        Path file = file(TorchBytes.zip(tensors));
        assertThatThrownBy(() -> NetworkImport.read(file, settings))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }

    @Test
    void allFormsOfAStateDictionaryGiveTheSameNetwork() throws IOException {
        sequential("module.");
        Map<String, SafeTensors.Tensor> safe = new LinkedHashMap<>();
        tensors.forEach(
                (name, tensor) -> safe.put(name, new SafeTensors.Tensor.Floats(tensor.shape(), tensor.values())));
        for (byte[] content :
                List.of(TorchBytes.zip(tensors), TorchBytes.legacy(tensors), SafeTensors.encode(safe, Map.of()))) {
            ForeignNetwork read = NetworkImport.read(file(content), small(false));
            assertThat(read.weights().graph()).isEqualTo(small.graph());
            assertThat(read.weights().values("conv2.weight"))
                    .isEqualTo(tensors.get("module.2.weight").values());
            assertThat(read.weights().values("fc2.bias"))
                    .isEqualTo(tensors.get("module.7.bias").values());
            assertThat(read.notes())
                    .anyMatch(note -> note.contains("conv1 from 0, conv2 from 2, fc1 from 5, fc2 from 7"));
            StoredNetwork stored = read.stored("net.bin");
            assertThat(stored.mask().keeps(0, 0)).isFalse();
            assertThat(stored.mask().keeps(0, 1)).isTrue();
        }
    }

    @Test
    void whatDoesNotFitIsNamed() throws IOException {
        sequential("");
        refused(settings(Optional.empty(), Optional.of(IMAGE), false), "convolutions", "--network", "cnn-small");
        refused(settings(Optional.of("cnn-small"), Optional.empty(), false), "--input");
        refused(settings(Optional.of("cnn-smal"), Optional.of(IMAGE), false), "did you mean cnn-small?");
        refused(settings(Optional.of("cnn-small"), Optional.of(Shape.of(1, 16, 16)), false), "fc1", "shape [100, 512]");
        tensors.put("9.weight", new TorchBytes.Tensor(List.of(2, 2), new float[4]));
        tensors.put("9.bias", new TorchBytes.Tensor(List.of(2), new float[2]));
        refused(
                new ImportSettings(
                        Optional.of("cnn-small"),
                        Optional.of(IMAGE),
                        Optional.of(3),
                        List.of(),
                        List.of(),
                        0,
                        1,
                        false,
                        false),
                "does not use: 9.weight of shape [2, 2]",
                "--allow-unused");
        ForeignNetwork read = NetworkImport.read(
                file(TorchBytes.zip(tensors)),
                new ImportSettings(
                        Optional.of("cnn-small"),
                        Optional.of(IMAGE),
                        Optional.of(3),
                        List.of(),
                        List.of(),
                        0,
                        1,
                        false,
                        true));
        assertThat(read.notes()).anyMatch(note -> note.contains("left out: 9.weight"));
    }

    @Test
    void linearLayersAloneAreANetworkAndPruningMasksAreApplied() throws IOException {
        tensors.put("a.weight_orig", new TorchBytes.Tensor(List.of(3, 2), new float[] {1, 2, 3, 4, 5, 6}));
        tensors.put("a.weight_mask", new TorchBytes.Tensor(List.of(3, 2), new float[] {1, 0, 1, 1, 0, 1}));
        tensors.put("b.weight", new TorchBytes.Tensor(List.of(2, 3), new float[] {1, 2, 3, 4, 5, 6}));
        tensors.put("b.bias", new TorchBytes.Tensor(List.of(2), new float[] {7, 8}));
        ForeignNetwork read = NetworkImport.read(file(TorchBytes.zip(tensors)), ImportSettings.PLAIN);
        assertThat(read.weights().architecture()).isEqualTo(new Architecture(List.of(2, 3, 2), true));
        assertThat(read.weights().matrix(0)).containsExactly(1, 0, 3, 4, 0, 6);
        assertThat(read.weights().biases(0)).containsExactly(0, 0, 0);
        assertThat(read.weights().biases(1)).containsExactly(7, 8);
        assertThat(read.stored("net.bin").mask().count(0)).isEqualTo(4);
    }

    @Test
    void aNumberOfClassesThatIsNotTheNetworksIsRefused() throws IOException {
        Path onnx = file(OnnxExport.encode(new Weights(small), Mask.dense(small), false, Map.of()));
        assertThatThrownBy(() -> NetworkImport.read(onnx, classes(4)))
                .isInstanceOf(UserException.class)
                .hasMessage(onnx + " has 3 outputs, expected the 4 of --classes");
        assertThat(NetworkImport.read(onnx, classes(3)).weights().architecture().classes())
                .isEqualTo(3);
        tensors.put("a.weight", new TorchBytes.Tensor(List.of(3, 2), new float[] {1, 2, 3, 4, 5, 6}));
        Path torch = file(TorchBytes.zip(tensors));
        assertThatThrownBy(() -> NetworkImport.read(torch, classes(2)))
                .hasMessageContaining("has 3 outputs, expected the 2 of --classes");
    }

    private static ImportSettings classes(int classes) {
        return new ImportSettings(
                Optional.empty(), Optional.empty(), Optional.of(classes), List.of(), List.of(), 0, 1, false, false);
    }

    @Test
    void pixelsAreTakenFromTheNetworksRangeOrderAndNormalisation() throws IOException {
        Shape image = Shape.of(3, 8, 8);
        Architecture colour = new Architecture(NamedNetworks.graph("cnn-small", image, 2));
        Weights weights = new Weights(colour);
        float[] kernel = weights.values("conv1.weight");
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = i;
        }
        Path onnx = file(OnnxExport.encode(weights, Mask.dense(colour), false, Map.of()));
        ForeignNetwork read = NetworkImport.read(
                onnx,
                new ImportSettings(
                        Optional.empty(),
                        Optional.of(image),
                        Optional.empty(),
                        List.of(100.0, 110.0, 120.0),
                        List.of(50.0, 51.0, 102.0),
                        0,
                        255,
                        true,
                        false));
        assertThat(read.weights().graph().nodes().getFirst().operation())
                .isEqualTo(new Operation.Normalise(
                        List.of((float) (100 / 255.0), (float) (110 / 255.0), (float) (120 / 255.0)),
                        List.of((float) (50 / 255.0), 0.2f, 0.4f)));
        // Kernel 4 x 4, output 0: channel 2 comes first.
        assertThat(read.weights().values("conv1.weight")).startsWith(32, 33).contains(0);
        assertThat(read.weights().values("conv1.weight")[32]).isZero();
    }

    @Test
    void oneMeanOrDeviationStandsForAllChannels() {
        ImportSettings settings = new ImportSettings(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(0.5, 0.4, 0.3),
                List.of(0.25),
                0,
                1,
                false,
                false);
        assertThat(settings.deviations()).containsExactly(0.25, 0.25, 0.25);
        assertThatThrownBy(() -> new ImportSettings(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(0.5, 0.4, 0.3),
                        List.of(0.25, 0.25),
                        0,
                        1,
                        false,
                        false))
                .hasMessage("there are 3 means and 2 deviations, expected as many");
    }

    @Test
    void tensorsOfAnUnknownStructureAreNamed() throws IOException {
        tensors.put("a.weight", new TorchBytes.Tensor(List.of(1, 1, 2, 1), new float[] {1, 2}));
        tensors.put("b.weight", new TorchBytes.Tensor(List.of(2, 3), new float[] {1, 2, 3, 4, 5, 6}));
        assertThatThrownBy(() -> NetworkImport.read(file(TorchBytes.zip(tensors)), ImportSettings.PLAIN))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("which has convolutions: expected --network with")
                .hasMessageEndingWith("; its tensors are a.weight of shape [1, 1, 2, 1], b.weight of shape [2, 3]");
    }

    @Test
    void filesOfOtherKindsAndNumbersThatAreNoneAreRefused() throws IOException {
        Path text = file("hello, this is no network".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThatThrownBy(() -> NetworkImport.read(text, ImportSettings.PLAIN))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("of no format");
        tensors.put("a.weight", new TorchBytes.Tensor(List.of(2, 2), new float[] {1, Float.NaN, 3, 4}));
        ForeignNetwork read = NetworkImport.read(file(TorchBytes.zip(tensors)), ImportSettings.PLAIN);
        assertThatThrownBy(() -> read.stored("net.bin")).hasMessage("net.bin has weights that are not finite numbers");
        assertThatThrownBy(() -> NetworkImport.read(home.resolve("none.pth"), ImportSettings.PLAIN))
                .hasMessageContaining("is missing");
    }
}
