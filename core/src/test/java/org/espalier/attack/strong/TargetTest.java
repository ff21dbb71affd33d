package org.espalier.attack.strong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.engine.Engine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    private static final List<Integer> WIDTHS = List.of(40, 12, 5);

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5, 0.1, 0})
    void logitsAndJacobianRowsAreThoseOfTheReferenceEngineAtAnyDensity(double density) {
        Engine engine = Cases.engine(WIDTHS, true, density, 1);
        Engine exact = Cases.reference(WIDTHS, true, density, 1);
        Examples examples = Cases.examples(engine, 71, 2);
        Target target = Cases.target(engine);
        Target truth = Cases.target(exact);
        assertThat(target.live()).isEqualTo(truth.live());
        Tile x = target.pack(examples.clean(), 0, 71);
        target.forward(x);
        truth.forward(x);
        Tile row = target.newTile(71);
        Tile exactRow = target.newTile(71);
        for (int c = 0; c < 5; c++) {
            int[] plus = new int[71];
            int[] none = new int[71];
            for (int e = 0; e < 71; e++) {
                assertThat(target.logit(e, c)).isCloseTo(truth.logit(e, c), within(1e-5f));
                plus[e] = (c + e) % 5;
                none[e] = e % 2 == 0 ? -1 : c;
            }
            target.difference(plus, none, row);
            truth.difference(plus, none, exactRow);
            for (int e = 0; e < 71; e++) {
                for (int r = 0; r < row.rows(); r++) {
                    assertThat(row.get(r, e)).isCloseTo(exactRow.get(r, e), within(1e-5f));
                }
            }
        }
        assertThat(target.forwards()).isEqualTo(71);
        assertThat(target.backwards()).isEqualTo(5 * 71);
    }

    /** Logits 0 and -z: from z = 708 on the loss's slope is below the smallest normal double, at 746 it is 0. */
    @ParameterizedTest
    @ValueSource(floats = {700, 708.5f, 712, 740, 746, 1e6f})
    void directionsOfLossesNearlyZeroAreNumbers(float margin) {
        Engine engine =
                org.espalier.engine.Engines.create(org.espalier.network.Architecture.of(1, List.of(), 2, false));
        var weights = new org.espalier.network.Weights(engine.architecture());
        weights.matrix(0)[1] = -margin;
        engine.load(weights, org.espalier.network.Mask.dense(engine.architecture()));
        Target target = new Target(engine);
        Tile x = target.pack(new float[][] {{1}}, 0, 1);
        target.forward(x);
        Tile direction = target.newTile(1);
        target.direction(Losses.CROSS_ENTROPY, new int[] {0}, new int[1], new double[x.lanes()], direction);
        assertThat(direction.get(0, 0)).isEqualTo(margin < 745 ? -margin : 0f);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.1})
    void inputsThatNoWeightReadsKeepTheirCleanValues(double density) {
        Engine engine = Cases.engine(WIDTHS, true, density, 1);
        Target target = Cases.target(engine);
        float[] clean = Cases.examples(engine, 1, 3).clean()[0];
        Tile x = target.newTile(1);
        float[] completed = target.complete(x, 0, clean);
        for (int i = 0; i < clean.length; i++) {
            assertThat(completed[i]).isEqualTo(target.row(i) < 0 ? clean[i] : 0f);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {39, 41})
    void imagesOfAnotherSizeAreRefused(int inputs) {
        Target target = Cases.target(Cases.engine(WIDTHS, true, 1, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> target.pack(new float[1][inputs], 0, 1))
                .withMessageContaining("40")
                .withMessageContaining(String.valueOf(inputs));
    }
}
