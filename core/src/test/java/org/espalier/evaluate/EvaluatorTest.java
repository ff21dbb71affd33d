package org.espalier.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.espalier.attack.Attack;
import org.espalier.attack.Fgsm;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.Split;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.engine.ops.PanelOps;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.Ramp;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
    private static final Architecture NETWORK = new Architecture(List.of(6, 8, 3), true);
    private static final Stream LEVEL = Stream.root(4).child("level");
    private static final Attack FGSM = new Fgsm(0.1f, LabelChoice.TRUE);
    private static final Attack PGD = new Pgd(0.1f, 0.03f, 3, true, 1, KeptIterate.LAST, LabelChoice.PREDICTED);

    @Test
    void tilesChangeNoBit() {
        Engine engine = engine();
        Split split = split("test", 333);
        List<Measurement> expected = new Evaluator(engine, settings(Optional.empty()), 1).measure(500, split, 0, LEVEL);
        for (int tile : new int[] {2, 3, 6}) {
            assertThat(new Evaluator(engine, settings(Optional.empty()), tile).measure(500, split, 0, LEVEL))
                    .isEqualTo(expected);
        }
        assertThat(expected).extracting(Measurement::attack).containsExactly("none", "fgsm", "pgd");
        assertThat(expected).extracting(Measurement::examples).containsOnly(333);
    }

    @Test
    void floatsThatAreBytesOverTheirMostChangeNoBit() {
        Engine engine = engine();
        Split bytes = split("test", 333);
        float[] values = new float[333 * bytes.features()];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.pixel(i / bytes.features(), i % bytes.features());
        }
        Split floats = new Split("test", bytes.shape(), values, bytes.labels());
        assertThat(new Evaluator(engine, settings(Optional.empty()), 2).measure(500, floats, 0, LEVEL))
                .isEqualTo(new Evaluator(engine, settings(Optional.empty()), 2).measure(500, bytes, 0, LEVEL));
        for (int i = 0; i < bytes.features(); i++) {
            values[i] = 1 - values[i];
        }
        assertThat(new Evaluator(engine, settings(Optional.empty()), 2)
                        .measure(500, new Split("test", bytes.shape(), values, bytes.labels()), 0, LEVEL))
                .isNotEqualTo(new Evaluator(engine, settings(Optional.empty()), 2).measure(500, bytes, 0, LEVEL));
    }

    @Test
    void naturalAccuracyAndLossAreThoseOfTheTextbook() {
        Engine engine = engine();
        Split split = split("validation", 70);
        Weights weights = engine.weights();
        int correct = 0;
        double loss = 0;
        for (int e = 0; e < 70; e++) {
            double[] logits = logits(weights, split, e);
            int best = 0;
            double sum = 0;
            double all = 0;
            for (int c = 0; c < 3; c++) {
                best = logits[c] > logits[best] ? c : best;
                sum += Math.exp(logits[c]);
                all += logits[c];
            }
            correct += best == split.labels()[e] ? 1 : 0;
            loss += Math.log(sum) - 0.9 * logits[split.labels()[e]] - 0.1 * all / 3;
        }
        Measurement natural = new Evaluator(engine, settings(Optional.empty()))
                .measure(7, split, 0.1, LEVEL)
                .getFirst();
        assertThat(natural.iteration()).isEqualTo(7);
        assertThat(natural.split()).isEqualTo("validation");
        assertThat(natural.correct()).isEqualTo(correct).isBetween(5, 65);
        assertThat(natural.accuracy()).isEqualTo(correct / 70.0);
        assertThat(natural.loss()).isCloseTo(loss / 70, within(1e-5));
    }

    @Test
    void attacksRaiseTheLossAndNoiseIsDrawnAnewPerIterationAndSplit() {
        Evaluator evaluator = new Evaluator(engine(), settings(Optional.empty()));
        List<Measurement> some = evaluator.measure(0, split("test", 200), 0, LEVEL);
        assertThat(some.get(1).loss()).isGreaterThan(some.getFirst().loss());
        double pgd = some.get(2).loss();
        assertThat(evaluator.measure(0, split("test", 200), 0, LEVEL)).isEqualTo(some);
        assertThat(evaluator.measure(500, split("test", 200), 0, LEVEL).get(2).loss())
                .isNotEqualTo(pgd);
        assertThat(evaluator
                        .measure(0, split("validation", 200), 0, LEVEL)
                        .get(2)
                        .loss())
                .isNotEqualTo(pgd);
        assertThat(evaluator
                        .measure(0, split("test", 200), 0, LEVEL.child(1))
                        .get(2)
                        .loss())
                .isNotEqualTo(pgd);
    }

    @Test
    void thePublishedLossIsTheTrainingObjectiveOfADrawOfItsOwn() {
        Engine engine = engine();
        Split split = split("test", 200);
        List<Measurement> own = new Evaluator(engine, settings(Optional.empty())).measure(0, split, 0.1, LEVEL);
        double natural = own.getFirst().loss();

        List<Measurement> fgsm = published(engine, split, new Objective.Adversarial(0.5, FGSM));
        assertThat(fgsm.get(1).loss())
                .isEqualTo(0.5 * natural + 0.5 * own.get(1).loss());
        assertThat(fgsm.get(1).correct()).isEqualTo(own.get(1).correct());

        List<Measurement> pgd = published(engine, split, new Objective.Adversarial(0.5, PGD));
        double sameDraw = 0.5 * natural + 0.5 * own.get(2).loss();
        assertThat(pgd.get(2).loss()).isCloseTo(sameDraw, within(0.05)).isNotEqualTo(sameDraw);
        assertThat(pgd.get(2).correct()).isEqualTo(own.get(2).correct());
        assertThat(pgd.getFirst()).isEqualTo(own.getFirst());

        assertThat(published(engine, split, new Objective.Natural()).get(2).loss())
                .isEqualTo(natural);
    }

    @Test
    void theWorstCaseCountsWhatIsWrongAnywhereAndIsNeverAboveTheKeptPoint() {
        for (long seed = 1; seed <= 8; seed++) {
            Engine engine = engine(seed);
            Split split = split("test", 333);
            List<Measurement> kept =
                    new Evaluator(engine, worstCase(AttackedAccuracy.KEPT_POINT)).measure(0, split, 0.1, LEVEL);
            List<Measurement> worst =
                    new Evaluator(engine, worstCase(AttackedAccuracy.WORST_CASE)).measure(0, split, 0.1, LEVEL);
            assertThat(worst.getFirst()).isEqualTo(kept.getFirst());
            for (int a = 1; a < kept.size(); a++) {
                assertThat(worst.get(a).attack()).isEqualTo(kept.get(a).attack());
                assertThat(worst.get(a).examples()).isEqualTo(333);
                assertThat(worst.get(a).correct())
                        .as(worst.get(a).attack())
                        .isBetween(
                                0,
                                Math.min(kept.get(a).correct(), worst.getFirst().correct()));
            }
            assertThat(worst.get(3).correct())
                    .as("more steps, the first of them the same")
                    .isLessThanOrEqualTo(worst.get(2).correct());
        }
    }

    @Test
    void theWorstCasesLossIsTakenWhereTheAttackLeftTheExample() {
        Engine engine = engine();
        Split split = split("test", 100);
        List<Measurement> kept =
                new Evaluator(engine, worstCase(AttackedAccuracy.KEPT_POINT)).measure(0, split, 0, LEVEL);
        List<Measurement> worst =
                new Evaluator(engine, worstCase(AttackedAccuracy.WORST_CASE)).measure(0, split, 0, LEVEL);
        // One example at a time there is no sum to hide in.
        double fgsm = 0;
        for (int e = 0; e < 100; e++) {
            Split one = new Split(
                    "test", 6, Arrays.copyOfRange(split.images(), 6 * e, 6 * e + 6), new int[] {split.labels()[e]});
            List<Measurement> alone =
                    new Evaluator(engine, worstCase(AttackedAccuracy.KEPT_POINT)).measure(0, one, 0, LEVEL);
            fgsm += alone.get(alone.getFirst().correct() == 1 ? 1 : 0).loss();
        }
        assertThat(worst.get(1).loss()).isEqualTo(fgsm / 100);
        assertThat(worst.get(2).loss()).isLessThan(kept.get(2).loss());
    }

    @Test
    void theWorstCaseIsTheSameInAnyTileAndWithAnyKernels() {
        Split split = split("test", 333);
        List<Measurement> expected =
                new Evaluator(engine(), worstCase(AttackedAccuracy.WORST_CASE), 1).measure(500, split, 0, LEVEL);
        for (KernelMode kernels : KernelMode.values()) {
            Engine engine = Engines.create(NETWORK, kernels);
            engine.load(engine().weights(), Mask.dense(NETWORK));
            Evaluator evaluator = new Evaluator(engine, worstCase(AttackedAccuracy.WORST_CASE), 3);
            assertThat(evaluator.measure(500, split, 0, LEVEL)).isEqualTo(expected);
            evaluator.measure(500, split("test", 100), 0, LEVEL);
            assertThat(evaluator.measure(500, split, 0, LEVEL)).isEqualTo(expected);
        }
    }

    @Test
    void refusesThePublishedLossOfTheWorstCase() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EvaluationSettings(
                        new LinkedHashMap<>(),
                        Optional.of(new Objective.Natural()),
                        Optional.empty(),
                        AttackedAccuracy.WORST_CASE))
                .withMessageContaining("published");
    }

    @Test
    void aBrokenNetworkIsMeasuredAndNotHidden() {
        Engine engine = Engines.create(NETWORK);
        Weights weights = new Weights(NETWORK);
        weights.biases(1)[0] = Float.NaN;
        engine.load(weights, Mask.dense(NETWORK));
        for (EvaluationSettings settings :
                List.of(settings(Optional.empty()), worstCase(AttackedAccuracy.WORST_CASE))) {
            assertThat(new Evaluator(engine, settings).measure(0, split("test", 5), 0, LEVEL))
                    .allSatisfy(measurement -> assertThat(measurement.loss()).isNaN());
        }
    }

    @Test
    void refusesAnAttackOfTheNameOfCleanInputs() {
        LinkedHashMap<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put("none", FGSM);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EvaluationSettings(attacks))
                .withMessageContaining("none");
    }

    @Test
    void theWorstCaseIsThatOfTheTextbookAtTheRampsEnd() {
        Split split = split("validation", 150);
        Objective.Certified objective = new Objective.Certified(
                new Ramp(100, 900, Ramp.Shape.LINEAR),
                new Objective.FromTo(0, 0.02),
                new Objective.FromTo(1, 0.25),
                new Objective.FromTo(1, 0.3));
        EvaluationSettings.Bound bound = EvaluationSettings.Bound.last("mine", objective);
        assertThat(bound).isEqualTo(new EvaluationSettings.Bound("mine", 0.02, 0.3));
        LinkedHashMap<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put("pgd", PGD);
        Engine engine = engine();
        Evaluator evaluator = new Evaluator(
                engine,
                new EvaluationSettings(attacks, Optional.empty(), Optional.of(bound), AttackedAccuracy.KEPT_POINT));
        List<Measurement> measured = evaluator.measure(500, split, 0.1, LEVEL);
        assertThat(measured).extracting(Measurement::attack).containsExactly("none", "pgd", "mine");
        Measurement worst = measured.getLast();

        BoundEngine reference = new ReferenceEngine(NETWORK);
        reference.load(engine.weights(), engine.mask());
        BoundBuffers buffers = reference.newBoundBuffers(150, true);
        int[] order = IntStream.range(0, 150).toArray();
        PanelOps.CHOSEN.loadImages(
                split.images(), order, 0, 150, buffers.natural().input(), 0);
        reference.boundMargins(buffers, 0.02f, 0.3f, split.labels(), 0, 150);
        int[] predicted = new int[150];
        double[] losses = new double[150];
        PanelOps.CHOSEN.predictions(buffers.marginBounds(), 0, 150, predicted, 0);
        PanelOps.CHOSEN.crossEntropy(buffers.marginBounds(), 0, split.labels(), 0, 150, 0.1f, losses, 0);
        int shown = (int) IntStream.range(0, 150)
                .filter(i -> predicted[i] == split.labels()[i])
                .count();
        assertThat(worst.correct()).isEqualTo(shown).isBetween(5, 145);
        assertThat(worst.loss())
                .isCloseTo(DoubleStream.of(losses).average().orElseThrow(), within(1e-5))
                .isGreaterThan(measured.getFirst().loss());
        assertThat(worst.correct()).isLessThan(measured.getFirst().correct());

        // Nothing else changes, and no tile changes a bit of it.
        assertThat(measured.subList(0, 2))
                .isEqualTo(new Evaluator(engine, new EvaluationSettings(attacks)).measure(500, split, 0.1, LEVEL));
        assertThat(new Evaluator(
                                engine,
                                new EvaluationSettings(
                                        attacks, Optional.empty(), Optional.of(bound), AttackedAccuracy.KEPT_POINT),
                                1)
                        .measure(500, split, 0.1, LEVEL))
                .isEqualTo(measured);
    }

    @Test
    void ofWorstCasesThatAreNoNumberNothingIsShown() {
        Engine engine = Engines.create(NETWORK);
        Weights weights = new Weights(NETWORK);
        weights.biases(1)[0] = Float.NaN;
        engine.load(weights, Mask.dense(NETWORK));
        EvaluationSettings settings = new EvaluationSettings(
                new LinkedHashMap<>(),
                Optional.empty(),
                Optional.of(new EvaluationSettings.Bound("ibp", 0.1, 0)),
                AttackedAccuracy.KEPT_POINT);
        Measurement worst = new Evaluator(engine, settings)
                .measure(0, split("test", 64), 0, LEVEL)
                .getLast();
        assertThat(worst.loss()).isNaN();
        assertThat(worst.correct()).isZero();
    }

    @Test
    void refusesABoundOfTheNameOfAnAttack() {
        LinkedHashMap<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put("ibp", FGSM);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EvaluationSettings(
                        attacks,
                        Optional.empty(),
                        Optional.of(new EvaluationSettings.Bound("ibp", 0.1, 0)),
                        AttackedAccuracy.KEPT_POINT))
                .withMessageContaining("both called 'ibp'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EvaluationSettings(
                        new LinkedHashMap<>(),
                        Optional.empty(),
                        Optional.of(new EvaluationSettings.Bound("none", 0.1, 0)),
                        AttackedAccuracy.KEPT_POINT))
                .withMessageContaining("none");
    }

    private static List<Measurement> published(Engine engine, Split split, Objective objective) {
        return new Evaluator(engine, settings(Optional.of(objective))).measure(0, split, 0.1, LEVEL);
    }

    private static EvaluationSettings settings(Optional<Objective> publishedLoss) {
        LinkedHashMap<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put("fgsm", FGSM);
        attacks.put("pgd", PGD);
        return new EvaluationSettings(attacks, publishedLoss);
    }

    /** FGSM, PGD, and PGD that goes on further on the same way. */
    private static EvaluationSettings worstCase(AttackedAccuracy accuracy) {
        LinkedHashMap<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put("fgsm", FGSM);
        attacks.put("pgd", new Pgd(0.1f, 0.05f, 3, false, 1, KeptIterate.BEST, LabelChoice.TRUE));
        attacks.put("pgd-7", new Pgd(0.1f, 0.05f, 7, false, 1, KeptIterate.LAST, LabelChoice.TRUE));
        attacks.put("pgd-restarts", new Pgd(0.1f, 0.05f, 3, true, 3, KeptIterate.LAST, LabelChoice.PREDICTED));
        return new EvaluationSettings(attacks, Optional.empty(), Optional.empty(), accuracy);
    }

    private static Engine engine() {
        return engine(1);
    }

    private static Engine engine(long seed) {
        Engine engine = Engines.create(NETWORK);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(NETWORK, Stream.root(seed));
        weights.biases(0)[2] = 0.3f;
        engine.load(weights, Mask.dense(NETWORK));
        return engine;
    }

    private static Split split(String name, int size) {
        Stream draws = Stream.root(2);
        byte[] images = new byte[size * 6];
        for (int i = 0; i < images.length; i++) {
            images[i] = (byte) draws.below(256, i);
        }
        int[] labels = new int[size];
        for (int i = 0; i < size; i++) {
            labels[i] = draws.child("labels").below(3, i);
        }
        return new Split(name, 6, images, labels);
    }

    private static double[] logits(Weights weights, Split split, int example) {
        double[] hidden = new double[8];
        for (int o = 0; o < 8; o++) {
            hidden[o] = weights.biases(0)[o];
            for (int i = 0; i < 6; i++) {
                hidden[o] += weights.matrix(0)[o * 6 + i] * ((split.images()[example * 6 + i] & 0xff) / 255.0);
            }
        }
        double[] logits = new double[3];
        for (int c = 0; c < 3; c++) {
            logits[c] = weights.biases(1)[c];
            for (int o = 0; o < 8; o++) {
                logits[c] += weights.matrix(1)[c * 8 + o] * Math.max(0, hidden[o]);
            }
        }
        return logits;
    }
}
