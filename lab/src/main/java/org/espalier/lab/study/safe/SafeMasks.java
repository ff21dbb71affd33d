package org.espalier.lab.study.safe;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.lab.study.loop.LogitLosses;
import org.espalier.lab.study.loop.LogitPass;
import org.espalier.lab.study.loop.SmallestWeights;
import org.espalier.lab.study.loop.Spread;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.OptimizerSettings;

/**
 * He, Han, Nie, Yu and Chang, "Not all parameters should be treated equally: deep safe semi-supervised learning under class distribution
 * mismatch" (2022): a mask that is learnt on labelled images keeps unlabelled images of unknown classes from doing harm.
 */
@Kind("safe-semi-supervised")
public record SafeMasks(
        @Setting(value = "data set", preset = "digits") String data,

        @Setting(value = "classes from 0 that have labelled images", preset = "6", min = 2)
        int known,

        @Setting(value = "labelled images of each known class, and as many for validation", preset = "10", min = 1)
        int labelled,

        @Setting(value = "unlabelled images", preset = "20000", min = 1)
        int unlabelled,

        @Setting(value = "share of unlabelled images of other classes", preset = "0.6", min = 0, max = 1)
        double mismatch,

        @Setting(value = "widths of hidden layers", preset = "[300, 100]", min = 1)
        List<Integer> hidden,

        @Setting(value = "updates of the first training", preset = "10000", min = 1)
        int updates,

        @Setting(value = "updates of each later training", preset = "2000", min = 1)
        int tuning,

        @Setting(value = "rounds of learning a mask and training with it", preset = "2", min = 1)
        int rounds,

        @Setting(value = "updates that learn a mask", preset = "300", min = 1)
        int epochs,

        @Setting(
                value = "share of the weights to prune, the last layer's apart",
                preset = "0.5",
                min = 0,
                max = 1,
                below = true)
        double pruned,

        @Setting(value = "L2 radius of virtual adversarial training", preset = "1.5", min = 0, above = true)
        double radius,

        @Setting(value = "weight of the loss of unlabelled images", preset = "1", min = 0)
        double weight,

        @Setting(value = "learning rate of Adam", preset = "0.001", min = 0, above = true)
        double rate,

        @Setting(value = "runs with seeds of their own", preset = "5", min = 1)
        int runs,

        @Setting(value = "first seed", preset = "1") long seed) {

    private enum Arm {
        SUPERVISED,
        /** With the labels that masks are learnt on. */
        SUPERVISED_MORE_LABELS,
        SEMI_SUPERVISED,
        /** For as many updates as masked networks, without a mask. */
        SEMI_SUPERVISED_LONGER,
        LEARNT_MASKS,
        RANDOM_MASKS;

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private record Found(double density, double accuracy) {}

    /** Registers the study. */
    public static final class Definition implements StudyKind<SafeMasks> {
        @Override
        public Class<SafeMasks> settings() {
            return SafeMasks.class;
        }

        @Override
        public String question() {
            return "Do learnt masks keep unlabelled images of unknown classes from doing harm?";
        }

        @Override
        public String source() {
            return "He, Han, Nie, Yu and Chang 2022 and their code; digits, a fully connected network and two controls are"
                    + " ours";
        }

        @Override
        public boolean needsRun() {
            return false;
        }

        @Override
        public StudyResult run(SafeMasks settings, StudyContext context) {
            DataSet data = context.data(settings.data);
            if (settings.known >= data.classes()) {
                throw new UserException("known is " + settings.known + ", expected fewer than the " + data.classes()
                        + " classes of " + data.name());
            }
            return settings.result(
                    data, context.all(settings.runs, run -> new Run(settings, context, data, run).all()));
        }
    }

    private static final class Run {
        private final SafeMasks settings;
        private final StudyContext context;
        private final int run;
        private final Stream stream;
        private final Pools pools;
        private final Architecture architecture;

        Run(SafeMasks settings, StudyContext context, DataSet data, int run) {
            this.settings = settings;
            this.context = context;
            this.run = run;
            stream = Stream.root(settings.seed + run).child("safe masks");
            pools = Pools.of(
                    data,
                    settings.known,
                    settings.labelled,
                    settings.unlabelled,
                    settings.mismatch,
                    stream.child("pools"));
            architecture = Architecture.of(data.features(), settings.hidden, settings.known, false);
        }

        List<Found> all() {
            Weights initial = InitialWeights.GLOROT_UNIFORM.draw(architecture, stream.child("initial weights"));
            Mask dense = Mask.dense(architecture);
            List<Found> found = new ArrayList<>();
            Split more = Pools.both(pools.labelled(), pools.validation());
            found.add(found(train("supervised", initial, dense, pools.labelled(), false, settings.updates, 0)));
            found.add(found(train("supervised-more", initial, dense, more, false, settings.updates, 0)));
            StoredNetwork semi = train("semi-supervised", initial, dense, pools.labelled(), true, settings.updates, 0);
            found.add(found(semi));
            StoredNetwork longer = semi;
            for (int round = 1; round <= settings.rounds; round++) {
                longer = train(
                        "longer-" + round, longer.weights(), dense, pools.labelled(), true, settings.tuning, round);
            }
            found.add(found(longer));
            int[] counts = counts(semi.weights());
            found.add(found(masked("learnt", semi.weights(), counts, true)));
            found.add(found(masked("random", semi.weights(), counts, false)));
            return found;
        }

        private Found found(StoredNetwork network) {
            return new Found(network.mask().density(), accuracy(network));
        }

        /** Weights to keep of each layer: those of largest magnitude in all layers but the last, which keeps all. */
        private int[] counts(Weights weights) {
            int last = architecture.layers() - 1;
            int[] counts = new int[last + 1];
            int size = architecture.weights() - architecture.weights(last);
            double[] together = new double[size];
            int next = 0;
            for (int layer = 0; layer < last; layer++) {
                for (float value : weights.matrix(layer)) {
                    together[next++] = value;
                }
            }
            BitSet all = new BitSet(size);
            all.set(0, size);
            BitSet left = SmallestWeights.prune(
                    all, together, CountingRule.EXACT.pruned(settings.pruned, size), stream.child("quota"));
            int from = 0;
            for (int layer = 0; layer < last; layer++) {
                int to = from + architecture.weights(layer);
                counts[layer] = Math.max(1, left.get(from, to).cardinality());
                from = to;
            }
            counts[last] = architecture.weights(last);
            return counts;
        }

        private StoredNetwork masked(String name, Weights start, int[] counts, boolean learnt) {
            Weights whole = start.copy(); // pruned weights keep their value for the next mask
            StoredNetwork network = new StoredNetwork(whole, Mask.dense(architecture));
            for (int round = 1; round <= settings.rounds; round++) {
                int number = round;
                Stream draws = stream.child(name).child(round);
                Weights present = whole.copy();
                network = context.network("run-" + (run + 1) + "-" + name + "-" + round, () -> {
                    ScoredMask scores = new ScoredMask(architecture, counts, draws);
                    if (learnt) {
                        scores.learn(context.engine(architecture), present, pools.validation(), settings.epochs);
                    }
                    return trained(name, present, scores.mask(), pools.labelled(), true, settings.tuning, number);
                });
                for (int layer = 0; layer < architecture.layers(); layer++) {
                    float[] values = network.weights().matrix(layer);
                    for (int i = 0; i < values.length; i++) {
                        if (network.mask().keeps(layer, i)) {
                            whole.matrix(layer)[i] = values[i];
                        }
                    }
                }
            }
            return network;
        }

        private StoredNetwork train(
                String name, Weights start, Mask mask, Split labelled, boolean semi, int updates, int round) {
            return context.network(
                    "run-" + (run + 1) + "-" + name, () -> trained(name, start, mask, labelled, semi, updates, round));
        }

        /** Trains with a fresh optimizer; all arms see the same batches of a round. */
        private StoredNetwork trained(
                String name, Weights start, Mask mask, Split labelled, boolean semi, int updates, int round) {
            Weights weights = start.copy();
            weights.apply(mask);
            Engine engine = context.engine(architecture);
            engine.load(weights, mask);
            LogitPass pass = new LogitPass(engine, 2);
            Optional<VirtualAdversary> adversary = semi ? Optional.of(new VirtualAdversary(engine)) : Optional.empty();
            OptimizerSettings optimizer = new OptimizerSettings.Adam(settings.rate);
            Stream batches = stream.child("batches").child(round);
            int[] shown = new int[LogitPass.LANES];
            int[] free = new int[LogitPass.LANES];
            for (int update = 0; update < updates; update++) {
                Stream draws = batches.child(update);
                for (int i = 0; i < shown.length; i++) {
                    shown[i] = draws.below(labelled.size(), i);
                    free[i] = draws.below(pools.unlabelled().size(), shown.length + i);
                }
                int panels = 1;
                if (adversary.isPresent()) {
                    adversary
                            .get()
                            .move(
                                    pools.unlabelled(),
                                    free,
                                    settings.radius,
                                    update,
                                    draws.child("direction"),
                                    pass.input(),
                                    1);
                    panels = 2;
                }
                pass.load(labelled, shown, 0);
                pass.forward(panels);
                pass.loss(
                        0,
                        shown.length,
                        update,
                        (example, logits, gradient) -> LogitLosses.crossEntropy(
                                logits,
                                0,
                                logits.length,
                                labelled.labels()[shown[example]],
                                1.0 / shown.length,
                                gradient));
                if (adversary.isPresent()) {
                    VirtualAdversary made = adversary.get();
                    pass.loss(
                            1,
                            free.length,
                            update,
                            (example, logits, gradient) -> LogitLosses.divergence(
                                    logits,
                                    made.reference(example - LogitPass.LANES),
                                    0,
                                    logits.length,
                                    1,
                                    settings.weight / free.length,
                                    gradient));
                }
                pass.step(panels, optimizer.update(update + 1, 1, 0, 0, 0));
            }
            context.say("run " + (run + 1) + ", " + name + ": trained");
            return new StoredNetwork(engine.weights(), mask);
        }

        private double accuracy(StoredNetwork network) {
            Engine engine = context.engine(architecture);
            engine.load(network.weights(), network.mask());
            LogitPass pass = new LogitPass(engine, 1);
            float[] logits = new float[settings.known];
            Split test = pools.test();
            int correct = 0;
            for (int first = 0; first < test.size(); first += LogitPass.LANES) {
                int[] images = new int[Math.min(LogitPass.LANES, test.size() - first)];
                for (int i = 0; i < images.length; i++) {
                    images[i] = first + i;
                }
                pass.load(test, images, 0);
                pass.forward(1);
                for (int i = 0; i < images.length; i++) {
                    int predicted = LogitLosses.predicted(pass.logits(i, logits), 0, logits.length);
                    correct += predicted == test.labels()[first + i] ? 1 : 0;
                }
            }
            return (double) correct / test.size();
        }
    }

    private StudyResult result(DataSet data, List<List<Found>> all) {
        List<List<String>> rows = new ArrayList<>();
        for (Arm arm : Arm.values()) {
            int at = arm.ordinal();
            List<String> row = new ArrayList<>(List.of(arm.text()));
            row.addAll(Spread.cells(
                    all.stream().mapToDouble(run -> 100 * run.get(at).density).toArray(), 2));
            row.remove(2); // the same in all runs but for rounding of layers
            row.addAll(Spread.cells(
                    all.stream().mapToDouble(run -> 100 * run.get(at).accuracy).toArray(), 2));
            row.addAll(Spread.cells(
                    all.stream()
                            .mapToDouble(run -> 100 * (run.get(at).accuracy - run.getFirst().accuracy))
                            .toArray(),
                    2));
            rows.add(row);
        }
        return new StudyResult(
                List.of(new StudyResult.Table(
                        "arms",
                        known + " known classes of " + data.name() + ", "
                                + Spread.number(100 * mismatch, 0) + " % of unlabelled images of others: "
                                + (runs == 1 ? "1 run" : "means of " + runs + " runs"),
                        1,
                        List.of("training", "density %", "accuracy %", "sd", "minus supervised", "sd of difference"),
                        rows,
                        List.of(
                                "accuracy: on test images of known classes, at the last update",
                                "labelled images: " + labelled + " of each known class; masks are learnt on as many"
                                        + " others, which supervised-more-labels trains on too",
                                "semi-supervised: virtual adversarial training on " + unlabelled
                                        + " unlabelled images, radius " + radius,
                                "semi-supervised-longer: as many updates as with masks; random masks keep as many weights"
                                        + " of each layer as learnt ones",
                                "sd: standard deviation over runs; differences are within a run"))),
                List.of());
    }
}
