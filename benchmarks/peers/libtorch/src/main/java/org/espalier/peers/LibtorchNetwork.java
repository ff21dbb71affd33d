package org.espalier.peers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A network of convolutions on libtorch with gradients by hand: ReLU in place, batch norm folded into its convolution
 * while attacks are made, no autograd.
 */
final class LibtorchNetwork {
    private static final Scalar ZERO = new Scalar(0f);
    private static final double NORM_EPSILON = 1e-5;
    private static final long[] ONES = {1, 1};
    private static final long[] NONE = {0, 0};

    private record Node(String kind, String name, String[] sources, int[] numbers, boolean bias) {}

    /** What a forward pass leaves for the pass back. */
    static final class Pass {
        final Map<String, Tensor> values = new HashMap<>();
        final Map<String, Tensor> more = new HashMap<>(); // positions of maxima, means and deviations
        boolean training;
    }

    final int[] image;
    final boolean norms;
    final Map<String, Tensor> parameters = new LinkedHashMap<>();
    final Map<String, Tensor> running = new LinkedHashMap<>();
    private final boolean last;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Tensor> used = new HashMap<>(); // masked, and folded for attacks

    /** Reads a network's nodes and parameters. */
    LibtorchNetwork(Path folder, boolean last) throws IOException {
        this.last = last;
        List<String> lines = Files.readAllLines(folder.resolve("graph.txt"));
        image = Arrays.stream(lines.getFirst().split(" ")).skip(1).mapToInt(Integer::parseInt).toArray();
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split(" ");
            boolean bias = words[words.length - 1].equals("true");
            int[] n = Arrays.stream(words).skip(3).filter(w -> Character.isDigit(w.charAt(0)))
                    .mapToInt(Integer::parseInt).toArray();
            Node node = new Node(words[0], words[1], words[2].split(","), n, bias);
            nodes.add(node);
            switch (node.kind) {
                case "conv" -> read(folder, node.name + ".weight", parameters, n[1], n[0], n[2], n[2]);
                case "linear" -> read(folder, node.name + ".weight", parameters, n[1], n[0]);
                case "norm" -> {
                    read(folder, node.name + ".weight", parameters, n[0]);
                    read(folder, node.name + ".bias", parameters, n[0]);
                    read(folder, node.name + ".running_mean", running, n[0]);
                    read(folder, node.name + ".running_var", running, n[0]);
                }
                default -> { }
            }
            if (bias) {
                read(folder, node.name + ".bias", parameters, n[1]);
            }
        }
        norms = !running.isEmpty();
    }

    private void read(Path folder, String name, Map<String, Tensor> into, long... shape) throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve(name + ".f32"));
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        into.put(name, laid(Tensor.create(values, shape)));
    }

    /** In the layout of this network. */
    Tensor laid(Tensor tensor) {
        return last && tensor.dim() == 4 ? tensor.contiguous(torch.MemoryFormat.ChannelsLast) : tensor;
    }

    static void write(Tensor tensor, Path file) throws IOException {
        FloatBuffer floats = tensor.contiguous().createBuffer();
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * floats.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(floats);
        Files.write(file, bytes.array());
    }

    /** The weights of the passes that follow; with folding also those of batch norm by running statistics. */
    void prepare(Map<String, Tensor> masks, boolean fold) {
        used.clear();
        parameters.forEach((name, value) ->
                used.put(name, masks.containsKey(name) ? value.mul(masks.get(name)) : value));
        for (Node node : nodes) {
            if (fold && node.kind.equals("norm")) {
                Tensor factor = running.get(node.name + ".running_var").add(new Scalar(NORM_EPSILON)).rsqrt()
                        .mul(used.get(node.name + ".weight"));
                Tensor shift = used.get(node.name + ".bias")
                        .sub(running.get(node.name + ".running_mean").mul(factor));
                String conv = node.sources[0];
                used.put(conv + ".weight", used.get(conv + ".weight").mul(factor.view(-1, 1, 1, 1)));
                used.put(conv + ".bias", shift);
            }
        }
    }

    /** Logits; the input stays as it is. */
    Tensor forward(Tensor x, boolean training, Pass pass) {
        pass.training = training;
        pass.values.put("input", x);
        Tensor out = x;
        for (Node node : nodes) {
            out = forward(node, pass.values.get(node.sources[0]), pass);
            pass.values.put(node.name, out);
        }
        return out;
    }

    private Tensor forward(Node node, Tensor at, Pass pass) {
        int[] n = node.numbers;
        Tensor weight = used.get(node.name + ".weight");
        Tensor bias = used.get(node.name + ".bias");
        return switch (node.kind) {
            case "conv" -> torch.convolution(at, weight, bias == null ? new TensorOptional() : new TensorOptional(bias),
                    new long[] {n[3], n[3]}, new long[] {n[4], n[4]}, ONES, false, NONE, 1);
            case "linear" -> torch.addmm(bias, at, weight.t());
            case "norm" -> {
                if (!pass.training) {
                    yield at; // in the convolution's weights
                }
                T_TensorTensorTensor_T result = torch.native_batch_norm(at, new TensorOptional(weight),
                        new TensorOptional(bias), new TensorOptional(running.get(node.name + ".running_mean")),
                        new TensorOptional(running.get(node.name + ".running_var")), true, 0.1, NORM_EPSILON);
                pass.more.put(node.name + ".mean", result.get1());
                pass.more.put(node.name + ".deviation", result.get2());
                yield result.get0();
            }
            case "relu" -> at.relu_(); // nothing else reads what it overwrites
            case "maxpool" -> {
                T_TensorTensor_T result = torch.max_pool2d_with_indices(at, new long[] {n[0], n[0]},
                        new long[] {n[1], n[1]}, new long[] {n[2], n[2]}, ONES, false);
                pass.more.put(node.name, result.get1());
                yield result.get0();
            }
            case "mean" -> at.mean(2, 3);
            case "add" -> at.add(pass.values.get(node.sources[1]));
            case "pad" -> torch.constant_pad_nd(thinned(at, n[0]), new long[] {0, 0, 0, 0, n[1], n[2]}, ZERO);
            case "flatten" -> at.reshape(at.size(0), -1);
            default -> throw new IllegalArgumentException("no operation is called " + node.kind);
        };
    }

    private static Tensor thinned(Tensor at, int stride) {
        return at.slice(2, new LongOptional(), new LongOptional(), stride)
                .slice(3, new LongOptional(), new LongOptional(), stride);
    }

    /** Gradients on their way back; one that two nodes share must not be overwritten. */
    private static final class Back {
        final Map<String, Tensor> gradients = new HashMap<>();
        final Map<String, Boolean> shared = new HashMap<>();

        void add(String name, Tensor gradient, boolean isShared) {
            Tensor before = gradients.get(name);
            if (before == null) {
                gradients.put(name, gradient);
                shared.put(name, isShared);
            } else if (shared.get(name)) {
                gradients.put(name, before.add(gradient));
                shared.put(name, false);
            } else {
                before.add_(gradient);
            }
        }
    }

    /**
     * From the gradient of the logits back.
     *
     * @param into where the parameters' gradients go, or null for the gradient of the input alone
     * @return the gradient of the input, if it is wanted
     */
    Tensor backward(Tensor logits, Pass pass, Map<String, Tensor> into) {
        Back back = new Back();
        back.add(nodes.getLast().name, logits, false);
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            backward(node, back.gradients.get(node.name), pass, back, into);
        }
        return back.gradients.get("input");
    }

    private void backward(Node node, Tensor g, Pass pass, Back back, Map<String, Tensor> into) {
        int[] n = node.numbers;
        String source = node.sources[0];
        Tensor x = pass.values.get(source);
        Tensor weight = used.get(node.name + ".weight");
        switch (node.kind) {
            case "conv" -> {
                boolean inputs = into == null || !source.equals("input");
                boolean biases = into != null && node.bias;
                BoolPointer wanted = new BoolPointer(3);
                wanted.put(0, inputs).put(1, into != null).put(2, biases);
                T_TensorTensorTensor_T result = torch.convolution_backward(g, x, weight,
                        biases ? new LongArrayRefOptional(n[1]) : new LongArrayRefOptional(), new long[] {n[3], n[3]},
                        new long[] {n[4], n[4]}, ONES, false, NONE, 1, wanted);
                if (inputs) {
                    back.add(source, result.get0(), false);
                }
                if (into != null) {
                    add(into, node.name + ".weight", result.get1());
                }
                if (biases) {
                    add(into, node.name + ".bias", result.get2());
                }
            }
            case "linear" -> {
                back.add(source, torch.mm(g, weight), false);
                if (into != null) {
                    add(into, node.name + ".weight", torch.mm(g.t(), x));
                    add(into, node.name + ".bias", g.sum(0));
                }
            }
            case "norm" -> {
                if (!pass.training) {
                    back.add(source, g, back.shared.get(node.name));
                    return;
                }
                BoolPointer wanted = new BoolPointer(3);
                wanted.put(0, true).put(1, true).put(2, true);
                T_TensorTensorTensor_T result = torch.native_batch_norm_backward(g, x, new TensorOptional(weight),
                        new TensorOptional(running.get(node.name + ".running_mean")),
                        new TensorOptional(running.get(node.name + ".running_var")),
                        new TensorOptional(pass.more.get(node.name + ".mean")),
                        new TensorOptional(pass.more.get(node.name + ".deviation")), true, NORM_EPSILON, wanted);
                back.add(source, result.get0(), false);
                add(into, node.name + ".weight", result.get1());
                add(into, node.name + ".bias", result.get2());
            }
            case "relu" -> {
                Tensor value = pass.values.get(node.name);
                back.add(source, back.shared.get(node.name)
                        ? torch.threshold_backward(g, value, ZERO)
                        : torch.threshold_backward_outf(g, value, ZERO, g), false);
            }
            case "maxpool" -> back.add(source, torch.max_pool2d_with_indices_backward(g, x, new long[] {n[0], n[0]},
                    new long[] {n[1], n[1]}, new long[] {n[2], n[2]}, ONES, false, pass.more.get(node.name)), false);
            case "mean" -> back.add(source, g.mul(new Scalar(1.0 / (x.size(2) * x.size(3))))
                    .view(g.size(0), g.size(1), 1, 1).expand(x.size(0), x.size(1), x.size(2), x.size(3)), true);
            case "add" -> {
                back.add(source, g, true);
                back.add(node.sources[1], g, true);
            }
            case "pad" -> {
                Tensor spread = torch.zeros_like(x);
                thinned(spread, n[0]).copy_(g.narrow(1, n[1], x.size(1)));
                back.add(source, spread, false);
            }
            case "flatten" -> back.add(source, g.view(x.size(0), x.size(1), x.size(2), x.size(3)), false);
            default -> throw new IllegalArgumentException("no operation is called " + node.kind);
        }
    }

    private static void add(Map<String, Tensor> into, String name, Tensor gradient) {
        into.merge(name, gradient, (before, more) -> before.add_(more));
    }
}
