package org.espalier.evaluate.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class BoxProgramTest {
    @Test
    void theCornerOfTwoConstraintsIsFound() {
        // Least x + y with x + 2 y >= 1 and 2 x + y >= 1 in the unit square: both equal 1/3, with multipliers 1/3.
        BoxProgram solved = new BoxProgram(
                new double[2], new double[] {1, 1}, new double[] {1, 1}, new double[][] {{1, 2}, {2, 1}}, new double[] {
                    -1, -1
                });
        assertThat(solved.point()[0]).isCloseTo(1 / 3.0, within(1e-9));
        assertThat(solved.point()[1]).isCloseTo(1 / 3.0, within(1e-9));
        assertThat(solved.multipliers()[0]).isCloseTo(1 / 3.0, within(1e-9));
        assertThat(solved.multipliers()[1]).isCloseTo(1 / 3.0, within(1e-9));
    }

    /** Duality: the multipliers' bound over the box is the value at the point, and the point keeps the constraints. */
    @Property(tries = 500)
    void pointAndMultipliersAgree(@ForAll long seed) {
        Stream stream = Stream.root(seed);
        int inputs = 1 + stream.below(6, 0);
        int rows = stream.below(9, 1);
        double[] low = new double[inputs];
        double[] high = new double[inputs];
        double[] objective = new double[inputs];
        double[] inside = new double[inputs];
        for (int i = 0; i < inputs; i++) {
            low[i] = stream.child("low").uniform(i);
            high[i] = low[i] + stream.child("width").uniform(i);
            objective[i] = 2 * stream.child("c").uniform(i) - 1;
            inside[i] = low[i] + (high[i] - low[i]) * stream.child("in").uniform(i);
        }
        double[][] a = new double[rows][inputs];
        double[] b = new double[rows];
        for (int j = 0; j < rows; j++) {
            double at = 0;
            for (int i = 0; i < inputs; i++) {
                a[j][i] = 2 * stream.child("a").child(j).uniform(i) - 1;
                at += a[j][i] * inside[i];
            }
            b[j] = -at + 0.1 * stream.child("b").uniform(j); // kept at one point of the box
        }
        BoxProgram solved = new BoxProgram(low, high, objective, a, b);
        double[] point = solved.point();
        double[] multipliers = solved.multipliers();
        double value = 0;
        double bound = 0;
        for (int i = 0; i < inputs; i++) {
            assertThat(point[i]).isBetween(low[i], high[i]);
            double rest = objective[i];
            for (int j = 0; j < rows; j++) {
                rest -= multipliers[j] * a[j][i];
            }
            value += objective[i] * point[i];
            bound += Math.min(rest * low[i], rest * high[i]);
        }
        for (int j = 0; j < rows; j++) {
            double at = b[j];
            for (int i = 0; i < inputs; i++) {
                at += a[j][i] * point[i];
            }
            assertThat(multipliers[j]).isNotNegative();
            assertThat(at).isGreaterThan(-1e-9);
            bound -= multipliers[j] * b[j];
        }
        assertThat(bound).isCloseTo(value, within(1e-7));
    }
}
