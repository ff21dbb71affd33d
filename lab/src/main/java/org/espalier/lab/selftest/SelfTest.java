package org.espalier.lab.selftest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.data.Splits;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.evaluate.rules.Assessment;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Step;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.evaluate.suite.Suites;
import org.espalier.lab.robustness.EvaluationSteps;
import org.espalier.lab.robustness.SuiteEvaluation;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;

/**
 * A test of evaluation itself: the suite {@code standard} and the rules on networks whose correct result is known. It trains
 * the networks first, from one fixed seed.
 */
public final class SelfTest {
    private static final int IMAGES = 128;
    private static final int UPDATES = 400;
    private static final int QUANTISED = 8;
    private static final float EPSILON = 0.3f;
    private static final float LINEAR_EPSILON = 0.04f;
    private static final float SATURATION = 1e6f;

    private final Splits data;
    private final int classes;
    private final int jobs;
    private final int images;

    /**
     * A self-test on the digits.
     *
     * @param jobs threads
     */
    public SelfTest(DataSet digits, int jobs) {
        this(digits, jobs, IMAGES);
    }

    /**
     * A self-test on fewer images, for tests.
     *
     * @param images an even number
     */
    SelfTest(DataSet digits, int jobs, int images) {
        this.images = images;
        data = digits.splits(DataSet.PAPER_VALIDATION);
        classes = digits.classes();
        this.jobs = jobs;
    }

    /**
     * The result for one network.
     *
     * @param name description of the network
     * @param expected the correct result, in words
     * @param found the result of the evaluation, in words
     * @param right whether they agree
     */
    public record Answer(String name, String expected, String found, boolean right) {}

    /**
     * Runs all cases, one after the other.
     *
     * @param shown receives each result as soon as it is there
     */
    public List<Answer> run(Consumer<Answer> shown) {
        Weights undefended = train(List.of(64));
        Weights linear = train(List.of());
        List<Supplier<Answer>> cases = List.of(
                () -> undefended(undefended),
                () -> saturated(undefended),
                () -> quantised(undefended),
                () -> linear(linear));
        List<Answer> answers = new ArrayList<>();
        for (Supplier<Answer> one : cases) {
            Answer answer = one.get();
            shown.accept(answer);
            answers.add(answer);
        }
        return answers;
    }

    private Answer undefended(Weights weights) {
        Assessment found = assess(() -> engine(weights), EPSILON);
        return new Answer(
                "undefended network",
                "robust accuracy 2 % at most, and no rule broken",
                describe(found),
                found.worst().accuracy() <= 0.02 && verdict(found) == Verdict.PASS);
    }

    private Answer saturated(Weights weights) {
        Weights scaled = weights.copy();
        float[] last = scaled.matrix(scaled.architecture().layers() - 1);
        for (int i = 0; i < last.length; i++) {
            last[i] *= SATURATION;
        }
        Assessment found = assess(() -> engine(scaled), EPSILON);
        return new Answer(
                "the same with saturated logits (last layer times " + (int) SATURATION + ")",
                "rule gradient broken, and no more robust accuracy than before",
                describe(found),
                broken(found, Rule.GRADIENT) && found.worst().accuracy() <= 0.02);
    }

    private Answer quantised(Weights weights) {
        Assessment found = assess(() -> new QuantisingEngine(engine(weights), QUANTISED), EPSILON);
        return new Answer(
                "the same behind inputs rounded to multiples of 1/" + QUANTISED,
                "rules gradient and white-box broken",
                describe(found),
                broken(found, Rule.GRADIENT) && broken(found, Rule.WHITE_BOX));
    }

    private Answer linear(Weights weights) {
        Assessment found = assess(() -> engine(weights), LINEAR_EPSILON);
        Outcomes exact = LinearBound.withstands(weights, data.test(), images, LINEAR_EPSILON);
        return new Answer(
                "linear classifier at epsilon " + LINEAR_EPSILON,
                String.format(
                        Locale.ROOT, "its exact robust accuracy, %.2f %%, and no rule broken", 100 * exact.accuracy()),
                describe(found),
                found.worst().equals(exact) && verdict(found) == Verdict.PASS);
    }

    private static Verdict verdict(Assessment assessment) {
        return Verdict.worst(assessment.findings());
    }

    private static boolean broken(Assessment assessment, Rule rule) {
        return assessment.findings().stream()
                .anyMatch(finding -> finding.rule() == rule && finding.verdict() == rule.ifBroken());
    }

    private static String describe(Assessment assessment) {
        List<String> broken = assessment.findings().stream()
                .filter(finding -> finding.verdict() == finding.rule().ifBroken())
                .map(Finding::rule)
                .map(Rule::id)
                .toList();
        return String.format(
                Locale.ROOT,
                "natural %.2f %%, robust %.2f %%, %s",
                100 * assessment.clean().accuracy(),
                100 * assessment.worst().accuracy(),
                broken.isEmpty() ? "no rule broken" : verdict(assessment) + ", broken: " + String.join(", ", broken));
    }

    private static Engine engine(Weights weights) {
        Engine engine = Engines.create(weights.architecture());
        engine.load(weights, Mask.dense(weights.architecture()));
        return engine;
    }

    private Weights train(List<Integer> hidden) {
        Split train = data.train();
        Architecture architecture = Architecture.of(train.features(), hidden, classes, false);
        Stream stream = Stream.root(1).child("self-test").child(hidden.size());
        Engine engine = engine(InitialWeights.GLOROT_UNIFORM.draw(architecture, stream.child("initial weights")));
        Trainer trainer = new Trainer(
                engine,
                train,
                new TrainingSettings(
                        new Objective.Natural(), new OptimizerSettings.Adam(0.0012, 0.9, 0.999, 1e-7), 60, 0, 0, 0),
                stream);
        while (trainer.iteration() < UPDATES) {
            trainer.step();
        }
        return engine.weights();
    }

    /** The suite and the rules on the first test images, in two halves that may run at the same time. */
    private Assessment assess(Supplier<Engine> engine, float epsilon) {
        ThreatModel threat = new ThreatModel(Norm.LINF, epsilon);
        List<Step> steps = EvaluationSteps.of(Suites.named("standard", Norm.LINF, classes), threat);
        Split attacked = data.test().part("test", 0, images);
        return SuiteEvaluation.run(engine, classes, attacked, steps, images / 2, jobs);
    }
}
