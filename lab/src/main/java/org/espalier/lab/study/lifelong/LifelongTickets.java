package org.espalier.lab.study.lifelong;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.data.Splits;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.lab.study.loop.Spread;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.Pruner;
import org.espalier.prune.Scope;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Chen, Zhang, Liu, Chang and Wang, "Long live the lottery" (2021): tickets of a network that learns classes in tasks. Top-down pruning
 * prunes a little after each task; bottom-up pruning lets the ticket of the first task grow where a task needs it.
 */
@Kind("lifelong-tickets")
public record LifelongTickets(
        @Setting(value = "data set", preset = "digits") String data,

        @Setting(value = "data set whose training images are taken without labels, or none", preset = "fashion")
        String unlabelled,

        @Setting(value = "classes of each task", preset = "2", min = 1)
        int classes,

        @Setting(
                value = "prunings of 20 % after each task in top-down pruning; there are as many tasks",
                preset = "[1, 1, 2, 3, 5]",
                min = 0,
                minItems = 2)
        List<Integer> prunings,

        @Setting(value = "training images of each class to keep for later tasks", preset = "20", min = 1)
        int replay,

        @Setting(value = "widths of hidden layers", preset = "[300, 100]", min = 1)
        List<Integer> hidden,

        @Setting(value = "updates of a training", preset = "1000", min = 1)
        int updates,

        @Setting(value = "updates between prunings of one task, at 1/100 of the rate", preset = "300", min = 0)
        int between,

        @Setting(value = "learning rate of SGD with momentum 0.9", preset = "0.05", min = 0, above = true)
        double rate,

        @Setting(
                value = "accuracy in points that a smaller ticket may lose in bottom-up pruning",
                preset = "2",
                min = 0)
        double drop,

        @Setting(
                value =
                        "accuracy in points by which a ticket may be below the dense network before it grows; if negative,"
                                + " it must be above",
                preset = "1",
                min = -100)
        double slack,

        @Setting(value = "validation images, the first of the training images", preset = "5000", min = 1)
        int validation,

        @Setting(value = "runs with seeds of their own", preset = "3", min = 1)
        int runs,

        @Setting(value = "first seed", preset = "1") long seed) {

    private static final double FRACTION = 0.2;
    private static final double LEAST = 0.1; // density, of the network or of what is outside a ticket

    private enum Arm {
        DENSE,
        TOP_DOWN,
        BOTTOM_UP,
        /** Top-down with steps that end at the density of bottom-up. */
        TOP_DOWN_MATCHED;

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What one run found by an arm.
     *
     * @param density (task)
     * @param accuracy (task learnt last, task) on test images
     */
    private record Found(Arm arm, double[] density, double[][] accuracy) {
        /** Mean accuracy over the tasks so far. */
        double mean(int task) {
            return Spread.mean(accuracy[task]);
        }

        /** Mean over earlier tasks of the best accuracy before less the last. */
        double forgetting() {
            int last = accuracy.length - 1;
            double sum = 0;
            for (int task = 0; task < last; task++) {
                double best = 0;
                for (int after = task; after < last; after++) {
                    best = Math.max(best, accuracy[after][task]);
                }
                sum += best - accuracy[last][task];
            }
            return sum / last;
        }
    }

    /** Registers the study. */
    public static final class Definition implements StudyKind<LifelongTickets> {
        @Override
        public Class<LifelongTickets> settings() {
            return LifelongTickets.class;
        }

        @Override
        public String question() {
            return "Which tickets learn classes task by task: those that are pruned ever more, or those that may grow?";
        }

        @Override
        public String source() {
            return "Chen, Zhang, Liu, Chang and Wang 2021 (Long live the lottery) and their code; digits and a fully"
                    + " connected network are ours";
        }

        @Override
        public boolean needsRun() {
            return false;
        }

        @Override
        public StudyResult run(LifelongTickets settings, StudyContext context) {
            return new Study(settings, context).run();
        }
    }

    private static final class Study {
        private final LifelongTickets settings;
        private final StudyContext context;
        private final DataSet data;
        private final Splits splits;
        private final Optional<Split> unlabelled;
        private final Architecture architecture;

        Study(LifelongTickets settings, StudyContext context) {
            this.settings = settings;
            this.context = context;
            data = context.data(settings.data);
            int seen = settings.classes * settings.prunings.size();
            if (seen > data.classes()) {
                throw new UserException("classes is " + settings.classes + ", expected at most "
                        + data.classes() / settings.prunings.size() + ": data set " + data.name() + " has "
                        + data.classes() + " classes for " + settings.prunings.size() + " tasks");
            }
            splits = data.splits(settings.validation);
            unlabelled = settings.unlabelled.equals("none")
                    ? Optional.empty()
                    : Optional.of(context.data(settings.unlabelled).train());
            unlabelled.filter(split -> split.features() != data.features()).ifPresent(split -> {
                throw new UserException("unlabelled is " + settings.unlabelled + ", whose images have "
                        + split.features() + " inputs, expected the " + data.features() + " of " + data.name());
            });
            // The main head has the first logits, the auxiliary one the others.
            architecture = Architecture.of(data.features(), settings.hidden, 2 * seen, false);
        }

        StudyResult run() {
            List<Callable<List<Found>>> work = new ArrayList<>();
            for (int run = 0; run < settings.runs; run++) {
                int number = run;
                work.add(() -> {
                    Chain chain = new Chain(number);
                    return List.of(chain.dense(), chain.topDown(Arm.TOP_DOWN, FRACTION));
                });
                work.add(() -> {
                    Chain chain = new Chain(number);
                    Found bottomUp = chain.bottomUp();
                    int steps = settings.prunings.stream()
                            .mapToInt(Integer::intValue)
                            .sum();
                    double last = bottomUp.density[bottomUp.density.length - 1];
                    double fraction = steps == 0 ? 0 : 1 - StrictMath.pow(last, 1.0 / steps);
                    return List.of(bottomUp, chain.topDown(Arm.TOP_DOWN_MATCHED, fraction));
                });
            }
            return result(context.all(work).stream().flatMap(List::stream).toList());
        }

        /** One run: all that its arms share. */
        private final class Chain {
            private final int run;
            private final Stream stream;
            private final Weights initial;
            private final Learner learner;
            private final int tasks = settings.prunings.size();
            private final Pruner pruner = new Pruner(Criterion.MAGNITUDE, Scope.GLOBAL, CountingRule.EXACT);

            Chain(int run) {
                this.run = run;
                stream = Stream.root(settings.seed + run).child("lifelong tickets");
                initial = InitialWeights.GLOROT_UNIFORM.draw(architecture, stream.child("initial weights"));
                Tasks known =
                        Tasks.of(splits.train(), tasks, settings.classes, settings.replay, stream.child("replay"));
                learner = new Learner(context, architecture, known, unlabelled, settings.rate);
            }

            private StoredNetwork train(String name, int task, Optional<StoredNetwork> teacher, Mask mask) {
                return train(name, task, teacher, initial, mask, settings.updates, 1);
            }

            private StoredNetwork train(
                    String name,
                    int task,
                    Optional<StoredNetwork> teacher,
                    Weights start,
                    Mask mask,
                    int updates,
                    double share) {
                return context.network("run-" + (run + 1) + "-" + name + "-task-" + (task + 1), () -> {
                    Weights weights = start.copy();
                    weights.apply(mask);
                    // All arms see the same batches of a task.
                    StoredNetwork trained = learner.train(
                            task,
                            teacher,
                            weights,
                            mask,
                            updates,
                            share,
                            stream.child("task").child(task));
                    context.say("run " + (run + 1) + ", task " + (task + 1) + ", " + name + ": trained at density "
                            + Spread.number(mask.density(), 4));
                    return trained;
                });
            }

            private Mask prune(Mask mask, Weights trained, double fraction, Stream draws) {
                return pruner.prune(
                        mask, trained, Collections.nCopies(architecture.layers(), fraction), draws.child("pruning"));
            }

            private double validated(StoredNetwork network, int task) {
                return Spread.mean(learner.accuracies(network, task, splits.validation()));
            }

            private Found found(Arm arm, List<StoredNetwork> networks) {
                double[][] accuracy = new double[tasks][];
                for (int task = 0; task < tasks; task++) {
                    accuracy[task] = learner.accuracies(networks.get(task), task, splits.test());
                }
                return new Found(
                        arm,
                        networks.stream()
                                .mapToDouble(each -> each.mask().density())
                                .toArray(),
                        accuracy);
            }

            Found dense() {
                List<StoredNetwork> networks = new ArrayList<>();
                for (int task = 0; task < tasks; task++) {
                    networks.add(train("dense", task, last(networks), Mask.dense(architecture)));
                }
                return found(Arm.DENSE, networks);
            }

            Found topDown(Arm arm, double fraction) {
                List<StoredNetwork> networks = new ArrayList<>();
                Mask mask = Mask.dense(architecture);
                for (int task = 0; task < tasks; task++) {
                    String name = arm.text();
                    StoredNetwork network = train(name + "-before", task, last(networks), mask);
                    for (int pruning = 1; pruning <= settings.prunings.get(task); pruning++) {
                        if (pruning > 1) {
                            network = train(
                                    name + "-pruning-" + pruning,
                                    task,
                                    last(networks),
                                    network.weights(),
                                    mask,
                                    settings.between,
                                    0.01);
                        }
                        mask = prune(
                                mask,
                                network.weights(),
                                fraction,
                                stream.child(name).child(task).child(pruning));
                    }
                    networks.add(settings.prunings.get(task) == 0 ? network : train(name, task, last(networks), mask));
                }
                return found(arm, networks);
            }

            Found bottomUp() {
                List<StoredNetwork> networks = new ArrayList<>();
                for (int task = 0; task < tasks; task++) {
                    Optional<StoredNetwork> teacher = last(networks);
                    StoredNetwork full = train("bottom-up-dense", task, teacher, Mask.dense(architecture));
                    Mask ticket = task == 0 ? nothing() : networks.getLast().mask();
                    if (task > 0) {
                        StoredNetwork alone = train("bottom-up-alone", task, teacher, ticket);
                        if (validated(alone, task) >= validated(full, task) - settings.slack / 100) {
                            networks.add(alone);
                            continue;
                        }
                    }
                    networks.add(shrink(task, teacher, full, ticket));
                }
                return found(Arm.BOTTOM_UP, networks);
            }

            /** Prunes what is outside a ticket, down to a tenth or until the accuracy falls; gives the last network before. */
            private StoredNetwork shrink(int task, Optional<StoredNetwork> teacher, StoredNetwork full, Mask ticket) {
                double goal = validated(full, task) - settings.drop / 100;
                Mask outside = minus(Mask.dense(architecture), ticket);
                int least = CountingRule.EXACT.pruned(LEAST, outside.count());
                StoredNetwork network = full;
                for (int round = 1; ; round++) {
                    outside = prune(
                            outside,
                            network.weights(),
                            FRACTION,
                            stream.child("bottom-up").child(task).child(round));
                    if (outside.count() < least) {
                        return network;
                    }
                    StoredNetwork smaller = train("bottom-up-round-" + round, task, teacher, union(ticket, outside));
                    if (validated(smaller, task) < goal) {
                        return network;
                    }
                    network = smaller;
                }
            }

            private Mask nothing() {
                return Mask.of(
                        architecture,
                        IntStream.range(0, architecture.layers())
                                .mapToObj(_ -> new BitSet())
                                .toArray(BitSet[]::new));
            }

            private Mask minus(Mask mask, Mask other) {
                BitSet[] left = survivors(mask);
                for (int layer = 0; layer < left.length; layer++) {
                    left[layer].andNot(other.survivors(layer));
                }
                return Mask.of(architecture, left);
            }

            private Mask union(Mask mask, Mask other) {
                BitSet[] both = survivors(mask);
                for (int layer = 0; layer < both.length; layer++) {
                    both[layer].or(other.survivors(layer));
                }
                return Mask.of(architecture, both);
            }

            private BitSet[] survivors(Mask mask) {
                return IntStream.range(0, architecture.layers())
                        .mapToObj(mask::survivors)
                        .toArray(BitSet[]::new);
            }
        }

        private static Optional<StoredNetwork> last(List<StoredNetwork> networks) {
            return networks.isEmpty() ? Optional.empty() : Optional.of(networks.getLast());
        }

        private StudyResult result(List<Found> all) {
            int tasks = settings.prunings.size();
            List<List<String>> rows = new ArrayList<>();
            List<List<String>> steps = new ArrayList<>();
            List<StudyResult.Curve> curves = new ArrayList<>();
            for (Arm arm : Arm.values()) {
                List<Found> runs = all.stream().filter(each -> each.arm == arm).toList();
                List<String> row = new ArrayList<>(List.of(arm.text()));
                row.addAll(Spread.cells(of(runs, each -> 100 * each.density[tasks - 1]), 2));
                row.addAll(Spread.cells(of(runs, each -> 100 * each.mean(tasks - 1)), 2));
                row.addAll(Spread.cells(of(runs, each -> 100 * each.forgetting()), 2));
                rows.add(row);
                List<Double> x = new ArrayList<>();
                List<Double> y = new ArrayList<>();
                for (int task = 0; task < tasks; task++) {
                    int at = task;
                    List<String> step = new ArrayList<>(List.of(arm.text(), Integer.toString(task + 1)));
                    step.addAll(Spread.cells(of(runs, each -> 100 * each.density[at]), 2));
                    step.addAll(Spread.cells(of(runs, each -> 100 * each.mean(at)), 2));
                    steps.add(step);
                    x.add(task + 1.0);
                    y.add(100 * Spread.mean(of(runs, each -> each.mean(at))));
                }
                curves.add(new StudyResult.Curve(arm.text(), x, y));
            }
            String runs = settings.runs == 1 ? "1 run" : "means of " + settings.runs + " runs";
            return new StudyResult(
                    List.of(
                            new StudyResult.Table(
                                    "arms",
                                    "After " + tasks + " tasks of " + settings.classes + " classes of " + data.name()
                                            + ": " + runs,
                                    1,
                                    List.of(
                                            "masks",
                                            "density %",
                                            "sd",
                                            "accuracy %",
                                            "accuracy sd",
                                            "forgetting",
                                            "forgetting sd"),
                                    rows,
                                    List.of(
                                            "accuracy: mean over tasks, on test images, among all classes seen",
                                            "forgetting: mean over earlier tasks of the best accuracy before less the"
                                                    + " last, in points",
                                            "all arms replay the same " + settings.replay + " images of each class;"
                                                    + " unlabelled images: " + settings.unlabelled,
                                            "top-down-matched: top-down with steps that end at bottom-up's density",
                                            "sd: standard deviation over runs")),
                            new StudyResult.Table(
                                    "tasks",
                                    "After each task: " + runs,
                                    2,
                                    List.of("masks", "task", "density %", "sd", "accuracy %", "accuracy sd"),
                                    steps,
                                    List.of("accuracy: mean over the tasks so far"))),
                    List.of(new StudyResult.Figure(
                            "accuracy",
                            "Accuracy after each task",
                            "Mean over the tasks so far, on test images.",
                            "task",
                            "accuracy (%)",
                            curves)));
        }

        private static double[] of(List<Found> runs, ToDoubleFunction<Found> value) {
            return runs.stream().mapToDouble(value).toArray();
        }
    }
}
