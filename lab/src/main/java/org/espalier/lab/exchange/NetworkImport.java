package org.espalier.lab.exchange;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.lab.exchange.onnx.OnnxFile;
import org.espalier.lab.exchange.onnx.OnnxImport;
import org.espalier.lab.exchange.tensor.ForeignTensor;
import org.espalier.lab.exchange.torch.TorchFile;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.OtherFormat;
import org.espalier.lab.file.SafeTensors;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Shape;
import org.espalier.network.Weights;

/**
 * Reads networks of other programs: ONNX, PyTorch's state dictionaries in both forms of {@code torch.save}, and safetensors with
 * PyTorch's names. The content says which it is, not the name.
 */
public final class NetworkImport {
    /** Largest file that is read: larger ones hold no network that Espalier could train. */
    private static final long MOST_BYTES = 1L << 30;

    private static final int MOST_NAMED = 24;

    private NetworkImport() {}

    /**
     * Reads a network.
     *
     * @param file of any of the formats
     * @param settings what the file does not say
     * @throws UserException if the file is missing, damaged, of no known format, or not a network that Espalier computes; or the
     *     settings do not fit it
     */
    public static ForeignNetwork read(Path file, ImportSettings settings) {
        return read(file, content(file), settings);
    }

    /**
     * Reads a network of bytes that {@link #content} gave, so that a digest of them is one of what was read.
     *
     * @param file where they lie; tensors that an ONNX file has outside of itself are read from its folder
     * @throws UserException as {@link #read(Path, ImportSettings)}
     */
    public static ForeignNetwork read(Path file, byte[] content, ImportSettings settings) {
        String source = file.toString();
        ForeignNetwork read = network(file, content, settings);
        int outputs = read.weights().architecture().classes();
        settings.classes().filter(classes -> classes != outputs).ifPresent(classes -> {
            throw new UserException(source + " has " + outputs + " outputs, expected the " + classes + " of --classes");
        });
        if (settings.reversed()) {
            read = new ForeignNetwork(reversed(read.weights(), source), read.notes());
        }
        if (settings.normalises()) {
            read = normalised(read, settings, source);
        }
        ForeignNetwork usual = read.usual();
        settings.image().ifPresent(image -> check(usual.weights().graph(), image, source));
        return usual;
    }

    /**
     * The bytes of a file.
     *
     * @throws UserException if it is missing, cannot be read, or is larger than any network that is imported
     */
    public static byte[] content(Path file) {
        try {
            if (Files.isRegularFile(file) && Files.size(file) > MOST_BYTES) {
                throw new UserException(
                        file + " has " + Files.size(file) + " bytes, expected a network of at most " + MOST_BYTES);
            }
        } catch (IOException e) {
            throw new UserException(file + " cannot be read: " + e.getMessage(), e);
        }
        return AtomicFiles.read(file);
    }

    private static ForeignNetwork network(Path file, byte[] bytes, ImportSettings settings) {
        String source = file.toString();
        if (OtherFormat.isTorch(bytes)) {
            return tensors(TorchFile.read(bytes, source), settings, source);
        } else if (OtherFormat.isSafeTensors(bytes)) {
            return tensors(floats(SafeTensors.decodeForeign(bytes, source)), settings, source);
        } else if (OtherFormat.isOnnx(bytes, source)) {
            if (settings.network().isPresent()) {
                throw new UserException(source + " says its own structure; --network is for files without one");
            }
            return onnx(OnnxImport.read(OnnxFile.read(bytes, file), settings.image(), source), source);
        }
        throw new UserException(source + " is of no format that Espalier imports: expected ONNX, a file of torch.save,"
                + " or safetensors");
    }

    private static ForeignNetwork onnx(OnnxImport.Read read, String source) {
        Weights weights;
        try {
            weights = new Weights(new Architecture(read.graph()));
        } catch (IllegalArgumentException e) {
            throw new UserException(source + ": " + e.getMessage(), e);
        }
        for (Parameter parameter : read.graph().parameters()) {
            float[] values = read.parameters().get(parameter.name());
            float[] to = weights.values(parameter.name());
            if (values == null || values.length != to.length) {
                throw new UserException(source + " has " + (values == null ? 0 : values.length) + " values of "
                        + parameter.name() + ", expected " + to.length);
            }
            System.arraycopy(values, 0, to, 0, to.length);
        }
        return new ForeignNetwork(weights, read.notes());
    }

    private static Map<String, ForeignTensor> floats(SafeTensors stored) {
        Map<String, ForeignTensor> tensors = new LinkedHashMap<>();
        stored.tensors().forEach((name, tensor) -> {
            switch (tensor) {
                case SafeTensors.Tensor.Floats(List<Integer> shape, float[] values) ->
                    tensors.put(name, ForeignTensor.of(name, shape, values));
                case SafeTensors.Tensor.Bytes(List<Integer> shape, byte[] values) ->
                    tensors.put(name, new ForeignTensor(name, shape, false, () -> {
                        float[] numbers = new float[values.length];
                        for (int i = 0; i < numbers.length; i++) {
                            numbers[i] = values[i] & 0xff;
                        }
                        return numbers;
                    }));
            }
        });
        return tensors;
    }

    private static ForeignNetwork tensors(Map<String, ForeignTensor> tensors, ImportSettings settings, String source) {
        StateDictionary state = new StateDictionary(tensors, source);
        if (settings.network().isEmpty()) {
            return state.fullyConnected().orElseThrow(() -> unstructured(state, settings, source));
        }
        Shape image = settings.image()
                .orElseThrow(
                        () -> new UserException(source + " does not say which images it reads: give their shape with"
                                + " --input, e.g. --input 1x28x28, or a data set with --data"));
        int classes = settings.classes()
                .or(state::outputs)
                .orElseThrow(
                        () -> new UserException(source + " does not end with a layer of weights, expected --classes"));
        return state.in(structure(settings.network().get(), image, classes), settings.unused());
    }

    private static UserException unstructured(StateDictionary state, ImportSettings settings, String source) {
        List<String> fitting = new ArrayList<>();
        Optional<Integer> classes = settings.classes().or(state::outputs);
        if (settings.image().isPresent() && classes.isPresent()) {
            for (String name : NamedNetworks.all().keySet()) {
                try {
                    if (state.fit(NamedNetworks.graph(name, settings.image().get(), classes.get()))) {
                        fitting.add(name);
                    }
                } catch (IllegalArgumentException e) {
                    // It is for other images.
                }
            }
        }
        return new UserException(source + " holds tensors without the structure of their network"
                + (state.convolutions() ? ", which has convolutions" : "")
                + ": expected --network with a name of 'espalier networks' or a file with a list of layers"
                + (fitting.isEmpty()
                        ? "; its tensors are " + state.listed(MOST_NAMED)
                        : "; the tensors fit --network " + String.join(" or ", fitting)));
    }

    /** The network of a name or of the setting {@code network} of a file. */
    private static Graph structure(String network, Shape image, int classes) {
        if (!NamedNetworks.all().containsKey(network) && !Files.isRegularFile(UserPath.of(network, "--network"))) {
            throw new UserException("--network is " + network + ", which is no file and no network; "
                    + Names.nearest(network, NamedNetworks.all().keySet())
                            .map(near -> "did you mean " + near + "?")
                            .orElse("'espalier networks' lists the networks"));
        }
        try {
            if (NamedNetworks.all().containsKey(network)) {
                return NamedNetworks.graph(network, image, classes);
            }
            Experiment.Network setting = ExperimentFile.read(network, List.of()).network();
            Graph graph =
                    ExperimentTranslator.architecture(setting, image, classes).graph();
            return graph;
        } catch (IllegalArgumentException e) {
            throw new UserException("--network " + network + ": " + e.getMessage(), e);
        }
    }

    private static ForeignNetwork normalised(ForeignNetwork network, ImportSettings settings, String source) {
        Graph graph = network.weights().graph();
        Shape image = settings.image().orElse(graph.input());
        if (image.dimensions() != 3) {
            throw new UserException(source + " reads " + image.elements() + " values without a shape: give the shape of"
                    + " its images with --input, e.g. --input 1x28x28, so that they can be normalised");
        }
        // The network's pixel is low + (high - low) x, and it subtracts the mean and divides by the deviation.
        double range = settings.high() - settings.low();
        int channels = image.size(0);
        List<Double> means = settings.means().isEmpty() ? List.of(0.0) : settings.means();
        List<Double> deviations = settings.deviations().isEmpty() ? List.of(1.0) : settings.deviations();
        List<Float> mean = new ArrayList<>();
        List<Float> deviation = new ArrayList<>();
        for (int channel = 0; channel < channels; channel++) {
            int of = means.size() == 1 ? 0 : channel;
            if (of >= means.size()) {
                break; // the message of the operation names both numbers
            }
            mean.add((float) ((means.get(of) - settings.low()) / range));
            deviation.add((float) (deviations.get(of) / range));
        }
        try {
            if (means.size() > channels) {
                throw new IllegalArgumentException("there are " + means.size() + " means, expected one or the "
                        + channels + " of an image's channels");
            }
            Graph with = ForeignNetwork.normalised(graph, image, mean, deviation);
            List<String> notes = new ArrayList<>(network.notes());
            notes.add("pixels x become (x - mean) / deviation with means " + mean + " and deviations " + deviation);
            return new ForeignNetwork(ForeignNetwork.moved(network.weights(), with), notes);
        } catch (IllegalArgumentException e) {
            throw new UserException(source + " cannot be normalised: " + e.getMessage(), e);
        }
    }

    /** The network that reads channels in the opposite order: the first layer's weights are reordered. */
    private static Weights reversed(Weights weights, String source) {
        Graph graph = weights.graph();
        Shape image = graph.input();
        if (image.dimensions() != 3) {
            throw new UserException(source + " reads " + image + ", expected channels x rows x columns to reverse");
        }
        List<Graph.Node> nodes = new ArrayList<>();
        List<String> raw = new ArrayList<>(List.of(Graph.INPUT)); // what still has the image's channels
        List<Parameter> first = new ArrayList<>();
        for (Graph.Node node : graph.nodes()) {
            Graph.Node turned = node;
            if (node.inputs().stream().anyMatch(raw::contains)) {
                switch (node.operation()) {
                    case Operation.Normalise normalise -> {
                        turned = new Graph.Node(
                                node.name(),
                                new Operation.Normalise(
                                        normalise.means().reversed(),
                                        normalise.deviations().reversed()),
                                node.inputs());
                        raw.add(node.name());
                    }
                    case Operation.Conv2d _ -> first.add(graph.parameter(node.name() + ".weight"));
                    default ->
                        throw new UserException(source + ": layer " + node.name()
                                + " reads the image's channels, expected a convolution where their order is reversed");
                }
            }
            nodes.add(turned);
        }
        Weights turned = ForeignNetwork.moved(weights, new Graph(image, nodes, graph.output()));
        for (Parameter parameter : first) {
            float[] from = weights.values(parameter.name());
            float[] to = turned.values(parameter.name());
            int channels = parameter.shape().size(1);
            int area = parameter.shape().size(2) * parameter.shape().size(3);
            for (int i = 0; i < to.length; i++) {
                int output = i / (channels * area);
                int channel = i / area % channels;
                to[i] = from[(output * channels + channels - 1 - channel) * area + i % area];
            }
        }
        return turned;
    }

    private static void check(Graph graph, Shape image, String source) {
        boolean fits = graph.input().dimensions() == 1
                ? graph.input().elements() == image.elements()
                : graph.input().equals(image);
        if (!fits) {
            throw new UserException(
                    source + " reads " + graph.input() + ", expected " + image + ", the images of --input or --data");
        }
    }
}
