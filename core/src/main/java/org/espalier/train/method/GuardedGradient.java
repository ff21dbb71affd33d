package org.espalier.train.method;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.espalier.UserException;
import org.espalier.attack.Attacker;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.Batch;
import org.espalier.train.BatchObjective;
import org.espalier.train.TrainingData;
import org.jspecify.annotations.Nullable;

/** Computes {@link Fast} under a {@link Guard}. Measurements make garbage; updates between them do not. */
final class GuardedGradient implements BatchObjective {
    private static final int IMAGES = 1000;
    private static final String STATE = "guard.state";
    private static final String WEIGHTS = "guard.weights.";
    private static final String FIRST = "guard.moment0.";
    private static final String SECOND = "guard.moment1.";

    private final Guard guard;
    private final double epsilon;
    private final AttackedGradient inner;
    private final Engine engine;
    private final int every;
    private final ActivationBuffers buffers; // of measurements
    private final Attacker attacker;
    private final Optional<Split> validation;
    private final Stream noise;
    private final int[] order;
    private final int[] predicted;

    private @Nullable Before before; // the last measurement without a collapse
    private boolean switched;
    private boolean stopped;
    private Optional<String> news = Optional.empty();

    /**
     * Where a collapse returns to.
     *
     * @param correct images measured right
     * @param images images measured
     */
    private record Before(int correct, int images, Weights weights, Weights first, Weights second) {
        double accuracy() {
            return (double) correct / images;
        }
    }

    GuardedGradient(Fast.Guarded objective, AttackedGradient inner, int examples, TrainingData data) {
        guard = objective.guard();
        epsilon = objective.epsilon();
        this.inner = inner;
        engine = inner.engine;
        every = guard.every().orElse(data.updatesPerEpoch());
        boolean held = guard.images() == Guard.Images.VALIDATION;
        if (held && data.validation().isEmpty()) {
            throw new UserException(
                    "the guard of method fast measures validation images, expected some or images: training-batch");
        }
        validation = held ? data.validation() : Optional.empty();
        int panels = held ? 1 : ActivationPanels.panelsFor(examples);
        buffers = engine.newBuffers(2 * panels * ActivationPanels.LANES);
        attacker = Fast.pgd(epsilon, epsilon / 4, guard.steps(), true).bind(engine, buffers);
        noise = data.level().child("guard noise");
        order = new int[ActivationPanels.LANES];
        predicted = new int[panels * ActivationPanels.LANES];
    }

    @Override
    public ActivationPanels input() {
        return inner.input();
    }

    @Override
    public boolean finished() {
        return stopped;
    }

    @Override
    public void gradient(Batch batch) {
        if (!switched && batch.iteration() % every == 0) {
            check(batch);
        }
        if (!stopped) {
            inner.gradient(batch);
        }
    }

    @Override
    public boolean looksAtEnd() {
        return guard.atEnd();
    }

    @Override
    public void end(Batch batch) {
        if (!switched) {
            check(batch);
        }
    }

    private void check(Batch batch) {
        int images = validation.map(split -> Math.min(split.size(), IMAGES)).orElse(batch.examples());
        int correct = validation.isPresent()
                ? correct(validation.get(), images, noise.child(batch.iteration()))
                : correct(batch, noise.child(batch.iteration()));
        Before last = before;
        double accuracy = (double) correct / images;
        if (last == null || last.accuracy() - accuracy <= guard.drop()) {
            before = new Before(correct, images, engine.weights(), engine.moment(0), engine.moment(1));
            return;
        }
        engine.load(last.weights, engine.mask());
        engine.loadMoments(last.first, last.second);
        switch (guard.action()) {
            case STOP -> stopped = true;
            case ROLLBACK -> {}
            case SWITCH_TO_PGD -> switchAttack();
        }
        news = Optional.of("the guard saw a collapse at iteration " + batch.iteration()
                + ": accuracy under pgd fell from "
                + last.correct + " of " + last.images + " images to " + correct + " of " + images + "; training "
                + switch (guard.action()) {
                    case STOP -> "stops with the weights before it";
                    case ROLLBACK -> "goes on from the weights before it";
                    case SWITCH_TO_PGD -> "goes on from the weights before it against pgd";
                });
    }

    private void switchAttack() {
        switched = true;
        inner.attackWith(Fast.pgd(epsilon, epsilon / 4, guard.switchSteps(), true));
    }

    private int correct(Split split, int images, Stream stream) {
        int correct = 0;
        for (int first = 0; first < images; first += ActivationPanels.LANES) {
            int count = Math.min(ActivationPanels.LANES, images - first);
            for (int i = 0; i < count; i++) {
                order[i] = first + i;
            }
            engine.ops().loadImages(split, order, 0, count, buffers.input(), 0);
            correct += attacked(split.labels(), first, count, stream);
        }
        return correct;
    }

    private int correct(Batch batch, Stream stream) {
        buffers.input().copy(inner.input(), 0, 0, batch.panels());
        return attacked(batch.labels(), 0, batch.examples(), stream);
    }

    /** Images in the first panels that are classified right after the attack. */
    private int attacked(int[] labels, int first, int count, Stream stream) {
        int panels = ActivationPanels.panelsFor(count);
        attacker.perturb(labels, first, count, stream, first);
        engine.forward(buffers, panels, panels);
        engine.ops().predictions(buffers.logits(), panels, count, predicted, 0);
        int correct = 0;
        for (int i = 0; i < count; i++) {
            correct += predicted[i] == labels[first + i] ? 1 : 0;
        }
        return correct;
    }

    @Override
    public Optional<String> news() {
        Optional<String> given = news;
        news = Optional.empty();
        return given;
    }

    @Override
    public Map<String, float[]> state() {
        Map<String, float[]> state = new TreeMap<>();
        Before last = before;
        // Counts are at most 2^24, which floats hold exactly.
        state.put(STATE, new float[] {
            switched ? 1 : 0, stopped ? 1 : 0, last == null ? 0 : last.correct, last == null ? 0 : last.images
        });
        if (last != null) {
            put(state, WEIGHTS, last.weights);
            put(state, FIRST, last.first);
            put(state, SECOND, last.second);
        }
        return state;
    }

    private static void put(Map<String, float[]> state, String prefix, Weights weights) {
        for (Parameter parameter : weights.graph().parameters()) {
            state.put(
                    prefix + parameter.name(), weights.values(parameter.name()).clone());
        }
    }

    private Weights get(Map<String, float[]> state, String prefix) {
        Weights weights = new Weights(engine.architecture());
        for (Parameter parameter : weights.graph().parameters()) {
            float[] values = state.get(prefix + parameter.name());
            float[] to = weights.values(parameter.name());
            if (values == null || values.length != to.length) {
                throw new IllegalArgumentException("the state of the guard lacks " + prefix + parameter.name());
            }
            System.arraycopy(values, 0, to, 0, to.length);
        }
        return weights;
    }

    @Override
    public void resume(Map<String, float[]> state) {
        float[] counts = state.get(STATE);
        if (counts == null || counts.length != 4) {
            throw new IllegalArgumentException("the state holds nothing of the guard of method fast");
        }
        if (counts[0] == 1) {
            switchAttack();
        }
        stopped = counts[1] == 1;
        before = counts[3] == 0
                ? null
                : new Before(
                        (int) counts[2], (int) counts[3], get(state, WEIGHTS), get(state, FIRST), get(state, SECOND));
    }
}
