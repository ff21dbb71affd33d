package org.espalier.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.espalier.attack.Attack;
import org.espalier.attack.Attacker;
import org.espalier.data.Split;
import org.espalier.engine.Elementwise;
import org.espalier.engine.Engine;
import org.espalier.engine.Panels;
import org.espalier.engine.Pass;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.jspecify.annotations.Nullable;

/**
 * Measures accuracy and loss of an engine's present weights on a split, natural and under attacks.
 *
 * <p>Works through the split in tiles of a few panels and allocates nothing per tile. Losses are added in the order of
 * the examples and an example's noise depends on its index in the split, so tiles change no bit of the result.
 */
public final class Evaluator {
    /** Two panels clean and two adversarial: inputs and activations of the paper's network then fit the L2 cache. */
    private static final int TILE_PANELS = 2;

    private final Engine engine;
    private final EvaluationSettings settings;
    private final int tile; // examples
    private final Pass pass;
    private final Column natural;
    private final List<Column> attacked = new ArrayList<>();
    /** Inputs of the published loss, where they are not those of an attack's accuracy anyway. */
    private @Nullable Column ownDraw;

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
        tile = tilePanels * Panels.LANES;
        pass = engine.newPass(2 * tile);
        natural = new Column(Measurement.NATURAL, null);
        settings.attacks().forEach((name, attack) -> attacked.add(new Column(name, attack.on(engine, pass))));
        if (settings.publishedLoss().orElse(null) instanceof Objective.Mixed mixed && !attacked.isEmpty()) {
            ownDraw = attacked.stream()
                    .filter(column -> column.makes(mixed.attack()) && !mixed.attack().random())
                    .findFirst()
                    .orElseGet(() -> new Column("published loss", mixed.attack().on(engine, pass)));
        }
        order = new int[tile];
        predicted = new int[tile];
        losses = new double[tile];
    }

    /** What is summed up for one kind of input. */
    private static final class Column {
        final String name;
        final @Nullable Attacker attacker; // null: clean inputs
        @Nullable Stream noise;
        int correct;
        double loss;

        Column(String name, @Nullable Attacker attacker) {
            this.name = name;
            this.attacker = attacker;
        }

        boolean makes(Attack attack) {
            return attacker != null && attacker.attack().equals(attack);
        }

        void reset(Stream measurement) {
            noise = measurement.child(name);
            correct = 0;
            loss = 0;
        }
    }

    /**
     * Measures the engine's present weights.
     *
     * @param iteration number to label the measurements with; it also numbers their noise
     * @param labelSmoothing smoothing of the labels that losses are measured against, in [0, 1)
     * @param level the level's stream; noise draws from a child of it
     * @return the natural measurement, then one per attack in the settings' order
     */
    public List<Measurement> measure(int iteration, Split split, double labelSmoothing, Stream level) {
        Stream measurement = level.child("evaluation noise").child(iteration).child(split.name());
        natural.reset(measurement);
        attacked.forEach(column -> column.reset(measurement));
        if (ownDraw != null) {
            ownDraw.reset(measurement);
        }
        for (int first = 0; first < split.size(); first += tile) {
            measureTile(split, first, Math.min(tile, split.size() - first), (float) labelSmoothing);
        }
        List<Measurement> measurements = new ArrayList<>();
        int examples = split.size();
        double naturalLoss = natural.loss / examples;
        measurements.add(new Measurement(
                iteration, split.name(), natural.name, natural.correct, examples, naturalLoss));
        for (Column column : attacked) {
            measurements.add(new Measurement(
                    iteration, split.name(), column.name, column.correct, examples,
                    reportedLoss(column, naturalLoss, examples)));
        }
        return measurements;
    }

    private double reportedLoss(Column column, double naturalLoss, int examples) {
        return switch (settings.publishedLoss().orElse(null)) {
            case null -> column.loss / examples;
            case Objective.Natural() -> naturalLoss;
            case Objective.Mixed(double share, var attack) -> {
                Column draw = ownDraw == null ? column : ownDraw;
                yield share * naturalLoss + (1 - share) * (draw.loss / examples);
            }
        };
    }

    private void measureTile(Split split, int first, int examples, float smoothing) {
        int panels = Panels.panelsFor(examples);
        for (int i = 0; i < examples; i++) {
            order[i] = first + i;
        }
        Elementwise.loadImages(split.images(), order, 0, examples, pass.input(), 0);
        engine.forward(pass, 0, panels);
        add(natural, 0, split.labels(), first, examples, smoothing);
        for (int a = 0; a < attacked.size(); a++) {
            attackTile(attacked.get(a), panels, split.labels(), first, examples, smoothing);
        }
        if (ownDraw != null && !attacked.contains(ownDraw)) {
            attackTile(ownDraw, panels, split.labels(), first, examples, smoothing);
        }
    }

    private void attackTile(Column column, int panels, int[] labels, int first, int examples, float smoothing) {
        if (column.attacker != null && column.noise != null) {
            column.attacker.perturb(labels, first, examples, column.noise, first);
        }
        engine.forward(pass, panels, panels);
        add(column, panels, labels, first, examples, smoothing);
    }

    private void add(Column column, int firstPanel, int[] labels, int first, int examples, float smoothing) {
        Elementwise.predictions(pass.logits(), firstPanel, examples, predicted, 0);
        Elementwise.crossEntropy(pass.logits(), firstPanel, labels, first, examples, smoothing, losses, 0);
        for (int i = 0; i < examples; i++) {
            column.correct += predicted[i] == labels[first + i] ? 1 : 0;
            column.loss += losses[i];
        }
    }
}
