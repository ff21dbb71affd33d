package org.espalier.lab.study.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class LearnerTest {
    private static final Layout LAYOUT = Layout.of(List.of(16, 16));
    private static final Stream STREAM = Stream.root(8);

    private static Learner.Plan plan(int steps) {
        return new Learner.Plan(steps, 16, 1000, 100, 0.001, 0.99, 50, 0.05, 0.2, false);
    }

    private static Members members(int networks, int masks) {
        List<Links> all = new ArrayList<>();
        for (int mask = 0; mask < masks; mask++) {
            all.add(Links.random(LAYOUT, 0.5, STREAM.child("masks").child(mask)));
        }
        List<double[]> parameters = new ArrayList<>();
        for (int network = 0; network < networks; network++) {
            parameters.add(LAYOUT.initial(0.5, STREAM.child(network)));
        }
        return new Members(LAYOUT, parameters, all);
    }

    private static void check(double[] initial, double[] trained, BitSet kept) {
        int moved = 0;
        for (int i = 0; i < trained.length; i++) {
            if (!kept.get(i)) {
                assertThat(trained[i]).isZero();
            }
            moved += trained[i] != initial[i] ? 1 : 0;
        }
        assertThat(moved).isGreaterThan(kept.cardinality() / 2);
    }

    @Test
    void prunedWeightsStayZeroInTrainingAndEachNetworkLearns() {
        Members shared = members(1, 3);
        double[] before = shared.of(0).clone();
        new Learner(plan(400), shared, STREAM).train();
        BitSet union = new BitSet();
        shared.masks().forEach(mask -> mask.mark(LAYOUT, union));
        assertThat(union.cardinality()).isLessThan(LAYOUT.parameters());
        check(before, shared.of(0), union);
        Members apart = members(3, 3);
        Members initial = apart.copy();
        new Learner(plan(400), apart, STREAM).train();
        for (int member = 0; member < 3; member++) {
            BitSet kept = new BitSet();
            apart.masks().get(member).mark(LAYOUT, kept);
            check(initial.of(member), apart.of(member), kept);
        }
        Members again = members(3, 3);
        new Learner(plan(400), again, STREAM).train();
        assertThat(again.of(2)).isEqualTo(apart.of(2));
    }

    @Test
    void aNetworkLearnsToBalance() {
        Layout layout = Layout.of(List.of(32, 32));
        Members dense = new Members(layout, List.of(layout.initial(1, STREAM)), List.of(Links.dense(layout)));
        double[] scales = RandomActions.scales();
        Learner.Plan plan = new Learner.Plan(6000, 16, 10000, 200, 0.003, 0.95, 100, 0.05, 0.3, false);
        double[] curve = new Learner(plan, dense, STREAM).train();
        double reward = new GreedyPolicy(dense, scales, 30, STREAM).reward(0, 0);
        // Random actions last about 22 steps.
        assertThat(reward).isGreaterThan(60);
        assertThat(curve[19]).isGreaterThan(60);
    }

    @Test
    void aBufferHoldsTheLastStepsAndDrawsAreThoseOfTheStream() {
        Replay replay = new Replay(3);
        double[] state = new double[4];
        for (int step = 0; step < 5; step++) {
            double[] before = state.clone();
            state[0] = step + 1;
            replay.add(before, step % 2, state, step == 4);
        }
        assertThat(replay.size()).isEqualTo(3);
        assertThat(replay.before(0)).containsExactly(3, 0, 0, 0);
        assertThat(replay.after(0)).containsExactly(4, 0, 0, 0);
        assertThat(replay.before(1)).containsExactly(4, 0, 0, 0);
        assertThat(replay.before(2)).containsExactly(2, 0, 0, 0);
        assertThat(replay.action(0)).isEqualTo(1);
        assertThat(replay.fallen(1)).isTrue();
        assertThat(replay.fallen(0)).isFalse();
        int[] one = new int[300];
        int[] two = new int[300];
        replay.draw(STREAM.child(1), one);
        replay.draw(STREAM.child(1), two);
        assertThat(one).isEqualTo(two).contains(0, 1, 2);
        assertThat(one).doesNotContain(3, -1);
        replay.draw(STREAM.child(2), two);
        assertThat(one).isNotEqualTo(two);
    }
}
