package org.espalier.lab.exchange;

import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.espalier.lab.exchange.numpy.NpzFile;
import org.espalier.lab.exchange.onnx.OnnxExport;
import org.espalier.lab.file.SafeTensors;
import org.espalier.lab.store.CompactFile;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Parameter;

/** Writes networks for other programs. */
public final class NetworkExport {
    /** Formats by the name of {@code --format}. */
    public enum Format {
        /** A graph and its weights. */
        ONNX,
        /** Weights under PyTorch's names. */
        SAFETENSORS,
        /** Weights as NumPy arrays. */
        NPZ,
        /** Surviving weights only, {@link CompactFile}. */
        COMPACT;

        /** Usual end of a file's name, with its dot. */
        public String extension() {
            return switch (this) {
                case ONNX -> ".onnx";
                case SAFETENSORS -> ".safetensors";
                case NPZ -> ".npz";
                case COMPACT -> ".espalier";
            };
        }
    }

    private NetworkExport() {}

    /**
     * A file's bytes.
     *
     * @param sparse whether ONNX has weights as sparse initializers; other formats ignore it
     * @param about strings about the network; {@code npz} has no place for them
     */
    public static byte[] encode(StoredNetwork network, Format format, boolean sparse, Map<String, String> about) {
        return switch (format) {
            case ONNX -> OnnxExport.encode(network.weights(), network.mask(), sparse, about);
            case COMPACT -> CompactFile.encode(network.weights(), network.mask(), about);
            case SAFETENSORS -> safeTensors(network, about);
            case NPZ -> npz(network);
        };
    }

    private static byte[] safeTensors(StoredNetwork network, Map<String, String> about) {
        Map<String, SafeTensors.Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : network.weights().graph().parameters()) {
            tensors.put(
                    parameter.name(),
                    new SafeTensors.Tensor.Floats(
                            parameter.shape().sizes(), network.weights().values(parameter.name())));
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt"); // what PyTorch's own loader asks for
        metadata.putAll(about);
        return SafeTensors.encode(tensors, metadata);
    }

    private static byte[] npz(StoredNetwork network) {
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        for (Parameter parameter : network.weights().graph().parameters()) {
            arrays.put(
                    parameter.name(),
                    NpyArray.of(parameter.shape().sizes(), network.weights().values(parameter.name())));
        }
        return NpzFile.encode(arrays);
    }
}
