package org.espalier.lab.study.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.attack.Attack;
import org.espalier.dynamic.RandomNodes;
import org.espalier.engine.Engine;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.StudiedTrial;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.Trainer;

/**
 * Whether drawing more masks of hidden nodes, and keeping that of the lowest initial loss, trains to a better network: a control for
 * searches, after the abstract of Farahani et al. (2024, arXiv 2403.08265), who find that it does not.
 */
@Kind("random-nodes-style")
public record RandomNodeControl(
        @Setting("data set of the search; the first if not given")
        Optional<String> dataSet,

        @Setting("objective of the search; the first if not given")
        Optional<String> objective,

        @Setting(
                value = "masks drawn in each arm; all arms are compared with the first",
                preset = "[1, 10, 100]",
                min = 1,
                minItems = 2)
        List<Integer> masks,

        @Setting(
                value = "nodes kept of each hidden layer, as a fraction",
                preset = "0.5",
                min = 0,
                above = true,
                max = 1)
        double nodes,

        @Setting(value = "repetitions, each with initial weights of its own", preset = "10", min = 2, max = 30)
        int runs,

        @Setting(
                value = "training images that the initial loss is measured on, and test images to measure",
                preset = "1000",
                min = 1)
        int images) {
    /** 0.975 quantiles of Student's distribution with 1 to 29 degrees of freedom. */
    private static final double[] STUDENT = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045
    };

    /** Registers the study. */
    public static final class Definition implements StudyKind<RandomNodeControl> {
        @Override
        public Class<RandomNodeControl> settings() {
            return RandomNodeControl.class;
        }

        @Override
        public String question() {
            return "Is the best of many random masks of nodes better than one random mask, after training?";
        }

        @Override
        public String source() {
            return "After Farahani et al. 2024 (random search of sparse networks), abstract only";
        }

        @Override
        public StudyResult run(RandomNodeControl settings, StudyContext context) {
            StudiedTrial trial = context.trials(settings.dataSet, settings.objective, Optional.empty())
                    .getFirst();
            List<double[]> measured = context.all(
                    settings.masks.size() * settings.runs,
                    task -> settings.measured(context, trial, task / settings.runs, task % settings.runs));
            return settings.result(trial, measured);
        }
    }

    /** Accuracies in %: on natural images, then under the objective's attack if it has one. */
    private double[] measured(StudyContext context, StudiedTrial trial, int arm, int run) {
        Stream stream = trial.streams().stream().child("study random nodes").child(run);
        StoredNetwork network = context.network(
                "arm-" + (arm + 1) + "-run-" + (run + 1), () -> trained(context, trial, masks.get(arm), stream));
        Engine engine = context.engine(network.mask().architecture());
        engine.load(network.weights(), network.mask());
        LinkedHashMap<String, Attack> attacks = new LinkedHashMap<>();
        trial.objective()
                .attack()
                .ifPresent(attack -> attacks.put(attack, trial.experiment().attack(attack)));
        List<Measurement> found = new Evaluator(engine, new EvaluationSettings(attacks))
                .measure(0, StudiedTrial.first(trial.splits().test(), images), 0, stream.child("measurement"));
        context.say("masks drawn " + masks.get(arm) + ", run " + (run + 1) + ": trained");
        return found.stream()
                .mapToDouble(each -> 100.0 * each.correct() / each.examples())
                .toArray();
    }

    /** All arms of a run have the same initial weights and batches, and their masks are the first of one sequence. */
    private StoredNetwork trained(StudyContext context, StudiedTrial trial, int drawn, Stream stream) {
        Architecture architecture = trial.initial(0).mask().architecture();
        Weights initial = trial.experiment().network().initial().draw(architecture, stream.child("initial weights"));
        Engine engine = context.engine(architecture);
        engine.load(initial, Mask.dense(architecture));
        Trainer trainer = new Trainer(
                engine,
                trial.splits().train(),
                Optional.of(trial.splits().validation()).filter(split -> split.size() > 0),
                trial.training(),
                stream.child("level"));
        int iterations = trial.experiment().training().iterations();
        trainer.follow(new RandomNodes(nodes, drawn, images), iterations);
        trainer.runUntil(iterations);
        return new StoredNetwork(trainer.state().weights(), trainer.mask());
    }

    private StudyResult result(StudiedTrial trial, List<double[]> measured) {
        List<String> names = new ArrayList<>(List.of("natural"));
        trial.objective().attack().ifPresent(names::add);
        List<List<String>> rows = new ArrayList<>();
        for (int what = 0; what < names.size(); what++) {
            for (int arm = 0; arm < masks.size(); arm++) {
                double[] values = new double[runs];
                double[] differences = new double[runs];
                for (int run = 0; run < runs; run++) {
                    values[run] = measured.get(arm * runs + run)[what];
                    differences[run] = values[run] - measured.get(run)[what];
                }
                double mean = mean(differences);
                double half = STUDENT[runs - 2] * deviation(differences) / Math.sqrt(runs);
                rows.add(List.of(
                        names.get(what),
                        Integer.toString(masks.get(arm)),
                        number(mean(values)),
                        number(deviation(values)),
                        arm == 0 ? "" : number(mean),
                        arm == 0 ? "" : number(mean - half) + " to " + number(mean + half),
                        arm == 0 ? "" : Math.abs(mean) > half ? "yes" : "no"));
            }
        }
        return new StudyResult(
                List.of(new StudyResult.Table(
                        "arms",
                        "The best of many random masks of nodes against " + masks.getFirst(),
                        2,
                        List.of(
                                "images",
                                "masks drawn",
                                "accuracy %",
                                "deviation",
                                "difference",
                                "95 % interval",
                                "beyond chance"),
                        rows,
                        List.of(
                                runs + " runs; differences are within runs, in points; intervals are Student's",
                                "each network trains for "
                                        + trial.experiment().training().iterations() + " updates; the first " + images
                                        + " test images"))),
                List.of());
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double deviation(double[] values) {
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / (values.length - 1));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value + 0.0);
    }
}
