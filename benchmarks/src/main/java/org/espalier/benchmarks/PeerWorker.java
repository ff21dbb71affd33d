package org.espalier.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.attack.Fgsm;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.BatchOrder;
import org.espalier.data.DataProgress;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.lab.bench.RealNetworks;
import org.espalier.lab.bench.Work;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.ticket.Level;
import org.espalier.ticket.TrainedLevel;
import org.espalier.train.Objective;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;

/**
 * Espalier's side of {@code benchmarks/peers}: reads commands, one a line, and answers each with one line.
 *
 * <p>{@code levels} gives the density of each level; {@code export DIR} writes weights, mask and images for the peers;
 * {@code check KIND STEPS} trains on them and gives the loss; {@code time KIND LEVEL SECONDS} gives steps or images per
 * second.
 */
public final class PeerWorker {
    private static final int IMAGES = 10_000;
    private static final int HELD_BACK = 1000;
    private static final int CHECKED_LEVEL = 8;
    private static final Stream STREAM = Stream.root(5);

    private final List<TrainedLevel> levels;
    private final Split images; // in the order in which the trainer takes them
    private final Split plain;
    private final Map<String, Runnable> tasks = new HashMap<>();

    private PeerWorker(int iterations) {
        Split train =
                DataSets.load("digits", Optional.empty(), DataProgress.NONE).train();
        levels = RealNetworks.search(train, iterations, 20, level -> {});
        plain = part(train, 0, IMAGES);
        int[] order = new BatchOrder(STREAM, IMAGES, Work.BATCH).order(0);
        byte[] pixels = new byte[IMAGES * plain.features()];
        int[] labels = new int[IMAGES];
        for (int i = 0; i < IMAGES; i++) {
            System.arraycopy(
                    plain.images(), order[i] * plain.features(), pixels, i * plain.features(), plain.features());
            labels[i] = plain.labels()[order[i]];
        }
        images = new Split("train", plain.shape(), pixels, labels);
    }

    private static Split part(Split split, int from, int to) {
        return split.part(split.name(), from, to);
    }

    private static Engine engine(Level level, Weights weights) {
        Engine engine = Engines.create(level.mask().architecture());
        engine.load(weights, level.mask());
        return engine;
    }

    private void export(Path folder) throws IOException {
        Level level = levels.get(CHECKED_LEVEL).level();
        int weights = level.mask().architecture().weights();
        ByteBuffer floats = ByteBuffer.allocate(4 * weights).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer mask = ByteBuffer.allocate(weights);
        for (int layer = 0; layer < level.mask().architecture().layers(); layer++) {
            float[] matrix = level.start().matrix(layer);
            for (int i = 0; i < matrix.length; i++) {
                floats.putFloat(matrix[i]);
                mask.put((byte) (level.mask().keeps(layer, i) ? 1 : 0));
            }
        }
        byte[] labels = new byte[IMAGES];
        for (int i = 0; i < IMAGES; i++) {
            labels[i] = (byte) images.labels()[i];
        }
        Files.write(folder.resolve("weights.f32"), floats.array());
        Files.write(folder.resolve("mask.u8"), mask.array());
        Files.write(folder.resolve("images.u8"), images.images());
        Files.write(folder.resolve("labels.u8"), labels);
    }

    private double check(String kind, int steps) {
        Objective objective = switch (kind) {
            case "natural" -> new Objective.Natural();
            case "fgsm" -> new Objective.Adversarial(0.5, new Fgsm(0.3f, LabelChoice.TRUE));
            default ->
                new Objective.Adversarial(0.5, new Pgd(0.3f, 0.05f, 10, false, 1, KeptIterate.LAST, LabelChoice.TRUE));
        };
        Level level = levels.get(CHECKED_LEVEL).level();
        Engine engine = engine(level, level.start()); // trained weights are where rounding soon tells
        Trainer trainer = new Trainer(engine, plain, TrainingSettings.paper(objective), STREAM);
        trainer.runUntil(steps);
        Evaluator evaluator = new Evaluator(engine, new EvaluationSettings(new LinkedHashMap<>()));
        return evaluator
                .measure(0, part(images, IMAGES - HELD_BACK, IMAGES), 0, STREAM)
                .getFirst()
                .loss();
    }

    private double time(String kind, int level, double seconds) {
        Work work = Work.valueOf(kind.toUpperCase(Locale.ROOT));
        Runnable task = tasks.computeIfAbsent(
                kind + level,
                key -> work.on(
                        engine(levels.get(level).level(), levels.get(level).trained()), plain, STREAM));
        long from = System.nanoTime();
        long runs = 0;
        double passed = 0;
        while (runs == 0 || passed < seconds) {
            task.run();
            runs++;
            passed = (System.nanoTime() - from) / 1e9;
        }
        return runs * work.units() / passed;
    }

    /** The argument: iterations to a level of the search that the networks come from. */
    public static void main(String[] arguments) throws IOException {
        PeerWorker worker = new PeerWorker(Integer.parseInt(arguments[0]));
        System.out.println("ready Espalier, " + Engines.describe());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] command = line.split(" ");
            System.out.println(
                    switch (command[0]) {
                        case "levels" ->
                            worker.levels.stream()
                                    .map(network -> Double.toString(
                                            network.level().mask().density()))
                                    .collect(Collectors.joining(" "));
                        case "export" -> {
                            worker.export(Path.of(command[1]));
                            yield "done";
                        }
                        case "check" -> worker.check(command[1], Integer.parseInt(command[2]));
                        default ->
                            worker.time(command[1], Integer.parseInt(command[2]), Double.parseDouble(command[3]));
                    });
        }
    }
}
