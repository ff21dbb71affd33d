package org.espalier.lab.study.lifelong;

import java.util.Optional;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.loop.LogitLosses;
import org.espalier.lab.study.loop.LogitPass;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.OptimizerSettings;

/**
 * Trains a network of two heads on one task after the others. The auxiliary head learns from images as they come, of which few are
 * old; the main head, which classifies, learns from as many of each class. Both follow the network of the task before at
 * temperature 2, on replayed and on unlabelled images.
 */
final class Learner {
    private static final double TEMPERATURE = 2;
    private static final double MAIN = 0.5; // weight of the main head's losses, as in the source
    private static final double MOMENTUM = 0.9;
    private static final int BATCH = LogitPass.LANES;

    private final StudyContext context;
    private final Architecture architecture;
    private final Tasks tasks;
    private final Optional<Split> unlabelled;
    private final double rate;
    private final int classes; // of a head

    Learner(StudyContext context, Architecture architecture, Tasks tasks, Optional<Split> unlabelled, double rate) {
        this.context = context;
        this.architecture = architecture;
        this.tasks = tasks;
        this.unlabelled = unlabelled;
        this.rate = rate;
        classes = architecture.classes() / 2;
    }

    /** The two passes of an update, or one where nothing is to be followed. */
    private record Passes(LogitPass student, Optional<LogitPass> teacher) {}

    /**
     * Trains with a rate that falls to a tenth after 60 % of the updates, and again after 80 %.
     *
     * @param teacher network of the task before
     * @param start weights to train from
     * @param share of the rate
     * @param stream of the batches
     */
    StoredNetwork train(
            int task,
            Optional<StoredNetwork> teacher,
            Weights start,
            Mask mask,
            int updates,
            double share,
            Stream stream) {
        Engine engine = context.engine(architecture);
        engine.load(start, mask);
        Passes passes = new Passes(new LogitPass(engine, 3), teacher.map(network -> {
            Engine fixed = context.engine(architecture);
            fixed.load(network.weights(), network.mask());
            return new LogitPass(fixed, 3);
        }));
        OptimizerSettings optimizer = new OptimizerSettings.Momentum(rate * share, MOMENTUM);
        int[] mixed = tasks.mixed(task);
        for (int update = 0; update < updates; update++) {
            // Whole numbers, so that 60 % of 10 updates are 6 on every machine.
            double factor = 10L * update < 6L * updates ? 1 : 10L * update < 8L * updates ? 0.1 : 0.01;
            int panels = gradient(task, passes, mixed, update, stream.child(update));
            passes.student.step(panels, optimizer.update(update + 1, factor, 0, 0, 0));
        }
        return new StoredNetwork(engine.weights(), mask);
    }

    /** Computes the logits' gradients of a batch; gives the panels that it stands in. */
    private int gradient(int task, Passes passes, int[] mixed, int update, Stream draws) {
        int seen = tasks.seen(task);
        int old = tasks.old(task);
        int[] random = new int[BATCH];
        int[] balanced = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
            random[i] = mixed[draws.below(mixed.length, i)];
            int[] pool = tasks.pool(task, draws.below(seen, BATCH + i));
            balanced[i] = pool[draws.below(pool.length, 2 * BATCH + i)];
        }
        LogitPass student = passes.student;
        student.load(tasks.train(), random, 0);
        student.load(tasks.train(), balanced, 1);
        boolean follows = passes.teacher.isPresent();
        boolean free = follows && unlabelled.isPresent();
        if (free) {
            Split split = unlabelled.orElseThrow();
            int[] others = new int[BATCH];
            for (int i = 0; i < BATCH; i++) {
                others[i] = draws.below(split.size(), 3 * BATCH + i);
            }
            student.load(split, others, 2);
        }
        int panels = free ? 3 : 2;
        student.forward(panels);
        float[] reference = new float[architecture.classes()];
        passes.teacher.ifPresent(teacher -> {
            teacher.input().copy(student.input(), 0, 0, panels);
            teacher.forward(panels);
        });
        int[] labels = tasks.train().labels();
        int[][] images = {random, balanced};
        for (int panel = 0; panel < 2; panel++) {
            int head = panel == 0 ? classes : 0;
            int[] shown = images[panel];
            int replayed = 0;
            for (int image : shown) {
                replayed += labels[image] < old ? 1 : 0;
            }
            double weight = panel == 0 ? 1 : MAIN;
            // The divergence is a mean over all images that it is measured on.
            double each = weight / Math.max(1, replayed + (free ? BATCH : 0));
            student.loss(panel, BATCH, update, (example, logits, gradient) -> {
                int label = labels[shown[example % BATCH]];
                double loss = LogitLosses.crossEntropy(logits, head, head + seen, label, weight / BATCH, gradient);
                if (follows && label < old) {
                    passes.teacher.orElseThrow().logits(example, reference);
                    loss += LogitLosses.divergence(logits, reference, head, head + old, TEMPERATURE, each, gradient);
                }
                return loss;
            });
        }
        if (free) {
            double[] each = {MAIN / (BATCH + replayed(balanced, old)), 1.0 / (BATCH + replayed(random, old))};
            student.loss(2, BATCH, update, (example, logits, gradient) -> {
                passes.teacher.orElseThrow().logits(example, reference);
                double loss = 0;
                for (int head = 0; head < 2; head++) {
                    int from = head * classes;
                    loss += LogitLosses.divergence(
                            logits, reference, from, from + old, TEMPERATURE, each[head], gradient);
                }
                return loss;
            });
        }
        return panels;
    }

    private int replayed(int[] images, int old) {
        int count = 0;
        for (int image : images) {
            count += tasks.train().labels()[image] < old ? 1 : 0;
        }
        return count;
    }

    /**
     * Accuracy of the main head on images of classes seen so far.
     *
     * @return (task), each among all classes seen; NaN where there is no image
     */
    double[] accuracies(StoredNetwork network, int task, Split split) {
        Engine engine = context.engine(architecture);
        engine.load(network.weights(), network.mask());
        LogitPass pass = new LogitPass(engine, 1);
        int seen = tasks.seen(task);
        int[] correct = new int[task + 1];
        int[] shown = new int[task + 1];
        float[] logits = new float[architecture.classes()];
        for (int first = 0; first < split.size(); first += BATCH) {
            int[] images = new int[Math.min(BATCH, split.size() - first)];
            for (int i = 0; i < images.length; i++) {
                images[i] = first + i;
            }
            pass.load(split, images, 0);
            pass.forward(1);
            for (int i = 0; i < images.length; i++) {
                int label = split.labels()[first + i];
                if (label < seen) {
                    int of = label / tasks.each();
                    shown[of]++;
                    correct[of] += LogitLosses.predicted(pass.logits(i, logits), 0, seen) == label ? 1 : 0;
                }
            }
        }
        double[] shares = new double[task + 1];
        for (int of = 0; of <= task; of++) {
            shares[of] = (double) correct[of] / shown[of];
        }
        return shares;
    }
}
