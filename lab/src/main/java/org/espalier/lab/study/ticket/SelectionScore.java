package org.espalier.lab.study.ticket;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.espalier.UserException;
import org.espalier.attack.Attack;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.StudiedTrial;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.lab.study.loop.Ranks;
import org.espalier.loss.Softmax;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * A score that selects tickets without attacks: validation accuracy minus lambda times the mean divergence of outputs under random
 * noise. After the fitness of Xie et al., "Adversarially robust neural architecture search for graph neural networks" (2023).
 */
@Kind("selection-score-style")
public record SelectionScore(
        @Setting("data set of the search; the first if not given")
        Optional<String> dataSet,

        @Setting("objective of the search; the first if not given")
        Optional<String> objective,

        @Setting("strategy whose levels are ranked; the first if not given")
        Optional<String> strategy,

        @Setting(value = "weight of the divergence", preset = "0.05", min = 0)
        double lambda,

        @Setting(value = "draws of noise for each image", preset = "10", min = 1)
        int draws,

        @Setting(
                value = "radius of the noise and of PGD, in pixel values",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1)
        double epsilon,

        @Setting(value = "images of each split to measure, from the start", preset = "1000", min = 1)
        int images) {

    private static final int STEPS = 10;

    private record Found(
            StudiedTrial trial, int level, double density, double validation, double divergence, double robust) {
        double score(double lambda) {
            return validation - lambda * divergence;
        }
    }

    /** Registers the study. */
    public static final class Definition implements StudyKind<SelectionScore> {
        @Override
        public Class<SelectionScore> settings() {
            return SelectionScore.class;
        }

        @Override
        public String question() {
            return "Does a score of random noise alone rank tickets as accuracy under PGD does?";
        }

        @Override
        public String source() {
            return "After Xie et al. 2023 (G-RNA), abstract and one port; images and noise instead of graphs and"
                    + " flipped edges are ours";
        }

        @Override
        public StudyResult run(SelectionScore settings, StudyContext context) {
            List<Callable<Found>> tasks = new ArrayList<>();
            Set<String> seen = new LinkedHashSet<>();
            for (StudiedTrial trial : context.trials(settings.dataSet, settings.objective, settings.strategy)) {
                if (trial.splits().validation().size() == 0) {
                    throw new UserException("the search has no validation images, expected some: the score is of them");
                }
                for (int level : trial.levels()) {
                    if (seen.add(trial.trial().levels().get(level))) {
                        tasks.add(() -> settings.measure(context, trial, level));
                    }
                }
            }
            if (tasks.size() < 3) {
                throw new UserException("the search has " + tasks.size()
                        + " trained levels of this strategy, expected at least 3 to rank");
            }
            return settings.result(context.all(tasks));
        }
    }

    private Found measure(StudyContext context, StudiedTrial trial, int level) {
        StoredNetwork network = trial.trained(level);
        Engine engine = context.engine(network.mask().architecture());
        engine.load(network.weights(), network.mask());
        Split validation = StudiedTrial.first(trial.splits().validation(), images);
        Split test = StudiedTrial.first(trial.splits().test(), images);
        Stream stream = trial.streams().stream().child("study selection score");
        Map<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put("pgd", new Pgd(epsilon, epsilon / 4, STEPS, true, 1, KeptIterate.LAST, LabelChoice.TRUE));
        double robust = share(new Evaluator(engine, new EvaluationSettings(new LinkedHashMap<>(attacks)))
                .measure(0, test, 0, stream)
                .getLast());
        double clean = share(new Evaluator(engine, new EvaluationSettings(new LinkedHashMap<>()))
                .measure(0, validation, 0, stream)
                .getFirst());
        double divergence = divergence(engine, validation, stream.child("noise"));
        context.say(trial.trial().id() + ", level " + level + ": measured");
        return new Found(trial, level, network.mask().density(), clean, divergence, robust);
    }

    private static double share(Measurement measured) {
        return (double) measured.correct() / measured.examples();
    }

    /** Mean over images and draws of KL(f(x) || f(x + u)) with u uniform in the ball, clipped to [0, 1]. */
    private double divergence(Engine engine, Split split, Stream noise) {
        ActivationBuffers buffers = engine.newBuffers(2 * ActivationPanels.LANES);
        int[] order = new int[ActivationPanels.LANES];
        double sum = 0;
        for (int first = 0; first < split.size(); first += ActivationPanels.LANES) {
            int count = Math.min(ActivationPanels.LANES, split.size() - first);
            for (int i = 0; i < count; i++) {
                order[i] = first + i;
            }
            engine.ops().loadImages(split, order, 0, count, buffers.input(), 0);
            engine.forward(buffers, 0, 1);
            for (int draw = 0; draw < draws; draw++) {
                buffers.input().copy(buffers.input(), 0, 1, 1);
                engine.ops()
                        .uniformNoise(
                                noise.child(draw),
                                first,
                                buffers.input(),
                                0,
                                buffers.input(),
                                1,
                                1,
                                engine.liveInputs(),
                                (float) epsilon);
                engine.forward(buffers, 1, 1);
                for (int e = 0; e < count; e++) {
                    sum += divergence(buffers.logits(), e, ActivationPanels.LANES + e);
                }
            }
        }
        return sum / ((double) split.size() * draws);
    }

    private static double divergence(ActivationPanels logits, int clean, int noisy) {
        float[] z = new float[logits.features()];
        float[] moved = new float[z.length];
        for (int c = 0; c < z.length; c++) {
            z[c] = logits.get(c, clean);
            moved[c] = logits.get(c, noisy);
        }
        return divergence(z, moved);
    }

    /** KL(softmax(z) || softmax(moved)), natural logarithm. */
    static double divergence(float[] z, float[] moved) {
        double logSum = Softmax.logSum(z);
        double movedSum = Softmax.logSum(moved);
        double sum = 0;
        for (int c = 0; c < z.length; c++) {
            sum += Softmax.probability(z[c], logSum) * ((z[c] - logSum) - (moved[c] - movedSum));
        }
        return sum;
    }

    private StudyResult result(List<Found> all) {
        List<List<String>> rows = new ArrayList<>();
        double[] score = new double[all.size()];
        double[] validation = new double[all.size()];
        double[] calm = new double[all.size()];
        double[] robust = new double[all.size()];
        for (int i = 0; i < all.size(); i++) {
            Found found = all.get(i);
            score[i] = found.score(lambda);
            validation[i] = found.validation;
            calm[i] = -found.divergence;
            robust[i] = found.robust;
            rows.add(List.of(
                    Integer.toString(found.trial.trial().id().trial()),
                    Integer.toString(found.level),
                    String.format(Locale.ROOT, "%.2f", 100 * found.density),
                    String.format(Locale.ROOT, "%.2f", 100 * found.validation),
                    String.format(Locale.ROOT, "%.5f", found.divergence),
                    String.format(Locale.ROOT, "%.5f", score[i]),
                    String.format(Locale.ROOT, "%.2f", 100 * found.robust)));
        }
        String ball = "epsilon " + epsilon + "; the first " + images + " validation and test images";
        return new StudyResult(
                List.of(
                        new StudyResult.Table(
                                "ranks",
                                "Rank correlation with accuracy under PGD",
                                1,
                                List.of("ranked by", "Spearman"),
                                List.of(
                                        List.of("score", Ranks.text(Ranks.correlation(score, robust))),
                                        List.of(
                                                "validation accuracy",
                                                Ranks.text(Ranks.correlation(validation, robust))),
                                        List.of("minus divergence", Ranks.text(Ranks.correlation(calm, robust)))),
                                List.of(
                                        all.size() + " levels of all trials; equal values share their mean rank",
                                        "the score subtracts the divergence, as in the paper; one published port adds"
                                                + " it, which rewards fragile networks")),
                        new StudyResult.Table(
                                "levels",
                                "Selection score of tickets without attacks",
                                2,
                                List.of("trial", "level", "P_m %", "validation %", "divergence", "score", "PGD %"),
                                rows,
                                List.of(
                                        "score: validation accuracy as a fraction - " + lambda
                                                + " x mean KL(f(x) || f(x + noise)), " + draws + " draws",
                                        "PGD: " + STEPS + " steps of epsilon / 4 on test images; " + ball))),
                List.of());
    }
}
