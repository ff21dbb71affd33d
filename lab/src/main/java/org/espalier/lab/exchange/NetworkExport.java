package org.espalier.lab.exchange;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.espalier.lab.exchange.numpy.NpzFile;
import org.espalier.lab.exchange.onnx.OnnxExport;
import org.espalier.lab.file.SafeTensors;
import org.espalier.lab.store.CompactFile;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Parameter;

/** Writes networks for other programs. */
public final class NetworkExport {
    /** Endings of names that say what is in a file. */
    private static final Map<String, String> ENDINGS = endings();

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

    /** Name in a file's metadata of the SHA-256 of the ticket that it was made of. */
    static final String TICKET_DIGEST = "espalier.ticket-sha256";

    private NetworkExport() {}

    /**
     * Whether a file is one that {@link #encode} wrote with a card's metadata. An {@code npz} file has no place for them and is
     * never recognised.
     *
     * @param content the whole file
     */
    public static boolean isOurs(byte[] content) {
        byte[] wanted = TICKET_DIGEST.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i + wanted.length <= content.length; i++) {
            if (content[i] == wanted[0] && Arrays.equals(content, i, i + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The format that a file's name ends in, in words; empty where the ending says nothing, or is the format's own.
     *
     * @param name of the file
     * @param format that is to be written
     */
    public static Optional<String> otherEnding(String name, Format format) {
        String lower = name.toLowerCase(Locale.ROOT);
        return ENDINGS.entrySet().stream()
                .filter(each -> lower.endsWith(each.getKey()) && !each.getKey().equals(format.extension()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static Map<String, String> endings() {
        Map<String, String> endings = new LinkedHashMap<>();
        for (String ending : List.of(".pth", ".pt", ".ckpt")) {
            endings.put(ending, "PyTorch");
        }
        endings.put(".onnx", "onnx");
        endings.put(".safetensors", "safetensors");
        endings.put(".npz", "npz");
        endings.put(".espalier", "compact");
        endings.put(".npy", "NumPy arrays");
        endings.put(".md", "the model card");
        return endings;
    }

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
