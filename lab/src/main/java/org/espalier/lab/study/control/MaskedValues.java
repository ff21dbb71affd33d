package org.espalier.lab.study.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.lab.study.loop.Spread;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.DivergedException;

/**
 * Several masks in one network that learns values of actions, after Tan, Pan and Huang, "One is more: diverse perspectives within a
 * single network for efficient DRL" (2023), of which only the abstract could be had.
 */
@Kind("masked-values-style")
public record MaskedValues(
        @Setting(value = "steps of the cart in each training", preset = "200000", min = 1)
        int steps,

        @Setting(value = "hidden layers", preset = "[128, 128]", min = 1, max = 4096, minItems = 1)
        List<Integer> hidden,

        @Setting(value = "masks of one network, or sparse networks", preset = "3", min = 1, max = 64)
        int masks,

        @Setting(
                value = "share of each layer's weights that a mask keeps",
                preset = "0.5",
                min = 0,
                max = 1,
                above = true)
        double density,

        @Setting(value = "steps drawn for an update", preset = "64", min = 1, max = 4096)
        int batch,

        @Setting(value = "last steps that are drawn from", preset = "10000", min = 1)
        int buffer,

        @Setting(value = "steps before the first update", preset = "1000", min = 1)
        int warmUp,

        @Setting(value = "learning rate of Adam", preset = "0.0005", min = 0, above = true)
        double rate,

        @Setting(value = "discount of later rewards", preset = "0.99", min = 0, max = 1, below = true)
        double discount,

        @Setting(value = "steps between copies to the target network", preset = "500", min = 1)
        int target,

        @Setting(value = "share of random actions at the end", preset = "0.05", min = 0, max = 1)
        double exploration,

        @Setting(
                value = "share of the steps in which random actions fall to that share, from all",
                preset = "0.1",
                min = 0,
                max = 1)
        double decline,

        @Setting(
                value = "standard deviation of noise on the observed state, in those of the state under random actions",
                preset = "0.5",
                min = 0)
        double noise,

        @Setting(
                value =
                        "radius of FGSM on the observed state, in standard deviations of the state under random actions",
                preset = "0.5",
                min = 0)
        double epsilon,

        @Setting(value = "episodes of each measurement", preset = "100", min = 1, max = 10000)
        int episodes,

        @Setting(value = "runs with seeds of their own", preset = "5", min = 1)
        int runs,

        @Setting(value = "first seed", preset = "1") long seed) {

    /** Gym's mean reward from which CartPole-v1 counts as solved. */
    private static final double GOAL = 475;

    private enum Arm {
        DENSE,
        /** Masks of one network, targets of their mean. */
        SHARED_MEAN,
        /** Masks of one network, targets of their minimum. */
        SHARED_MIN,
        /** The same masks of as many networks, targets of their mean. */
        INDEPENDENT,
        /** The first mask. */
        SPARSE;

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What an arm's policy reaches; not finite if it diverged.
     *
     * @param value of first states, as the network has it
     * @param curve (point) mean reward of the episodes of training
     */
    private record Found(double reward, double noisy, double attacked, double value, double[] curve) {
        static Found of(double[] numbers) {
            return new Found(
                    numbers[0], numbers[1], numbers[2], numbers[3], Arrays.copyOfRange(numbers, 4, numbers.length));
        }

        static double[] diverged() {
            double[] numbers = new double[4 + Learner.POINTS];
            Arrays.fill(numbers, Double.NaN);
            return numbers;
        }

        boolean whole() {
            return Double.isFinite(reward);
        }

        String state() {
            return !whole() ? "diverged" : reward >= GOAL ? "yes" : "no";
        }
    }

    /** Registers the study. */
    public static final class Definition implements StudyKind<MaskedValues> {
        @Override
        public Class<MaskedValues> settings() {
            return MaskedValues.class;
        }

        @Override
        public String question() {
            return "Do several masks in one network learn values of actions better than one network, and withstand more?";
        }

        @Override
        public String source() {
            return "After Tan, Pan and Huang 2023 (OMNet), abstract only; CartPole, Q-learning and all settings are ours";
        }

        @Override
        public boolean needsRun() {
            return false;
        }

        @Override
        public StudyResult run(MaskedValues settings, StudyContext context) {
            return new Study(settings, context).run();
        }
    }

    private static final class Study {
        private final MaskedValues settings;
        private final StudyContext context;
        private final Layout layout;
        private final double[] scales = RandomActions.scales();

        Study(MaskedValues settings, StudyContext context) {
            this.settings = settings;
            this.context = context;
            layout = Layout.of(settings.hidden);
            if (settings.warmUp >= settings.steps) {
                throw new UserException(
                        "warm-up is " + settings.warmUp + ", expected less than steps, " + settings.steps);
            }
            for (int layer = 0; layer < layout.layers(); layer++) {
                if (Links.survivors(layout, layer, settings.density) == 0) {
                    throw new UserException("density is " + settings.density
                            + ", expected enough to keep one of the " + layout.weights(layer) + " weights of layer "
                            + (layer + 1));
                }
            }
        }

        StudyResult run() {
            Arm[] arms = Arm.values();
            List<Found> all = context.all(
                    settings.runs * arms.length, task -> found(task / arms.length, arms[task % arms.length]));
            return result(arm -> IntStream.range(0, settings.runs)
                    .mapToObj(run -> all.get(run * arms.length + arm.ordinal()))
                    .toList());
        }

        private Stream stream(int run) {
            return Stream.root(settings.seed + run).child("masked values");
        }

        private Members members(Arm arm, Stream stream) {
            if (arm == Arm.DENSE) {
                return new Members(
                        layout,
                        List.of(layout.initial(
                                1, stream.child("initial weights").child(0))),
                        List.of(Links.dense(layout)));
            }
            List<Links> masks = new ArrayList<>();
            List<double[]> parameters = new ArrayList<>();
            for (int member = 0; member < (arm == Arm.SPARSE ? 1 : settings.masks); member++) {
                masks.add(Links.random(
                        layout, settings.density, stream.child("masks").child(member)));
                if (member == 0 || arm == Arm.INDEPENDENT) {
                    parameters.add(layout.initial(
                            settings.density, stream.child("initial weights").child(member)));
                }
            }
            return new Members(layout, parameters, masks);
        }

        private Found found(int run, Arm arm) {
            String name = "run-" + (run + 1) + "-" + arm.text();
            return Found.of(context.numbers(name, () -> {
                Members members = members(arm, stream(run));
                double[] numbers = Found.diverged();
                try {
                    double[] curve = new Learner(plan(arm), members, stream(run).child("training")).train();
                    GreedyPolicy policy = new GreedyPolicy(
                            members, scales, settings.episodes, stream(run).child("evaluation"));
                    numbers[0] = policy.reward(0, 0);
                    numbers[1] = policy.reward(settings.noise, 0);
                    numbers[2] = policy.reward(0, settings.epsilon);
                    numbers[3] = policy.value();
                    System.arraycopy(curve, 0, numbers, 4, curve.length);
                } catch (DivergedException e) {
                    context.say(name + ": " + e.getMessage());
                    return numbers;
                }
                context.say(name + ": mean reward " + Spread.number(numbers[0], 1));
                return numbers;
            }));
        }

        private Learner.Plan plan(Arm arm) {
            return new Learner.Plan(
                    settings.steps,
                    settings.batch,
                    settings.buffer,
                    settings.warmUp,
                    settings.rate,
                    settings.discount,
                    settings.target,
                    settings.exploration,
                    settings.decline,
                    arm == Arm.SHARED_MIN);
        }

        /** Weights that an arm trains, as a share of those of the dense network, in percent. */
        private double trained(Arm arm, int run) {
            Members members = members(arm, stream(run));
            int biases = layout.parameters() - layout.weights();
            int sum = 0;
            if (members.parameters().size() > 1) {
                sum = members.masks().stream().mapToInt(Links::count).sum();
            } else {
                BitSet union = new BitSet();
                members.masks().forEach(mask -> mask.mark(layout, union));
                sum = union.cardinality() - biases;
            }
            return 100.0 * sum / layout.weights();
        }

        /** The runs of an arm. */
        private interface Runs {
            List<Found> of(Arm arm);
        }

        private StudyResult result(Runs runs) {
            String means = settings.runs == 1 ? "1 run" : "means of " + settings.runs + " runs";
            String unit = "unit of noise and radius: " + Spread.number(scales[0], 3) + " m, "
                    + Spread.number(scales[1], 3) + " m/s, " + Spread.number(scales[2], 3) + " rad, "
                    + Spread.number(scales[3], 3) + " rad/s, the standard deviations under random actions";
            return new StudyResult(
                    List.of(
                            new StudyResult.Table(
                                    "arms",
                                    "CartPole, networks " + layout + ", after " + settings.steps + " steps: " + means,
                                    1,
                                    List.of(
                                            "arm",
                                            "weights trained %",
                                            "reward",
                                            "sd",
                                            "reward with noise",
                                            "noise sd",
                                            "reward under FGSM",
                                            "FGSM sd",
                                            "value of first states",
                                            "value sd",
                                            "runs solved",
                                            "runs diverged"),
                                    arms(runs),
                                    List.of(
                                            "reward: mean steps of " + settings.episodes
                                                    + " episodes, at most 500, of the greedy policy, which takes the"
                                                    + " action of the largest mean value over masks",
                                            "noise: normal, " + settings.noise + " standard deviations; FGSM: one step"
                                                    + " of " + settings.epsilon + " against the chosen action",
                                            unit,
                                            "value: of the best action, as the network has it; no policy gets more than "
                                                    + Spread.number(1 / (1 - settings.discount), 2),
                                            "solved: mean reward of at least 475, Gym's threshold",
                                            "sd: standard deviation over runs; an arm with a run that diverged has no"
                                                    + " mean, and the table of runs has the others")),
                            new StudyResult.Table(
                                    "reading",
                                    "Differences by run: " + means,
                                    2,
                                    List.of(
                                            "arm",
                                            "less",
                                            "reward",
                                            "sd",
                                            "reward with noise",
                                            "noise sd",
                                            "reward under FGSM",
                                            "FGSM sd",
                                            "runs with more reward"),
                                    reading(runs),
                                    List.of("arms of a run share first states, random actions and masks; networks of"
                                            + " equal masks share initial weights")),
                            new StudyResult.Table(
                                    "runs",
                                    "Each run",
                                    2,
                                    List.of(
                                            "run",
                                            "arm",
                                            "reward",
                                            "reward with noise",
                                            "reward under FGSM",
                                            "value of first states",
                                            "solved"),
                                    each(runs),
                                    List.of())),
                    List.of(new StudyResult.Figure(
                            "learning",
                            "Reward in training",
                            "Mean steps of the episodes that end in each twentieth of training, with random actions.",
                            "step",
                            "reward",
                            curves(runs))));
        }

        private List<List<String>> arms(Runs runs) {
            List<List<String>> rows = new ArrayList<>();
            List<String> random = new ArrayList<>(List.of("random actions", ""));
            random.addAll(Spread.cells(
                    IntStream.range(0, settings.runs)
                            .mapToDouble(run -> RandomActions.reward(
                                    settings.episodes, stream(run).child("evaluation")))
                            .toArray(),
                    1));
            random.addAll(List.of("", "", "", "", "", "", "", ""));
            rows.add(random);
            for (Arm arm : Arm.values()) {
                List<Found> found = runs.of(arm);
                List<String> row = new ArrayList<>(List.of(
                        arm.text(),
                        Spread.number(
                                Spread.mean(IntStream.range(0, settings.runs)
                                        .mapToDouble(run -> trained(arm, run))
                                        .toArray()),
                                1)));
                row.addAll(Spread.cells(of(found, Found::reward), 1));
                row.addAll(Spread.cells(of(found, Found::noisy), 1));
                row.addAll(Spread.cells(of(found, Found::attacked), 1));
                row.addAll(Spread.cells(of(found, Found::value), 1));
                row.add(count(found.stream().filter(each -> each.reward >= GOAL).count()));
                row.add(count(found.stream().filter(each -> !each.whole()).count()));
                rows.add(row);
            }
            return rows;
        }

        private String count(long runs) {
            return runs + " of " + settings.runs;
        }

        private List<List<String>> reading(Runs runs) {
            List<List<String>> rows = new ArrayList<>();
            for (Arm other : List.of(Arm.DENSE, Arm.SPARSE)) {
                for (Arm arm : Arm.values()) {
                    if (arm == Arm.DENSE || arm == other) {
                        continue;
                    }
                    double[] reward = less(runs.of(arm), runs.of(other), Found::reward);
                    List<String> row = new ArrayList<>(List.of(arm.text(), other.text()));
                    row.addAll(Spread.cells(reward, 1));
                    row.addAll(Spread.cells(less(runs.of(arm), runs.of(other), Found::noisy), 1));
                    row.addAll(Spread.cells(less(runs.of(arm), runs.of(other), Found::attacked), 1));
                    row.add(count(Arrays.stream(reward).filter(each -> each > 0).count()));
                    rows.add(row);
                }
            }
            return rows;
        }

        private List<List<String>> each(Runs runs) {
            List<List<String>> rows = new ArrayList<>();
            for (int run = 0; run < settings.runs; run++) {
                for (Arm arm : Arm.values()) {
                    Found found = runs.of(arm).get(run);
                    rows.add(List.of(
                            Integer.toString(run + 1),
                            arm.text(),
                            text(found.reward),
                            text(found.noisy),
                            text(found.attacked),
                            text(found.value),
                            found.state()));
                }
            }
            return rows;
        }

        private static String text(double value) {
            return Double.isFinite(value) ? Spread.number(value, 1) : "";
        }

        private List<StudyResult.Curve> curves(Runs runs) {
            List<StudyResult.Curve> curves = new ArrayList<>();
            for (Arm arm : Arm.values()) {
                List<Double> x = new ArrayList<>();
                List<Double> y = new ArrayList<>();
                for (int point = 0; point < Learner.POINTS; point++) {
                    int at = point;
                    double mean = Spread.mean(of(runs.of(arm), each -> each.curve[at]));
                    if (Double.isFinite(mean)) {
                        x.add((double) settings.steps * (point + 1) / Learner.POINTS);
                        y.add(mean);
                    }
                }
                curves.add(new StudyResult.Curve(arm.text(), x, y));
            }
            return curves;
        }

        private static double[] of(List<Found> runs, ToDoubleFunction<Found> value) {
            return runs.stream().mapToDouble(value).toArray();
        }

        private static double[] less(List<Found> runs, List<Found> others, ToDoubleFunction<Found> value) {
            double[] differences = of(runs, value);
            for (int run = 0; run < differences.length; run++) {
                differences[run] -= value.applyAsDouble(others.get(run));
            }
            return differences;
        }
    }
}
