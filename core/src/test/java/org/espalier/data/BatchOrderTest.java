package org.espalier.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class BatchOrderTest {
    @Test
    void thePapersEpochHas834BatchesTheLastOf20() {
        BatchOrder order = new BatchOrder(Stream.root(1), 50_000, 60);
        assertThat(order.batchesPerEpoch()).isEqualTo(834);
        assertThat(order.count(832)).isEqualTo(60);
        assertThat(order.count(833)).isEqualTo(20);
        assertThat(order.count(834)).isEqualTo(60);
        assertThat(order.epoch(833)).isZero();
        assertThat(order.epoch(834)).isEqualTo(1);
        assertThat(order.positionInEpoch(834)).isZero();
        assertThat(order.first(833)).isEqualTo(49_980);
    }

    @Property(tries = 200)
    void anEpochShowsEveryImageOnce(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 200) int size,
            @ForAll @IntRange(min = 1, max = 70) int batchSize,
            @ForAll @IntRange(max = 5) int epoch) {
        BatchOrder order = new BatchOrder(Stream.root(seed), size, batchSize);
        int[] seen = new int[size];
        long firstUpdate = (long) epoch * order.batchesPerEpoch();
        int images = 0;
        for (long update = firstUpdate; update < firstUpdate + order.batchesPerEpoch(); update++) {
            assertThat(order.epoch(update)).isEqualTo(epoch);
            int count = order.count(update);
            assertThat(count).isBetween(1, batchSize);
            for (int i = 0; i < count; i++) {
                seen[order.order(update)[order.first(update) + i]]++;
            }
            images += count;
        }
        assertThat(images).isEqualTo(size);
        assertThat(seen).containsOnly(1);
    }

    @Property(tries = 200)
    void aLevelResumesAtAnyUpdateWithItsNumberAlone(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 100) int size,
            @ForAll @IntRange(min = 1, max = 30) int batchSize,
            @ForAll @IntRange(max = 200) int update) {
        BatchOrder running = new BatchOrder(Stream.root(seed), size, batchSize);
        for (int before = 0; before < update; before++) {
            running.order(before);
        }
        BatchOrder resumed = new BatchOrder(Stream.root(seed), size, batchSize);
        assertThat(batch(resumed, update)).isEqualTo(batch(running, update));
        assertThat(batch(running, 0)).isEqualTo(batch(resumed, 0));
    }

    @Test
    void epochsAndLevelsDiffer() {
        BatchOrder order = new BatchOrder(Stream.root(1).child(0), 1000, 100);
        BatchOrder other = new BatchOrder(Stream.root(1).child(1), 1000, 100);
        assertThat(order.order(0)).isNotEqualTo(order.order(10));
        assertThat(order.order(0)).isNotEqualTo(other.order(0));
        assertThat(order.order(3)).isEqualTo(order.order(0));
        assertThat(order.order(0)).isNotEqualTo(IntStream.range(0, 1000).toArray());
    }

    @Test
    void theOrderIsPinned() {
        // A change here changes every published result: it is never to be made silently.
        assertThat(new BatchOrder(Stream.root(42), 10, 3).order(0)).containsExactly(PINNED);
    }

    private static final int[] PINNED = {3, 4, 6, 7, 8, 0, 2, 9, 1, 5};

    @Test
    void impossibleNumbersAreRefused() {
        assertThatThrownBy(() -> new BatchOrder(Stream.root(1), 0, 60)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BatchOrder(Stream.root(1), 10, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BatchOrder(Stream.root(1), 10, 5).order(-1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static int[] batch(BatchOrder order, long update) {
        int first = order.first(update);
        return Arrays.copyOfRange(order.order(update), first, first + order.count(update));
    }
}
