package org.espalier.campaigns.fuzz;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.lab.exchange.onnx.OnnxExport;
import org.espalier.lab.exchange.onnx.OnnxFile;
import org.espalier.lab.exchange.onnx.OnnxImport;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Parameter;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/** ONNX models. Every parameter of a network that is taken has as many values as its shape says. */
final class OnnxReader implements FuzzTarget.Reader {
    private final MemoryFile file = new MemoryFile();

    @Override
    public void read(byte[] input) throws Exception {
        Path path = file.of(input);
        OnnxImport.Read read = OnnxImport.read(OnnxFile.read(input, path), Optional.empty(), "input");
        for (Parameter parameter : read.graph().parameters()) {
            float[] values = read.parameters().get(parameter.name());
            if (values == null || values.length != parameter.size()) {
                throw new AssertionError(parameter.name() + " has another number of values than its shape");
            }
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                seed(new Architecture(List.of(3, 2, 2), true), false),
                seed(new Architecture(List.of(4, 3), false), true),
                seed(new Architecture(NamedNetworks.graph("resnet8", Shape.of(1, 4, 4), 2)), true));
    }

    private static byte[] seed(Architecture architecture, boolean sparse) {
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(architecture, Stream.root(1));
        return OnnxExport.encode(weights, Mask.dense(architecture), sparse, Map.of("a", "b"));
    }
}
