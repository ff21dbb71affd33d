package org.espalier.engine.graph.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhasesTest {
    private static Shape out(Operation.Conv2d conv, Shape in) {
        return conv.output("conv", List.of(new Operation.Source("in", in)));
    }

    @ParameterizedTest
    @CsvSource({
        "5, 1, 0, 12",
        "5, 1, 2, 14",
        "3, 1, 1, 8",
        "3, 1, 1, 1",
        "4, 2, 1, 28",
        "3, 2, 1, 9",
        "3, 3, 0, 11",
        "1, 2, 0, 7",
        "2, 5, 0, 13",
        "5, 1, 4, 3",
        "7, 2, 3, 6"
    })
    void eachTermOfEachInputStandsInOnePart(int kernel, int stride, int padding, int size) {
        Operation.Conv2d conv = new Operation.Conv2d(2, 3, kernel, stride, padding, false);
        Shape in = Shape.of(2, size, size);
        int outputs = out(conv, in).size(1);
        int[][] written = new int[size][size];
        int[][] terms = new int[size][size];
        for (Phases.Phase phase : Phases.of(conv, in, out(conv, in))) {
            for (int y = 0; y < phase.rows().count(); y++) {
                for (int x = 0; x < phase.columns().count(); x++) {
                    int row = phase.rows().first() + y * stride;
                    int column = phase.columns().first() + x * stride;
                    written[row][column]++;
                    for (int a = 0; a < kernel; a++) {
                        for (int b = 0; b < kernel; b++) {
                            int r = phase.rows().tapOf(a, stride);
                            int c = phase.columns().tapOf(b, stride);
                            if (r < 0 || c < 0) {
                                continue;
                            }
                            // output row * stride = row + padding - tap
                            int output =
                                    phase.rows().lowest() + y + phase.rows().taps() - 1 - r;
                            assertThat(output * stride).isEqualTo(row + padding - a);
                            int other = phase.columns().lowest()
                                    + x
                                    + phase.columns().taps()
                                    - 1
                                    - c;
                            assertThat(other * stride).isEqualTo(column + padding - b);
                            if (output >= 0 && output < outputs && other >= 0 && other < outputs) {
                                terms[row][column]++;
                            }
                        }
                    }
                }
            }
        }
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < size; column++) {
                assertThat(written[row][column]).isEqualTo(1);
                assertThat(terms[row][column])
                        .isEqualTo(readers(row, kernel, stride, padding, outputs)
                                * readers(column, kernel, stride, padding, outputs));
            }
        }
    }

    /** Outputs of one dimension that read a row. */
    private static int readers(int row, int kernel, int stride, int padding, int outputs) {
        int readers = 0;
        for (int output = 0; output < outputs; output++) {
            int tap = row + padding - output * stride;
            readers += tap >= 0 && tap < kernel ? 1 : 0;
        }
        return readers;
    }

    @Test
    void partsReadNoBorderWhereCuttingPays() {
        Operation.Conv2d conv = new Operation.Conv2d(20, 50, 5, 1, 0, true);
        Shape in = Shape.of(20, 12, 12);
        List<Phases.Phase> phases = Phases.of(conv, in, out(conv, in));
        long products = phases.stream()
                .mapToLong(phase -> (long) phase.rows().taps()
                        * phase.rows().count()
                        * phase.columns().taps()
                        * phase.columns().count())
                .sum();

        assertThat(phases).hasSize(81);
        assertThat(products).isEqualTo(8 * 8 * 25); // those of the forward pass
        assertThat(Phases.border(conv, in, out(conv, in))).isZero();
    }

    @Test
    void largeLayersOnSmallMapsStayWhole() {
        Operation.Conv2d conv = new Operation.Conv2d(512, 512, 3, 1, 1, false);
        Shape in = Shape.of(512, 4, 4);

        assertThat(Phases.of(conv, in, out(conv, in))).hasSize(1);
        assertThat(Phases.border(conv, in, out(conv, in))).isEqualTo(1);
    }
}
