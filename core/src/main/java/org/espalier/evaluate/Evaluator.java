package org.espalier.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.espalier.attack.Attack;
import org.espalier.attack.Attacker;
import org.espalier.attack.CornerPgd;
import org.espalier.attack.EarlyExitPgd;
import org.espalier.attack.Pgd;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Engine;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.jspecify.annotations.Nullable;

/**
 * Measures accuracy and loss of an engine's present weights on a split, natural, under attacks, and in the worst case that
 * a bound allows.
 *
 * <p>Works through the split in tiles of a few panels and allocates nothing per tile. Losses are added in the order of
 * the examples and an example's noise depends on its index in the split, so the tile size changes no bit of the result.
 * In the worst case, attacks of several steps run after the tiles, each on the examples that are not broken yet ({@link
 * EarlyExitPgd}).
 */
public final class Evaluator {
    /** Two clean and two adversarial panels. Inputs and activations of the paper's network then fit the L2 cache. */
    private static final int TILE_PANELS = 2;

    /** Name of the random draw of the published loss. It is blank, so that it differs from every attack's name. */
    private static final String PUBLISHED_LOSS = "";

    private final Engine engine;
    private final EvaluationSettings settings;
    private final int tile; // examples
    private final ActivationBuffers buffers;
    private final @Nullable BoundBuffers bounds; // null where no bound is measured
    private final Sum worst = new Sum();
    private final @Nullable WorstCase worstCase; // null where the kept point counts
    private final Sum natural = new Sum();
    private final List<AttackedSum> attacked = new ArrayList<>();
    private final int[] order;
    private final int[] predicted;
    private final double[] losses;

    /** An evaluator with the usual tile. */
    public Evaluator(Engine engine, EvaluationSettings settings) {
        this(engine, settings, TILE_PANELS);
    }

    /**
     * An evaluator with a chosen tile.
     *
     * @param tilePanels panels of 64 examples worked on at once, at least 1
     */
    public Evaluator(Engine engine, EvaluationSettings settings, int tilePanels) {
        this.engine = engine;
        this.settings = settings;
        tile = tilePanels * ActivationPanels.LANES;
        buffers = engine.newBuffers(2 * tile);
        worstCase = settings.accuracy() == AttackedAccuracy.WORST_CASE ? new WorstCase() : null;
        settings.attacks().forEach((name, attack) -> attacked.add(sum(name, attack)));
        if (settings.publishedLoss().orElse(null) instanceof Objective.Adversarial mixed
                && publishedSum(mixed) == null
                && !attacked.isEmpty()) {
            attacked.add(new AttackedSum(PUBLISHED_LOSS, mixed.attack().bind(engine, buffers)));
        }
        bounds = settings.bound()
                .map(bound -> BoundEngine.of(engine).newBoundBuffers(tile, bound.linearShare() > 0))
                .orElse(null);
        order = new int[tile];
        predicted = new int[tile];
        losses = new double[tile];
    }

    private AttackedSum sum(String name, Attack attack) {
        AttackedSum sum = new AttackedSum(name, attack.bind(engine, buffers));
        if (worstCase != null) {
            sum.breaker = switch (attack) {
                case Pgd pgd -> new EarlyExitPgd(pgd, engine);
                case CornerPgd corner -> new EarlyExitPgd(corner, engine);
                default -> null;
            };
        }
        return sum;
    }

    /** Sums over the examples, in their order. */
    static class Sum {
        int correct;
        double loss;

        void add(boolean right, double ofLoss) {
            correct += right ? 1 : 0;
            loss += ofLoss;
        }

        void reset() {
            correct = 0;
            loss = 0;
        }
    }

    /** Sums over the adversarial examples of one attack. */
    private static final class AttackedSum extends Sum {
        final String name;
        final Attacker attacker;
        Stream noise = Stream.root(0);

        @Nullable
        EarlyExitPgd breaker; // for the worst case of an attack of several steps

        AttackedSum(String name, Attacker attacker) {
            this.name = name;
            this.attacker = attacker;
        }
    }

    /**
     * Measures the engine's present weights.
     *
     * @param iteration number to label the measurements with; it also numbers their noise
     * @param labelSmoothing smoothing of the labels that losses are measured against, in [0, 1)
     * @param level the level's stream; noise draws from a child of it
     * @return the natural measurement, then one per attack in the settings' order, then the worst case's
     */
    public List<Measurement> measure(int iteration, Split split, double labelSmoothing, Stream level) {
        Stream measurement = level.child("evaluation noise").child(iteration).child(split.name());
        natural.reset();
        worst.reset();
        for (AttackedSum sum : attacked) {
            sum.reset();
            sum.noise = measurement.child(sum.name);
        }
        if (worstCase != null) {
            worstCase.begin(split);
        }
        for (int first = 0; first < split.size(); first += tile) {
            measureTile(split, first, Math.min(tile, split.size() - first), (float) labelSmoothing);
        }
        for (AttackedSum sum : attacked) {
            if (worstCase != null && sum.breaker != null) {
                worstCase.attack(sum.breaker, split, (float) labelSmoothing, sum.noise, sum);
            }
        }
        int examples = split.size();
        double naturalLoss = natural.loss / examples;
        List<Measurement> measurements = new ArrayList<>();
        measurements.add(
                new Measurement(iteration, split.name(), Measurement.NATURAL, natural.correct, examples, naturalLoss));
        for (AttackedSum sum : attacked.subList(0, settings.attacks().size())) {
            double loss = switch (settings.publishedLoss().orElse(null)) {
                case null -> sum.loss / examples;
                case Objective.Natural() -> naturalLoss;
                case Objective.Adversarial mixed -> mixedLoss(mixed, naturalLoss, examples);
                case Objective other -> throw new IllegalStateException("refused before: " + other);
            };
            measurements.add(new Measurement(iteration, split.name(), sum.name, sum.correct, examples, loss));
        }
        settings.bound()
                .ifPresent(bound -> measurements.add(new Measurement(
                        iteration, split.name(), bound.name(), worst.correct, examples, worst.loss / examples)));
        return measurements;
    }

    private double mixedLoss(Objective.Adversarial objective, double naturalLoss, int examples) {
        AttackedSum draw = Objects.requireNonNull(publishedSum(objective));
        return objective.naturalShare() * naturalLoss + (1 - objective.naturalShare()) * (draw.loss / examples);
    }

    /**
     * The sum for the published loss: that of its own draw. An attack without randomness would give the same examples
     * again, so its first sum is used.
     */
    private @Nullable AttackedSum publishedSum(Objective.Adversarial objective) {
        for (AttackedSum sum : attacked) {
            boolean same = sum.attacker.attack().equals(objective.attack());
            if (sum.name.equals(PUBLISHED_LOSS) || same && !objective.attack().random()) {
                return sum;
            }
        }
        return null;
    }

    private void measureTile(Split split, int first, int examples, float smoothing) {
        int panels = ActivationPanels.panelsFor(examples);
        for (int i = 0; i < examples; i++) {
            order[i] = first + i;
        }
        engine.ops().loadImages(split, order, 0, examples, buffers.input(), 0);
        engine.forward(buffers, 0, panels);
        add(natural, buffers.logits(), 0, split.labels(), first, examples, smoothing);
        for (int a = 0; a < attacked.size(); a++) {
            AttackedSum sum = attacked.get(a);
            if (sum.breaker != null) {
                continue;
            }
            sum.attacker.perturb(split.labels(), first, examples, sum.noise, first);
            engine.forward(buffers, panels, panels);
            add(sum, buffers.logits(), panels, split.labels(), first, examples, smoothing);
        }
        if (bounds != null) {
            // Uses its own buffers, because attacks expect their buffers unchanged.
            engine.ops().loadImages(split, order, 0, examples, bounds.natural().input(), 0);
            EvaluationSettings.Bound bound = settings.bound().orElseThrow();
            BoundEngine.of(engine)
                    .boundMargins(
                            bounds,
                            (float) bound.epsilon(),
                            (float) bound.linearShare(),
                            split.labels(),
                            first,
                            examples);
            add(worst, bounds.marginBounds(), 0, split.labels(), first, examples, smoothing);
        }
    }

    private void add(
            Sum sum, ActivationPanels logits, int firstPanel, int[] labels, int first, int examples, float smoothing) {
        engine.ops().predictions(logits, firstPanel, examples, predicted, 0);
        engine.ops().crossEntropy(logits, firstPanel, labels, first, examples, smoothing, losses, 0);
        for (int i = 0; i < examples; i++) {
            boolean right = predicted[i] == labels[first + i];
            if (sum == worst) {
                // A worst case that is not a number proves nothing.
                sum.add(right && Double.isFinite(losses[i]), losses[i]);
                continue;
            }
            if (worstCase != null && sum == natural) {
                worstCase.natural(first + i, !right, losses[i]);
            }
            if (worstCase != null && worstCase.wrong(first + i)) {
                sum.add(false, worstCase.naturalLoss(first + i));
            } else {
                sum.add(right, losses[i]);
            }
        }
    }
}
