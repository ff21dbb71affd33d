package org.espalier.lab.exchange;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.evaluate.Chance;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.network.NetworkInput;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Graph;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Whether an imported network classifies labelled images. One that reads its pixels in the wrong range, order or normalisation is
 * near chance, which is the accuracy of a network that always names the most frequent class.
 *
 * @param correct images that it classifies correctly
 * @param images images it was tried on
 * @param chance accuracy without looking at images, in [0, 1]
 */
public record LabelledCheck(int correct, int images, double chance) {
    /** Standard deviations above chance that a network has to be. */
    private static final double CLEARLY = 4;

    /** Images that other readings are tried on. */
    private static final int FEW = 1000;

    /** Difference of accuracies that is worth a warning. */
    private static final double MUCH = 0.05;

    /** Tries a network on a split. */
    public static LabelledCheck of(StoredNetwork network, Split split) {
        return of(network.weights(), network, split);
    }

    private static LabelledCheck of(Weights weights, StoredNetwork network, Split split) {
        Engine engine = Engines.create(weights.architecture());
        engine.load(
                weights,
                network.mask().architecture().equals(weights.architecture())
                        ? network.mask()
                        : org.espalier.network.Mask.dense(weights.architecture()));
        Measurement measured = new Evaluator(engine, new EvaluationSettings(new LinkedHashMap<>()))
                .measure(0, split, 0, Stream.root(0))
                .getFirst();
        return new LabelledCheck(
                measured.correct(),
                measured.examples(),
                Chance.of(split.labels()).share());
    }

    /** Share that is correct, in [0, 1]. */
    public double accuracy() {
        return (double) correct / images;
    }

    /** Whether the accuracy is not clearly above chance. */
    public boolean nearChance() {
        return accuracy() < chance + CLEARLY * Math.sqrt(chance * (1 - chance) / images);
    }

    /**
     * Other readings of the pixels under which a network that is near chance is clearly better, the best one first.
     *
     * @param network that reads pixels from 0 to 1 as they are
     * @return sentences that name the options and the accuracy
     */
    public static List<String> better(StoredNetwork network, DataSet set) {
        return readings(network, set).stream().map(Reading::sentence).toList();
    }

    /**
     * Warns of a network that is better than chance and yet much worse than under another reading of the pixels.
     *
     * @param imported with the settings of its import
     * @param plain the same network that reads pixels from 0 to 1 as they are
     * @return a sentence with the best options and both accuracies; empty where no other reading is better by more than five
     *     points of accuracy
     */
    public static Optional<String> muchBetter(StoredNetwork imported, StoredNetwork plain, DataSet set) {
        Split few = few(set);
        double found = of(imported, few).accuracy();
        return readings(plain, set).stream()
                .findFirst()
                .filter(best -> best.accuracy() > found + MUCH)
                .map(best -> String.format(
                        java.util.Locale.ROOT,
                        "on the first %d test images %s, these settings %.1f %%; import the network again with them if its"
                                + " training had them",
                        few.size(),
                        best.sentence(),
                        100 * found));
    }

    /** Options of an import, and the accuracy under them. */
    private record Reading(String options, double accuracy) {
        String sentence() {
            return String.format(java.util.Locale.ROOT, "%s gives %.1f %%", options, 100 * accuracy);
        }
    }

    private static Split few(DataSet set) {
        return set.test().size() > FEW ? set.test().part("test", 0, FEW) : set.test();
    }

    /** Readings of the pixels under which the network is not near chance, the best one first. */
    private static List<Reading> readings(StoredNetwork network, DataSet set) {
        Split few = few(set);
        Graph graph = network.weights().graph();
        Shape image = NetworkInput.of(set);
        Map<String, float[][]> tried = new LinkedHashMap<>();
        int channels = image.size(0);
        tried.put("--input-range 0,255", new float[][] {filled(channels, 0), filled(channels, 1 / 255f)});
        tried.put("--input-range -1,1", new float[][] {filled(channels, 0.5f), filled(channels, 0.5f)});
        float[][] own = moments(set);
        tried.put("--mean " + text(own[0]) + " --std " + text(own[1]), own);
        List<Reading> readings = new ArrayList<>();
        tried.forEach((options, numbers) -> {
            Graph with;
            try {
                with = ForeignNetwork.normalised(graph, image, list(numbers[0]), list(numbers[1]));
            } catch (IllegalArgumentException e) {
                return; // it normalises already
            }
            LabelledCheck check = of(ForeignNetwork.moved(network.weights(), with), network, few);
            if (!check.nearChance()) {
                readings.add(new Reading(options, check.accuracy()));
            }
        });
        readings.sort(Comparator.comparingDouble(Reading::accuracy).reversed());
        return readings;
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        java.util.Arrays.fill(values, value);
        return values;
    }

    private static List<Float> list(float[] values) {
        List<Float> list = new ArrayList<>();
        for (float value : values) {
            list.add(value);
        }
        return list;
    }

    private static String text(float[] values) {
        List<String> texts = new ArrayList<>();
        for (float value : values) {
            texts.add(String.format(java.util.Locale.ROOT, "%.4f", value));
        }
        return String.join(",", texts);
    }

    /** Mean and deviation of each channel over the training images, in pixel values 0 to 1. */
    private static float[][] moments(DataSet set) {
        int channels = set.shape().channels();
        int area = set.features() / channels;
        float[][] moments = new float[2][channels];
        for (int channel = 0; channel < channels; channel++) {
            double sum = 0; // whole numbers below 2^53 where pixels are bytes
            double squares = 0;
            for (int image = 0; image < set.train().size(); image++) {
                for (int i = channel * area; i < (channel + 1) * area; i++) {
                    double pixel = set.train().isFloat()
                            ? 255.0 * set.train().pixel(image, i)
                            : set.train().images()[image * set.features() + i] & 0xff;
                    sum += pixel;
                    squares += pixel * pixel;
                }
            }
            double count = (double) set.train().size() * area;
            double mean = sum / count / 255;
            moments[0][channel] = (float) mean;
            moments[1][channel] = (float) Math.sqrt(Math.max(squares / count / (255.0 * 255) - mean * mean, 1e-6));
        }
        return moments;
    }

    /** A sentence for people. */
    public String describe() {
        return String.format(
                java.util.Locale.ROOT,
                "%d of %d test images correct, %.2f %% (chance: %.1f %%)",
                correct,
                images,
                100 * accuracy(),
                100 * chance);
    }
}
