package org.espalier.lab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.espalier.UserException;
import org.espalier.lab.file.SafeTensors;
import org.espalier.lab.file.SafeTensors.Tensor;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkFileTest {
    @TempDir
    private Path home;

    private Path file;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    @BeforeEach
    void aNetworkOfThreeInputsTwoHiddenAndTwoClasses() {
        file = home.resolve("net.safetensors");
        tensors.put("layers.0.weight", new Tensor.Floats(List.of(2, 3), new float[] {1, 0, 2, 3, 4, 0}));
        tensors.put("layers.1.weight", new Tensor.Floats(List.of(2, 2), new float[] {5, 6, 7, 8}));
    }

    private NetworkFile read() throws Exception {
        Files.write(file, SafeTensors.encode(tensors, Map.of()));
        return NetworkFile.read(file);
    }

    private void refused(String... parts) {
        assertThatThrownBy(this::read)
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(parts)
                .hasMessageContaining(file.toString());
    }

    @Test
    void withoutMasksZerosCountAsPruned() throws Exception {
        NetworkFile read = read();
        assertThat(read.network()
                        .mask()
                        .architecture()
                        .fullyConnected()
                        .orElseThrow()
                        .widths())
                .containsExactly(3, 2, 2);
        assertThat(read.network().mask().bytes(0)).containsExactly(1, 0, 1, 1, 1, 0);
        assertThat(read.network().weights().matrix(1)).containsExactly(5, 6, 7, 8);
        assertThat(read.network().mask().architecture().bias(0)).isFalse();
        assertThat(read.level()).isEmpty();
    }

    @Test
    void masksAndBiasesAreRead() throws Exception {
        tensors.put("layers.0.mask", new Tensor.Bytes(List.of(2, 3), new byte[] {0, 1, 1, 1, 1, 1}));
        tensors.put("layers.1.mask", new Tensor.Bytes(List.of(2, 2), new byte[] {1, 1, 1, 1}));
        tensors.put("layers.0.bias", new Tensor.Floats(List.of(2), new float[] {9, 10}));
        tensors.put("layers.1.bias", new Tensor.Floats(List.of(2), new float[] {11, 12}));
        NetworkFile read = read();
        assertThat(read.network().weights().matrix(0)).containsExactly(0, 0, 2, 3, 4, 0);
        assertThat(read.network().weights().biases(1)).containsExactly(11, 12);
    }

    @Test
    void aFileWithoutOurDigestIsRead() throws Exception {
        String header = """
                {"__metadata__":{"format":"pt"},"layers.0.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""";
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        var bytes = java.nio.ByteBuffer.allocate(8 + text.length + 8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text).putFloat(1.5f).putFloat(-2);
        Files.write(file, bytes.array());
        assertThat(NetworkFile.read(file).network().weights().matrix(0)).containsExactly(1.5f, -2);
    }

    @Test
    void whatIsNoNetworkIsRefused() throws Exception {
        tensors.put("layers.1.weight", new Tensor.Floats(List.of(2, 5), new float[10]));
        refused("layers.1.weight of 5 inputs, expected the 2 outputs");
        tensors.put("layers.1.weight", new Tensor.Floats(List.of(2, 2), new float[] {1, Float.NaN, 1, 1}));
        refused("weights that are not finite");
        tensors.put("layers.1.weight", new Tensor.Floats(List.of(4), new float[4]));
        refused("shape [4], expected (outputs, inputs)");
        tensors.clear();
        tensors.put("fc.weight", new Tensor.Floats(List.of(1), new float[1]));
        refused("has no tensor layers.0.weight", "found fc.weight");
        assertThatThrownBy(() -> NetworkFile.read(home.resolve("nowhere"))).hasMessageContaining("nowhere is missing");
    }

    @Test
    void everyTensorIsUsedOrRefusedByName() throws Exception {
        tensors.put("layers.3.weight", new Tensor.Floats(List.of(2, 2), new float[4]));
        refused("has tensor layers.3.weight but no tensor layers.2.weight");
        tensors.remove("layers.3.weight");
        tensors.put("layers.2.bias", new Tensor.Floats(List.of(2), new float[2]));
        refused("has tensor layers.2.bias but no tensor layers.2.weight");
        tensors.remove("layers.2.bias");
        tensors.put("bn.weight", new Tensor.Floats(List.of(2), new float[2]));
        refused("has tensor bn.weight, which is no part of a network of linear layers");
        tensors.remove("bn.weight");
        tensors.put("layers.01.bias", new Tensor.Floats(List.of(2), new float[2]));
        refused("has tensor layers.01.bias");
        tensors.remove("layers.01.bias");
        tensors.put("layers.1.mask", new Tensor.Bytes(List.of(2, 2), new byte[] {1, 1, 1, 1}));
        refused("has no tensor layers.0.mask: expected masks for all 2 layers or for none, found 1");
        tensors.remove("layers.1.mask");
        tensors.put("layers.0.bias", new Tensor.Floats(List.of(3), new float[3]));
        refused("has tensor layers.0.bias of type F32 and shape [3], expected F32 and [2]");
        tensors.put("layers.0.bias", new Tensor.Bytes(List.of(2), new byte[2]));
        refused("has tensor layers.0.bias of type U8 and shape [2], expected F32 and [2]");
    }

    @Test
    void biasesOfALaterLayerAloneAreRead() throws Exception {
        tensors.put("layers.1.bias", new Tensor.Floats(List.of(2), new float[] {11, 12}));
        NetworkFile read = read();
        assertThat(read.network().mask().architecture().bias(0)).isTrue();
        assertThat(read.network().weights().biases(0)).containsExactly(0, 0);
        assertThat(read.network().weights().biases(1)).containsExactly(11, 12);
    }

    @Test
    void aTypeThatIsNotReadIsNoDamage() throws Exception {
        String header = "{\"layers.0.weight\":{\"dtype\":\"F16\",\"shape\":[2,1],\"data_offsets\":[0,4]}}";
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        var bytes = java.nio.ByteBuffer.allocate(8 + text.length + 4).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text);
        Files.write(file, bytes.array());
        assertThatThrownBy(() -> NetworkFile.read(file))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("has tensor layers.0.weight of type F16, expected F32 or U8")
                .hasMessageNotContaining("damaged");
    }

    @Test
    void aChangedByteIsNoticed() throws Exception {
        byte[] bytes = SafeTensors.encode(tensors, Map.of());
        bytes[bytes.length - 2] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> NetworkFile.read(file)).hasMessageContaining("is damaged: expected SHA-256");
    }

    @Property(tries = 30)
    void aWrittenNetworkIsReadBackBitForBit(@ForAll long seed, @ForAll boolean biases) throws Exception {
        Architecture architecture = new Architecture(List.of(5, 4, 3), biases);
        Stream stream = Stream.root(seed);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(architecture, stream);
        BitSet[] kept = {new BitSet(), new BitSet()};
        for (int layer = 0; layer < 2; layer++) {
            Arrays.fill(weights.biases(layer), stream.uniform(layer));
            for (int i = 0; i < architecture.weights(layer); i++) {
                kept[layer].set(i, stream.child("mask").child(layer).uniform(i) < 0.5);
            }
        }
        weights.matrix(0)[0] = 0; // a weight of zero that survives stays one
        kept[0].set(0);
        Mask mask = Mask.of(architecture, kept);
        Path place = Files.createTempDirectory("network");
        Path written = place.resolve("mine.safetensors");
        NetworkFile.write(written, weights, mask);
        NetworkFile read = NetworkFile.read(written);
        Weights expected = weights.copy();
        expected.apply(mask);
        assertThat(read)
                .isEqualTo(new NetworkFile(new StoredNetwork(expected, mask), Optional.empty(), Optional.empty()));
        try (var files = Files.list(place)) {
            assertThat(files).containsExactly(written);
        }
        Files.delete(written);
        Files.delete(place);
    }

    @Test
    void aNetworkThatReadWouldRefuseIsNotWritten() {
        Weights weights = new Weights(new Architecture(List.of(2, 2), false));
        weights.matrix(0)[3] = Float.NaN;
        Mask dense = Mask.dense(weights.architecture());
        assertThatThrownBy(() -> NetworkFile.write(file, weights, dense))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is not written: the network has weights that are not finite");
        assertThatThrownBy(() -> NetworkFile.write(file, weights, Mask.dense(new Architecture(List.of(3, 2), false))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(file).doesNotExist();
        weights.matrix(0)[3] = 1;
        assertThatThrownBy(() -> NetworkFile.write(home.resolve("none/net.safetensors"), weights, dense))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("cannot be written: no such file or directory");
    }
}
