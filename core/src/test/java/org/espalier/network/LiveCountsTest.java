package org.espalier.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.espalier.engine.graph.GraphCases;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

/** Counts of small networks by hand, and what holds of all of them. */
class LiveCountsTest {
    private static LiveCounts counts(Architecture network, byte[]... mask) {
        return LiveCounts.of(Mask.of(network, mask));
    }

    /** Hidden 0 reads input 0 and is read by logit 1; hidden 1 is read but reads nothing; hidden 2 is never read. */
    private static final byte[][] THREE = {{1, 0, 0, 0, 0, 0, 0, 1, 1}, {0, 1, 0, 1, 1, 0}};

    @Test
    void aUnitNeedsAWeightInAndAWeightOutOnOnePath() {
        LiveCounts counts = counts(new Architecture(List.of(3, 3, 2), false), THREE);
        assertThat(counts.weights()).containsExactly(3, 3);
        assertThat(counts.allWeights()).isEqualTo(6);
        assertThat(counts.units()).containsExactly(1, 1);
        assertThat(counts.hiddenUnits()).isEqualTo(1);
        assertThat(counts.denseHiddenUnits()).isEqualTo(3);
        assertThat(counts.constantHiddenUnits()).isZero();
        assertThat(counts.inputs()).isEqualTo(1);
        assertThat(counts.multiplyAdds()).isEqualTo(6);
        assertThat(counts.denseMultiplyAdds()).isEqualTo(15);
    }

    @Test
    void aBiasIsNoInput() {
        LiveCounts counts = counts(new Architecture(List.of(3, 3, 2), true), THREE);
        assertThat(counts.units()).containsExactly(1, 1);
        assertThat(counts.constantUnits()).containsExactly(1, 1);
        assertThat(counts.inputs()).isEqualTo(1);
        // The second hidden unit has a weight in and a weight out, and yet only the first one's bias reaches it.
        LiveCounts chain =
                counts(new Architecture(List.of(2, 1, 1, 1), true), new byte[] {0, 0}, new byte[] {1}, new byte[] {1});
        assertThat(chain.hiddenUnits()).isZero();
        assertThat(chain.constantHiddenUnits()).isEqualTo(2);
        assertThat(chain.inputs()).isZero();
        assertThat(chain.multiplyAdds()).isEqualTo(2);
    }

    /** 4 x 4 pixels, windows of 3 x 3, stride 2 and padding 1: an output of 2 x 2. */
    private static Architecture strided() {
        return new Architecture(new GraphBuilder(Shape.of(1, 4, 4))
                .conv("conv1", 2, 3, 2, 1, false)
                .relu("relu1")
                .linear("fc", 2)
                .build());
    }

    @Test
    void aWeightOfAConvolutionCountsAtEachOutputPosition() {
        Architecture network = strided();
        assertThat(network.positions(0)).isEqualTo(4);
        assertThat(network.positions(1)).isEqualTo(1);
        byte[] conv = new byte[18];
        conv[4] = 1; // the middle of channel 0's window: pixels of even rows and columns
        conv[9] = 1; // the first of channel 1's window: three of its four places lie in the padding
        byte[] linear = new byte[16];
        linear[2] = 1; // channel 0 at (1, 0), to logit 0
        LiveCounts one = counts(network, conv, linear);
        assertThat(one.units()).containsExactly(1, 1);
        assertThat(one.inputs()).isEqualTo(4);
        assertThat(one.multiplyAdds()).isEqualTo(2 * 4 + 1);
        assertThat(one.denseMultiplyAdds()).isEqualTo(18 * 4 + 16);
        linear[8 + 4] = 1; // channel 1 at (0, 0), to logit 1
        LiveCounts both = counts(network, conv, linear);
        assertThat(both.units()).containsExactly(2, 2);
        assertThat(both.inputs()).isEqualTo(5);
        assertThat(both.multiplyAdds()).isEqualTo(2 * 4 + 2);
    }

    /** A block without surviving weights is dead, and its shortcut keeps what comes before it alive. */
    @Test
    void aResidualBlockLivesByItsOwnWeights() {
        Architecture network = new Architecture(new GraphBuilder(Shape.of(2, 2, 2))
                .conv("conv0", 2, 1, 1, 0, false)
                .relu("relu0")
                .conv("conv1", 2, 1, 1, 0, false)
                .norm("norm1")
                .sum("add", "relu0")
                .linear("fc", 1)
                .build());
        byte[] first = {1, 0, 0, 1};
        byte[] linear = {0, 0, 0, 0, 1, 0, 0, 0}; // channel 1 of the sum
        LiveCounts empty = counts(network, first, new byte[4], linear);
        assertThat(empty.units()).containsExactly(1, 0, 1);
        assertThat(empty.hiddenUnits()).isEqualTo(1);
        assertThat(empty.constantHiddenUnits()).isZero();
        assertThat(empty.denseHiddenUnits()).isEqualTo(4);
        assertThat(empty.inputs()).isEqualTo(4);
        assertThat(empty.multiplyAdds()).isEqualTo(2 * 4 + 1);
        assertThat(empty.denseMultiplyAdds()).isEqualTo((4 + 4) * 4 + 8);
        LiveCounts alive = counts(network, first, new byte[] {0, 0, 1, 0}, linear); // from channel 0 to channel 1
        assertThat(alive.units()).containsExactly(2, 1, 1);
        assertThat(alive.inputs()).isEqualTo(8);
        assertThat(alive.multiplyAdds()).isEqualTo(2 * 4 + 4 + 1);
    }

    @Test
    void batchNormIsNoInputEither() {
        Architecture network = new Architecture(new GraphBuilder(Shape.of(1, 2, 2))
                .conv("conv1", 1, 1, 1, 0, false)
                .norm("norm1")
                .conv("conv2", 1, 1, 1, 0, false)
                .linear("fc", 1)
                .build());
        LiveCounts counts = counts(network, new byte[] {0}, new byte[] {1}, new byte[] {1, 0, 0, 0});
        assertThat(counts.hiddenUnits()).isZero();
        assertThat(counts.constantUnits()).containsExactly(0, 1, 1);
        assertThat(counts.inputs()).isZero();
    }

    @Test
    void anEmptyLayerLeavesNothingAlive() {
        Architecture network = new Architecture(List.of(3, 4, 2), false);
        byte[] first = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
        byte[] last = {1, 1, 1, 1, 1, 1, 1, 1};
        LiveCounts noFirst = counts(network, new byte[12], last);
        assertThat(noFirst.units()).containsExactly(0, 0);
        assertThat(noFirst.inputs()).isZero();
        assertThat(noFirst.multiplyAdds()).isEqualTo(8);
        LiveCounts noLast = counts(network, first, new byte[8]);
        assertThat(noLast.units()).containsExactly(0, 0);
        assertThat(noLast.inputs()).isZero();
        assertThat(noLast.multiplyAdds()).isEqualTo(12);
    }

    /** Multiply-adds of each operation as its record says, summed over the graph. */
    private static long closedForm(Graph graph) {
        long total = 0;
        for (Graph.Node node : graph.nodes()) {
            Shape out = graph.shape(node.name());
            total += switch (node.operation()) {
                case Operation.Linear linear -> (long) linear.inputs() * linear.outputs();
                case Operation.Conv2d conv ->
                    (long) conv.inputs() * conv.outputs() * conv.kernel() * conv.kernel() * out.size(1) * out.size(2);
                default -> 0;
            };
        }
        return total;
    }

    @Test
    void theDenseNetworkIsAliveAsAWholeAndCostsTheClosedForm() {
        for (Map.Entry<String, Architecture> each : GraphCases.all().entrySet()) {
            Architecture network = each.getValue();
            LiveCounts counts = LiveCounts.of(Mask.dense(network));
            assertThat(counts.multiplyAdds()).as(each.getKey()).isEqualTo(closedForm(network.graph()));
            assertThat(counts.denseMultiplyAdds()).as(each.getKey()).isEqualTo(counts.multiplyAdds());
            assertThat(counts.hiddenUnits()).as(each.getKey()).isEqualTo(counts.denseHiddenUnits());
            assertThat(counts.constantHiddenUnits()).as(each.getKey()).isZero();
        }
        LiveCounts paper = LiveCounts.of(Mask.dense(Architecture.PAPER));
        assertThat(paper.multiplyAdds()).isEqualTo(266_200);
        assertThat(paper.hiddenUnits()).isEqualTo(400);
        assertThat(paper.inputs()).isEqualTo(784);
    }

    @Test
    void noCountGrowsWhereWeightsAreRemoved() {
        for (Map.Entry<String, Architecture> each : GraphCases.all().entrySet()) {
            Architecture network = each.getValue();
            LiveCounts before = LiveCounts.of(Mask.dense(network));
            for (double density : new double[] {0.7, 0.4, 0.2, 0.1, 0.05, 0.02, 0.01, 0}) {
                // The stream gives each weight one number, so each mask lies within the one before.
                Mask mask = GraphCases.mask(network, density, Stream.root(7));
                LiveCounts counts = LiveCounts.of(mask);
                nothingGrew(each.getKey(), before, counts);
                LivePaths paths = new LivePaths(mask);
                for (int layer = 0; layer < network.layers(); layer++) {
                    assertThat(counts.units().get(layer)
                                    + counts.constantUnits().get(layer))
                            .as(each.getKey())
                            .isEqualTo(paths.units(network.node(layer)).cardinality());
                }
                before = counts;
            }
            assertThat(before.units()).as(each.getKey()).containsOnly(0);
            assertThat(before.inputs()).as(each.getKey()).isZero();
            assertThat(before.multiplyAdds()).as(each.getKey()).isZero();
        }
    }

    private static void nothingGrew(String name, LiveCounts more, LiveCounts less) {
        assertThat(less.multiplyAdds()).as(name).isLessThanOrEqualTo(more.multiplyAdds());
        assertThat(less.inputs()).as(name).isLessThanOrEqualTo(more.inputs());
        for (int layer = 0; layer < more.units().size(); layer++) {
            assertThat(less.units().get(layer))
                    .as(name)
                    .isLessThanOrEqualTo(more.units().get(layer));
        }
    }

    /** Fully connected networks against paths that are tried one by one, and against themselves without one weight. */
    @Property(tries = 100)
    void unitsAndInputsAreThoseOfAllPaths(
            @ForAll @IntRange(min = 1, max = 1_000_000) int seed,
            @ForAll @DoubleRange(min = 0.05, max = 1) double density,
            @ForAll boolean biases) {
        Architecture network = new Architecture(List.of(5, 4, 4, 3), biases);
        Mask mask = GraphCases.mask(network, density, Stream.root(seed));
        LiveCounts counts = LiveCounts.of(mask);
        BitSet inputs = new BitSet();
        List<BitSet> units = List.of(new BitSet(), new BitSet(), new BitSet());
        for (int i = 0; i < 5; i++) {
            for (int a = 0; a < 4; a++) {
                for (int b = 0; b < 4; b++) {
                    for (int c = 0; c < 3; c++) {
                        if (mask.keeps(0, a * 5 + i) && mask.keeps(1, b * 4 + a) && mask.keeps(2, c * 4 + b)) {
                            inputs.set(i);
                            units.get(0).set(a);
                            units.get(1).set(b);
                            units.get(2).set(c);
                        }
                    }
                }
            }
        }
        assertThat(counts.inputs()).isEqualTo(inputs.cardinality());
        assertThat(counts.units())
                .containsExactlyElementsOf(
                        units.stream().map(BitSet::cardinality).toList());
        assertThat(counts.multiplyAdds()).isEqualTo(mask.count());
        for (int layer = 0; layer < network.layers(); layer++) {
            BitSet[] survivors = {mask.survivors(0), mask.survivors(1), mask.survivors(2)};
            int removed = survivors[layer].nextSetBit(seed % network.weights(layer));
            if (removed >= 0) {
                survivors[layer].clear(removed);
                LiveCounts less = LiveCounts.of(Mask.of(network, survivors));
                nothingGrew("without one weight", counts, less);
                assertThat(less.multiplyAdds()).isEqualTo(counts.multiplyAdds() - 1);
            }
        }
    }
}
