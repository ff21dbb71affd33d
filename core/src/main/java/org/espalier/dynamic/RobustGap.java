package org.espalier.dynamic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.attack.Attack;
import org.espalier.attack.Attacker;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.random.Stream;

/**
 * Measures the gap between training and validation accuracy under an attack, and the validation loss under it, and keeps the last
 * measurements. Says when the gap and when the loss rise.
 */
final class RobustGap {
    /** Differences between neighbouring measurements that are looked at. */
    static final int DIFFERENCES = 4;

    private static final int BATCH = 128;

    private final Engine engine;
    private final ActivationBuffers buffers;
    private final Attacker attacker;
    private final int images;
    private final List<Double> gaps = new ArrayList<>(); // the newest last
    private final List<Double> losses = new ArrayList<>();

    RobustGap(Engine engine, Attack attack, int images) {
        this.engine = engine;
        this.images = images;
        buffers = engine.newBuffers(2 * BATCH);
        attacker = attack.bind(engine, buffers);
    }

    /** Measures the engine's present weights. */
    void measure(Split training, Split validation, Stream noise) {
        double[] seen = attacked(training, noise.child("training"));
        double[] unseen = attacked(validation, noise.child("validation"));
        add(seen[0] - unseen[0], unseen[1]);
    }

    /** Adds a measurement: gap and loss. */
    void add(double gap, double loss) {
        gaps.addLast(gap);
        losses.addLast(loss);
        if (gaps.size() > DIFFERENCES + 1) {
            gaps.removeFirst();
            losses.removeFirst();
        }
    }

    /** Accuracy and mean cross-entropy on the first images of a split under the attack. */
    private double[] attacked(Split split, Stream noise) {
        int count = Math.min(images, split.size());
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        double[] each = new double[BATCH];
        int[] predicted = new int[BATCH];
        double right = 0;
        double loss = 0;
        for (int first = 0; first < count; first += BATCH) {
            int examples = Math.min(BATCH, count - first);
            int panels = ActivationPanels.panelsFor(examples);
            engine.ops().loadImages(split, order, first, examples, buffers.input(), 0);
            attacker.perturbLoaded(split.labels(), first, examples, noise, first);
            engine.forward(buffers, panels, panels);
            engine.ops().predictions(buffers.logits(), panels, examples, predicted, 0);
            engine.ops().crossEntropy(buffers.logits(), panels, split.labels(), first, examples, 0, each, 0);
            for (int i = 0; i < examples; i++) {
                right += predicted[i] == split.labels()[first + i] ? 1 : 0;
                loss += each[i];
            }
        }
        return new double[] {right / count, loss / count};
    }

    /** Whether at least half of the last differences of the gap are above 0. */
    boolean gapRises() {
        return rises(gaps, Double.MIN_VALUE);
    }

    /** Whether at least half of the last differences of the loss are at least 0. */
    boolean lossRises() {
        return rises(losses, 0);
    }

    private static boolean rises(List<Double> values, double least) {
        if (values.size() <= DIFFERENCES) {
            return false;
        }
        int rising = 0;
        for (int i = 1; i < values.size(); i++) {
            rising += values.get(i) - values.get(i - 1) >= least ? 1 : 0;
        }
        return 2 * rising >= DIFFERENCES;
    }

    /** The measurements kept, for checkpoints. */
    Map<String, Double> state() {
        Map<String, Double> state = new LinkedHashMap<>();
        for (int i = 0; i < gaps.size(); i++) {
            state.put("gap" + i, gaps.get(i));
            state.put("loss" + i, losses.get(i));
        }
        return state;
    }

    /** Continues from {@link #state}. */
    void resume(Map<String, Double> state) {
        gaps.clear();
        losses.clear();
        for (int i = 0; state.containsKey("gap" + i); i++) {
            add(Objects.requireNonNull(state.get("gap" + i)), Objects.requireNonNull(state.get("loss" + i)));
        }
    }
}
