package org.espalier.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.engine.ops.FmaPeak;
import org.espalier.lab.bench.RandomMasks;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;

/**
 * Espalier's side of {@code benchmarks/peers/convolutions}: reads commands, one a line, and answers each with one line.
 *
 * <ul>
 *   <li>{@code network NAME CxHxW EXAMPLES DIR} takes a network and random images, and writes both into a folder for the peers;
 *   <li>{@code check DENSITY DIR} writes weights and mask, makes one PGD step of plain gradient descent on all images without a
 *       random start, and writes the weights after it;
 *   <li>{@code time BATCH DENSITY KERNELS SECONDS} makes PGD steps with Adam and gives the least processor time of one;
 *   <li>{@code peak SECONDS} gives the register-only peak in floating-point operations a second.
 * </ul>
 */
public final class ConvolutionPeer {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int CLASSES = 10;
    private static final double NANOS = 1e9;
    /** Of the checked step: gradients of random networks are small. */
    private static final double RATE = 0.1;

    private Architecture network;
    private Split images;
    private final Map<String, Trainer> trainers = new HashMap<>(); // of the network and the batch size
    private int prepared;

    private ConvolutionPeer() {
        network = Architecture.PAPER;
        images = new Split("none", new ImageShape(1, network.inputs()), new byte[0], new int[0]);
    }

    private void network(String name, String size, int examples, Path folder) throws IOException {
        trainers.clear();
        prepared = 0;
        List<Integer> sizes =
                Arrays.stream(size.split("x")).map(Integer::valueOf).toList();
        network = new Architecture(NamedNetworks.graph(name, new Shape(sizes), CLASSES));
        byte[] pixels = new byte[examples * network.inputs()];
        Stream stream = Stream.root(4);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (256 * stream.uniform(i));
        }
        int[] labels = new int[examples];
        byte[] bytes = new byte[examples];
        for (int i = 0; i < examples; i++) {
            labels[i] = i % CLASSES;
            bytes[i] = (byte) labels[i];
        }
        images = new Split("random", new ImageShape(sizes.get(1), sizes.get(2), sizes.get(0)), pixels, labels);
        Files.write(folder.resolve("images.u8"), pixels);
        Files.write(folder.resolve("labels.u8"), bytes);
        StringBuilder text = new StringBuilder("input " + String.join(" ", size.split("x")) + "\n");
        for (Graph.Node node : network.graph().nodes()) {
            text.append(line(node)).append('\n');
        }
        Files.writeString(folder.resolve("graph.txt"), text);
    }

    /** A node for the peers: operation, name, sources, settings. */
    private static String line(Graph.Node node) {
        String settings = switch (node.operation()) {
            case Operation.Linear linear -> "linear " + linear.inputs() + " " + linear.outputs() + " " + linear.bias();
            case Operation.Conv2d conv ->
                "conv " + conv.inputs() + " " + conv.outputs() + " " + conv.kernel() + " " + conv.stride() + " "
                        + conv.padding() + " " + conv.bias();
            case Operation.BatchNorm norm -> "norm " + norm.channels();
            case Operation.Relu relu -> "relu";
            case Operation.MaxPool pool -> "maxpool " + pool.window() + " " + pool.stride() + " " + pool.padding();
            case Operation.GlobalAveragePool pool -> "mean";
            case Operation.Add add -> "add";
            case Operation.PadChannels pad -> "pad " + pad.stride() + " " + pad.before() + " " + pad.after();
            case Operation.Flatten flatten -> "flatten";
            case Operation.AveragePool pool -> throw new IllegalArgumentException("peers have no average pool");
            case Operation.Normalise normalise -> throw new IllegalArgumentException("peers have no normalisation");
        };
        String[] words = settings.split(" ", 2);
        return words[0] + " " + node.name() + " " + String.join(",", node.inputs())
                + (words.length > 1 ? " " + words[1] : "");
    }

    private static Trainer trainer(Engine engine, OptimizerSettings optimizer, Split images, boolean noise) {
        Pgd attack = new Pgd(0.3f, 0.05f, 10, noise, 1, KeptIterate.LAST, LabelChoice.TRUE);
        Objective objective = new Objective.Adversarial(0.5, attack);
        TrainingSettings settings = new TrainingSettings(objective, optimizer, images.size(), 0, 0, 0);
        return new Trainer(engine, images, settings, Stream.root(2));
    }

    private Weights weights() {
        return InitialWeights.GLOROT_UNIFORM.draw(network, Stream.root(3));
    }

    private Mask mask(double density) {
        return density == 1 ? Mask.dense(network) : RandomMasks.draw(network, density, Stream.root(1));
    }

    private void check(double density, Path folder) throws IOException {
        Mask mask = mask(density);
        for (Parameter parameter : network.graph().prunable()) {
            Files.write(folder.resolve(parameter.name() + ".u8"), mask.bytes(parameter.name()));
        }
        Weights start = weights();
        start.apply(mask);
        write(start, folder, ".f32");
        Engine engine = Engines.create(network, KernelMode.AUTO);
        engine.load(start, mask);
        trainer(engine, new OptimizerSettings.Momentum(RATE, 0), images, false).step();
        write(engine.weights(), folder, ".ours");
    }

    private void write(Weights weights, Path folder, String ending) throws IOException {
        for (Parameter parameter : network.graph().parameters()) {
            float[] values = weights.values(parameter.name());
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            Files.write(folder.resolve(parameter.name() + ending), bytes.array());
        }
    }

    private double time(int batch, double density, String kernels, double seconds) {
        if (batch != prepared) { // maps of several batch sizes would not fit the memory
            trainers.clear();
            System.gc();
            prepared = batch;
        }
        String key = density + " " + kernels;
        Trainer trainer = trainers.computeIfAbsent(key, made -> {
            Engine engine = Engines.create(network, KernelMode.valueOf(kernels.toUpperCase(Locale.ROOT)));
            engine.load(weights(), mask(density));
            return trainer(engine, new OptimizerSettings.Adam(1.2e-3), images.part(images.name(), 0, batch), true);
        });
        return least(trainer::step, seconds);
    }

    private static double least(Runnable task, double seconds) {
        double spent = 0;
        double least = Double.POSITIVE_INFINITY;
        while (spent < seconds) {
            long from = THREADS.getCurrentThreadCpuTime();
            task.run();
            double passed = (THREADS.getCurrentThreadCpuTime() - from) / NANOS;
            spent += passed;
            least = Math.min(least, passed);
        }
        return least;
    }

    private String answer(String[] words) throws IOException {
        switch (words[0]) {
            case "network" -> network(words[1], words[2], Integer.parseInt(words[3]), Path.of(words[4]));
            case "check" -> check(Double.parseDouble(words[1]), Path.of(words[2]));
            case "peak" -> {
                return Double.toString(FmaPeak.operations() / least(FmaPeak::run, Double.parseDouble(words[1])));
            }
            case "time" -> {
                return Double.toString(time(
                        Integer.parseInt(words[1]),
                        Double.parseDouble(words[2]),
                        words[3],
                        Double.parseDouble(words[4])));
            }
            default -> throw new IllegalArgumentException("no command " + words[0]);
        }
        return "done";
    }

    /** Takes no arguments. */
    public static void main(String[] arguments) throws IOException {
        ConvolutionPeer peer = new ConvolutionPeer();
        System.out.println("ready Espalier, " + Engines.describe());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(peer.answer(line.split(" ")));
        }
    }
}
