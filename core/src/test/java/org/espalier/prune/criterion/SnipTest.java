package org.espalier.prune.criterion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.attack.Fgsm;
import org.espalier.attack.LabelChoice;
import org.espalier.data.Split;
import org.espalier.engine.precise.DoublePass;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.LossChoice;
import org.espalier.prune.PruningContext;
import org.espalier.prune.PruningResources;
import org.espalier.prune.Scope;
import org.espalier.train.Objective;
import org.espalier.train.Ramp;
import org.junit.jupiter.api.Test;

class SnipTest {
    private static final Snip SNIP = new Snip(40, 2, LossChoice.NATURAL, ScoredWeights.INITIAL);

    /** Mean cross-entropy in float64. */
    static double loss(Architecture network, Map<String, double[]> parameters, Split data, int[] images) {
        double[][] inputs = new double[images.length][data.features()];
        for (int e = 0; e < images.length; e++) {
            for (int f = 0; f < data.features(); f++) {
                inputs[e][f] = (data.images()[images[e] * data.features() + f] & 0xff) / 255.0;
            }
        }
        double[][] logits = new DoublePass(network.graph(), parameters, inputs).logits();
        double sum = 0;
        for (int e = 0; e < images.length; e++) {
            double total = 0;
            for (double logit : logits[e]) {
                total += StrictMath.exp(logit);
            }
            sum += StrictMath.log(total) - logits[e][data.labels()[images[e]]];
        }
        return sum / images.length;
    }

    @Test
    void scoresAreTheLossesSlopesInAGateOnEachWeight() {
        Weights weights = Cases.weights(Cases.SMALL);
        Split data = Cases.data(6, 3, 120);
        Cases.inside(SNIP, weights, PruningResources.Loss.NATURAL, context -> {
            int[] images = context.sample(80);
            for (int layer = 0; layer < Cases.SMALL.layers(); layer++) {
                double[] scores = SNIP.precise(context, layer);
                for (int i = 0; i < scores.length; i++) {
                    double slope = gateSlope(weights, layer, i, data, images);
                    assertThat(scores[i])
                            .as("layer %s, weight %s", layer, i)
                            .isCloseTo(Math.abs(slope), within(1e-4 * Math.abs(slope) + 1e-7));
                }
            }
        });
    }

    private static double gateSlope(Weights weights, int layer, int at, Split data, int[] images) {
        Map<String, double[]> parameters = DoublePass.values(weights);
        double[] matrix = Objects.requireNonNull(parameters.get(Cases.SMALL.node(layer) + ".weight"));
        double w = matrix[at];
        double step = 1e-6;
        matrix[at] = w * (1 + step);
        double above = loss(Cases.SMALL, parameters, data, images);
        matrix[at] = w * (1 - step);
        double below = loss(Cases.SMALL, parameters, data, images);
        return (above - below) / (2 * step);
    }

    @Test
    void batchesAreAveragedBeforeTheAbsoluteValue() {
        Weights weights = Cases.weights(Cases.SMALL);
        Cases.inside(SNIP, weights, PruningResources.Loss.NATURAL, context -> {
            Snip one = new Snip(80, 1, LossChoice.NATURAL, ScoredWeights.INITIAL);
            assertThat(SNIP.precise(context, 1)).containsExactly(one.precise(context, 1));
        });
        Mask two = Cases.prune(SNIP, Scope.GLOBAL, weights, 0.5);
        assertThat(two)
                .isEqualTo(Cases.prune(
                        new Snip(80, 1, LossChoice.NATURAL, ScoredWeights.INITIAL), Scope.GLOBAL, weights, 0.5));
        assertThat(two.count()).isEqualTo(31); // 62 weights
    }

    @Test
    void lossesOfTheObjectiveGiveOtherScores() {
        Weights weights = Cases.weights(Cases.SMALL);
        PruningResources.Loss loss = new PruningResources.Loss(
                Optional.of(new Fgsm(0.2, LabelChoice.TRUE)),
                0.5,
                Optional.of(Objective.Certified.ibp(0.1, Ramp.NONE)));
        double[][] scores = new double[LossChoice.values().length][];
        for (LossChoice choice : LossChoice.values()) {
            Snip snip = new Snip(60, 1, choice, ScoredWeights.TRAINED);
            Cases.inside(snip, weights, loss, context -> scores[choice.ordinal()] = snip.precise(context, 0));
        }
        // The mixture's gradient is the mean of the other two, whose signs the scores do not show.
        for (int i = 0; i < scores[0].length; i++) {
            double natural = scores[LossChoice.NATURAL.ordinal()][i];
            double attacked = scores[LossChoice.ADVERSARIAL.ordinal()][i];
            double sum = (natural + attacked) / 2;
            double difference = Math.abs(natural - attacked) / 2;
            double mixed = scores[LossChoice.MIXED.ordinal()][i];
            assertThat(Math.min(Math.abs(mixed - sum), Math.abs(mixed - difference)))
                    .isLessThan(1e-5);
        }
        assertThat(scores[LossChoice.ADVERSARIAL.ordinal()]).isNotEqualTo(scores[LossChoice.NATURAL.ordinal()]);
        assertThat(scores[LossChoice.CERTIFIED.ordinal()]).isNotEqualTo(scores[LossChoice.NATURAL.ordinal()]);
    }

    @Test
    void aLossThatTheObjectiveDoesNotHaveIsRefused() {
        Weights weights = Cases.weights(Cases.SMALL);
        for (LossChoice choice : List.of(LossChoice.ADVERSARIAL, LossChoice.MIXED, LossChoice.CERTIFIED)) {
            PruningResources.Loss none = new PruningResources.Loss(Optional.empty(), 0.5, Optional.empty());
            assertThatThrownBy(() -> Cases.prune(
                            new Snip(10, 1, choice, ScoredWeights.TRAINED),
                            Scope.GLOBAL,
                            weights,
                            0.5,
                            none,
                            Cases.STREAM))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("expected an objective with");
        }
    }

    @Test
    void itScoresTheInitialWeightsWhateverTrainingMadeOfThem() {
        Weights initial = Cases.weights(Cases.SMALL);
        Weights trained = new Weights(Cases.SMALL);
        Mask first = Cases.prune(SNIP, Scope.GLOBAL, initial, 0.5);
        PruningContext.Origin origin = Cases.origin(initial);
        Mask second = new org.espalier.prune.Pruner(SNIP, Scope.GLOBAL, org.espalier.prune.CountingRule.EXACT)
                .prune(
                        Mask.dense(Cases.SMALL),
                        trained,
                        List.of(0.5, 0.5, 0.5),
                        Cases.STREAM,
                        Optional.of(Cases.resources(Cases.SMALL, PruningResources.Loss.NATURAL)),
                        Optional.of(origin));
        assertThat(second).isEqualTo(first);
    }

    @Test
    void withoutAnyZeroedShapleyValuesOfOneSampleAreItsScores() {
        Weights weights = Cases.weights(Cases.SMALL);
        Snip snip = new Snip(50, 1, LossChoice.NATURAL, ScoredWeights.TRAINED);
        FaShapley shapley = new FaShapley(1, 0, 50, LossChoice.NATURAL, ScoredWeights.TRAINED);
        Cases.inside(snip, weights, PruningResources.Loss.NATURAL, context -> {
            for (int layer = 0; layer < Cases.SMALL.layers(); layer++) {
                assertThat(shapley.precise(context, layer)).containsExactly(snip.precise(context, layer));
            }
        });
    }

    @Test
    void theVarianceOfShapleyValuesFallsWithTheNumberOfSamples() {
        double few = variance(2);
        double many = variance(20);
        assertThat(few / many).isBetween(5.0, 20.0); // 10 in expectation
    }

    /** Variance over seeds of mean scores per sample, summed over the first layer. */
    private static double variance(int samples) {
        Weights weights = Cases.weights(Cases.SMALL);
        FaShapley shapley = new FaShapley(samples, 0.3, 1000, LossChoice.NATURAL, ScoredWeights.TRAINED);
        int seeds = 60;
        double[][] means = new double[seeds][];
        for (int seed = 0; seed < seeds; seed++) {
            int at = seed;
            org.espalier.prune.Criterion probe = new org.espalier.prune.Criterion() {
                @Override
                public String name() {
                    return "probe";
                }

                @Override
                public java.util.Set<org.espalier.prune.Need> needs() {
                    return shapley.needs();
                }

                @Override
                public float[] scores(PruningContext context, int layer) {
                    if (layer == 0) {
                        means[at] = shapley.precise(context, 0);
                    }
                    return new float[weights.matrix(layer).length];
                }
            };
            Cases.prune(
                    probe, Scope.LAYER, weights, 0, PruningResources.Loss.NATURAL, Cases.STREAM.child(1000L + seed));
        }
        double variance = 0;
        for (int i = 0; i < means[0].length; i++) {
            double mean = 0;
            double square = 0;
            for (double[] found : means) {
                double value = found[i] / samples;
                mean += value / seeds;
                square += value * value / seeds;
            }
            variance += square - mean * mean;
        }
        return variance;
    }
}
