package org.espalier.lab.exchange.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.espalier.lab.exchange.onnx.OnnxBytes.message;
import static org.espalier.lab.exchange.onnx.OnnxBytes.text;
import static org.espalier.lab.exchange.onnx.OnnxBytes.whole;
import static org.espalier.lab.exchange.onnx.OnnxBytes.wholes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.network.Graph;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxImportTest {
    @TempDir
    private Path home;

    private OnnxImport.Read read(OnnxBytes model) {
        return OnnxImport.read(OnnxFile.read(model.bytes(), home.resolve("net.onnx")), Optional.empty(), "net.onnx");
    }

    private void refused(OnnxBytes model, String... parts) {
        assertThatThrownBy(() -> read(model))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(parts)
                .hasMessageContaining("net.onnx")
                .hasMessageNotContaining("\n");
    }

    private static OnnxBytes linear() {
        return new OnnxBytes(0, 2).floats("w", List.of(2L, 2L), 1, 2, 3, 4);
    }

    private static OnnxBytes images(int rows) {
        return new OnnxBytes(1, 1, rows, rows).floats("k", List.of(2L, 1L, 1L, 1L), 5, 6);
    }

    @Test
    void aProductAndASumAreALinearLayerWithBiases() {
        OnnxImport.Read read = read(linear().floats("b", List.of(2L), 7, 8)
                .node("MatMul", "m", List.of("x", "w"))
                .node("Add", "y", List.of("b", "m")));
        assertThat(read.graph().nodes())
                .extracting(Graph.Node::operation)
                .containsExactly(new Operation.Linear(2, 2, true));
        String node = read.graph().output();
        assertThat(read.parameters().get(node + ".weight")).containsExactly(1, 3, 2, 4); // (outputs, inputs)
        assertThat(read.parameters().get(node + ".bias")).containsExactly(7, 8);
    }

    @Test
    void aSumIsABiasOnlyWhereNothingElseReadsTheProductUnderAnyName() {
        // The product has two readers: the sum, under another name, and the ReLU.
        refused(
                linear().floats("b", List.of(2L), 7, 8)
                        .node("MatMul", "m", List.of("x", "w"))
                        .node("Identity", "same", List.of("m"))
                        .node("Add", "shifted", List.of("same", "b"))
                        .node("Relu", "r", List.of("m"))
                        .node("Add", "y", List.of("shifted", "r")),
                "Add has a constant of shape [2]");
        // The product is the output as well.
        refused(
                linear().floats("b", List.of(2L), 7, 8)
                        .node("MatMul", "y", List.of("x", "w"))
                        .node("Dropout", "same", List.of("y"))
                        .node("Add", "unread", List.of("same", "b")),
                "Add has a constant of shape [2]");
        // An alias alone is no reader.
        OnnxImport.Read one = read(linear().floats("b", List.of(2L), 7, 8)
                .node("MatMul", "m", List.of("x", "w"))
                .node("Identity", "same", List.of("m"))
                .node("Cast", "again", List.of("same"))
                .node("Add", "y", List.of("again", "b")));
        assertThat(one.graph().nodes())
                .extracting(Graph.Node::operation)
                .containsExactly(new Operation.Linear(2, 2, true));
    }

    @Test
    void gemmScalesAndTransposes() {
        OnnxImport.Read read = read(linear().floats("b", List.of(1L, 2L), 7, 8)
                .node("Gemm", "y", List.of("x", "w", "b"), real("alpha", 2), real("beta", 3)));
        String node = read.graph().output();
        assertThat(read.parameters().get(node + ".weight")).containsExactly(2, 6, 4, 8);
        assertThat(read.parameters().get(node + ".bias")).containsExactly(21, 24);
    }

    private static byte[] real(String name, float value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeFloat(2, value);
        });
    }

    @Test
    void normalisationPaddingAndASoftmaxBecomeSettings() {
        OnnxImport.Read read = read(images(4)
                .floats("mean", List.of(1L, 1L, 1L), 0.5f)
                .floats("std", List.of(), 0.25f)
                .longs("pads", 0, 0, 1, 1, 0, 0, 1, 1)
                .longs("flat", 1, -1)
                .floats("w", List.of(32L, 2L), new float[64])
                .node("Sub", "a", List.of("x", "mean"))
                .node("Div", "b", List.of("a", "std"))
                .node("Identity", "i", List.of("b"))
                .node("Conv", "c", List.of("i", "k"), wholes("kernel_shape", 1, 1))
                .node("Relu", "r", List.of("c"))
                .node("Reshape", "f", List.of("r", "flat"))
                .node("MatMul", "m", List.of("f", "w"))
                .node("Softmax", "y", List.of("m")));
        assertThat(read.graph().nodes())
                .extracting(Graph.Node::operation)
                .containsExactly(
                        new Operation.Normalise(List.of(0.5f), List.of(0.25f)),
                        new Operation.Conv2d(1, 2, 1, 1, 0, false),
                        new Operation.Relu(),
                        new Operation.Flatten(),
                        new Operation.Linear(32, 2, false));
        assertThat(read.notes())
                .anyMatch(note -> note.contains("Softmax"))
                .anyMatch(note -> note.contains("normalises"));
    }

    @Test
    void aFlatInputThatIsReshapedIsAnImageAndOneThatIsNormalisedNeedsAShape() {
        OnnxImport.Read read = read(new OnnxBytes(0, 16)
                .floats("k", List.of(2L, 1L, 4L, 4L), new float[32])
                .longs("image", -1, 1, 4, 4)
                .node("Reshape", "i", List.of("x", "image"))
                .node("Conv", "c", List.of("i", "k"))
                .node("Flatten", "y", List.of("c")));
        assertThat(read.graph().input()).isEqualTo(Shape.of(1, 4, 4));
        OnnxBytes flat = linear().floats("s", List.of(), 255)
                .node("Div", "d", List.of("x", "s"))
                .node("MatMul", "y", List.of("d", "w"));
        refused(flat, "give the shape of its images");
        OnnxImport.Read shaped = OnnxImport.read(
                OnnxFile.read(flat.bytes(), home.resolve("net.onnx")), Optional.of(Shape.of(1, 1, 2)), "net.onnx");
        assertThat(shaped.graph().nodes().getFirst().operation())
                .isEqualTo(new Operation.Normalise(List.of(0f), List.of(255f)));
    }

    @Test
    void sizesThatAGraphComputesAreKnown() {
        OnnxImport.Read read = read(images(2)
                .longs("zero", 0)
                .longs("minus", -1)
                .floats("w", List.of(8L, 3L), new float[24])
                .node("Conv", "c", List.of("x", "k"))
                .node("Shape", "s", List.of("c"))
                .node("Gather", "g", List.of("s", "zero"))
                .node("Unsqueeze", "u", List.of("g", "zero"))
                .node("Concat", "t", List.of("u", "minus"), whole("axis", 0))
                .node("Reshape", "f", List.of("c", "t"))
                .node("MatMul", "y", List.of("f", "w")));
        assertThat(read.graph().shape(read.graph().output())).isEqualTo(Shape.of(3));
    }

    @Test
    void aNormsEpsilonEntersItsVariance() {
        OnnxImport.Read read = read(images(1)
                .floats("g", List.of(2L), 1, 2)
                .floats("b", List.of(2L), 3, 4)
                .floats("mu", List.of(2L), 5, 6)
                .floats("v", List.of(2L), 1, 1)
                .node("Conv", "c", List.of("x", "k"))
                .node("BatchNormalization", "n", List.of("c", "g", "b", "mu", "v"), real("epsilon", 0.25f))
                .node("Flatten", "y", List.of("n")));
        String norm = read.graph().nodes().get(1).name();
        assertThat(read.parameters().get(norm + ".running_var")).containsOnly((float) (1.25 - 1e-5));
    }

    @Test
    void operatorsAndSettingsThatNoLayerComputesAreRefusedByName() {
        refused(linear().node("LeakyRelu", "y", List.of("x")), "operator LeakyRelu", "expected Conv");
        refused(linear().node("Loop", "y", List.of("x")), "operator Loop");
        refused(images(4).node("Conv", "y", List.of("x", "k"), whole("group", 2)), "group 2");
        refused(images(4).node("Conv", "y", List.of("x", "k"), wholes("dilations", 2, 2)), "dilations [2, 2]");
        refused(images(4).node("Conv", "y", List.of("x", "k"), wholes("strides", 1, 2)), "strides [1, 2]");
        refused(images(4).node("Conv", "y", List.of("x", "k"), wholes("pads", 1, 0, 0, 1)), "pads [1, 0, 0, 1]");
        refused(images(4).node("Conv", "y", List.of("x", "k"), wholes("pads", -1, -1, -1, -1)), "padding");
        refused(
                images(5)
                        .floats("q", List.of(1L, 1L, 2L, 2L), 1, 1, 1, 1)
                        .node("Conv", "y", List.of("x", "q"), text("auto_pad", "SAME_UPPER")),
                "auto_pad SAME_UPPER");
        refused(linear().node("Mul", "y", List.of("x", "x")), "expected Add");
        refused(images(4).floats("m", List.of(), -1).node("Mul", "y", List.of("x", "m")), "scales by -1");
        refused(linear().node("Softmax", "s", List.of("x")).node("MatMul", "y", List.of("s", "w")), "reads a softmax");
    }

    @Test
    void cyclesAndMissingValuesAreRefused() {
        refused(
                linear().node("Relu", "a", List.of("b"))
                        .node("Relu", "b", List.of("a"))
                        .output("b"),
                "reads value \"b\" before it is computed",
                "cycles");
        refused(linear().node("MatMul", "y", List.of("x", "none")), "reads value \"none\"");
        refused(linear().node("MatMul", "m", List.of("x", "w")), "output y");
        refused(linear().node("MatMul", "y", List.of("x", "w")).node("Relu", "y", List.of("y")), "there already");
        refused(linear().node("Identity", "y", List.of("x")), "no node computes");
    }

    /** Found by hostile input: an empty name stands for an input that is left out. */
    @Test
    void aTensorWithoutANameIsNoInput() {
        refused(linear().floats("", List.of(3, 4), new float[12]).node("Gemm", "y", List.of("x")), "has no input 1");
    }

    @Test
    void dimensionsThatLieAreRefused() {
        refused(
                new OnnxBytes(0, 2).floats("w", List.of(-2L, 2L), 1).node("MatMul", "y", List.of("x", "w")),
                "tensor w of shape [-2, 2]");
        refused(
                new OnnxBytes(0, 2).floats("w", List.of(1L << 40, 1L << 40), 1).node("MatMul", "y", List.of("x", "w")),
                "tensor w of shape");
        refused(
                new OnnxBytes(0, 2).floats("w", List.of(2L, 1L << 27), 1).node("MatMul", "y", List.of("x", "w")),
                "with 4 bytes, expected");
        refused(
                new OnnxBytes(0, 2).floats("w", List.of(2L, 2L), 1, 2, 3).node("MatMul", "y", List.of("x", "w")),
                "with 12 bytes, expected 16");
        refused(new OnnxBytes(0, -2).node("Relu", "y", List.of("x")), "shape [0, -2]");
        refused(new OnnxBytes(0, 1L << 40).node("Relu", "y", List.of("x")), "expected a length");
        refused(new OnnxBytes(0, 3, 1 << 12, 1 << 13).node("Relu", "y", List.of("x")), "has input x");
        refused(
                linear().longs("l", 1, 1 << 30, 1 << 30, 1 << 30)
                        .node("Reshape", "r", List.of("x", "l"))
                        .node("MatMul", "y", List.of("r", "w")),
                "");
    }

    @Test
    void dataOfTensorsIsReadFromTheModelsFolderOnly() throws Exception {
        Path outside = Files.write(home.getParent().resolve("outside.bin"), new byte[16]);
        Files.write(home.resolve("data.bin"), new byte[20]);
        OnnxBytes beside = external("data.bin", "4", "16");
        assertThat(read(beside).parameters().values())
                .allSatisfy(values -> assertThat(values).hasSize(4));
        for (String path : List.of(
                "../outside.bin", outside.toString(), "/etc/passwd", "", "missing.bin", "a/../../outside.bin")) {
            refused(external(path, "0", "16"), "file \"" + path + "\"", "own folder");
        }
        Files.createSymbolicLink(home.resolve("link.bin"), outside);
        refused(external("link.bin", "0", "16"), "own folder");
        refused(external("data.bin", "8", "16"), "bytes 8 to 24");
        refused(external("data.bin", "-8", "16"), "\"-8\"");
        Files.delete(outside);
    }

    private static OnnxBytes external(String file, String offset, String length) {
        return new OnnxBytes(0, 2)
                .tensor(out -> {
                    out.writeInt64(1, 2);
                    out.writeInt64(1, 2);
                    out.writeInt32(2, 1);
                    out.writeString(8, "w");
                    for (String[] pair : new String[][] {{"location", file}, {"offset", offset}, {"length", length}}) {
                        out.writeByteArray(13, message(one -> {
                            one.writeString(1, pair[0]);
                            one.writeString(2, pair[1]);
                        }));
                    }
                    out.writeInt32(14, 1);
                })
                .node("MatMul", "y", List.of("x", "w"));
    }

    @Test
    void truncatedAndChangedFilesAreRefusedOrRead() {
        byte[] whole = linear().node("MatMul", "y", List.of("x", "w")).bytes();
        // The last four bytes are the operators' version, without which a graph is whole.
        for (int length = 0; length < whole.length - 4; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> OnnxImport.read(
                            OnnxFile.read(part, home.resolve("net.onnx")), Optional.empty(), "net.onnx"))
                    .isInstanceOf(UserException.class);
        }
        for (int at = 0; at < whole.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = whole.clone();
                changed[at] ^= (byte) (1 << bit);
                try {
                    OnnxImport.read(OnnxFile.read(changed, home.resolve("net.onnx")), Optional.empty(), "net.onnx");
                } catch (UserException e) {
                    assertThat(e.getMessage()).contains("net.onnx");
                }
            }
        }
    }
}
