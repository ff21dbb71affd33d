package org.espalier.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.scalar.ScalarKernels;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;

/** With a clock of its own, so that nothing here depends on how fast this machine is. */
@DisabledIf("scalar")
class ConvCalibrationTest {
    private static final Operation.Conv2d CONV = new Operation.Conv2d(16, 8, 3, 1, 1, true);
    private static final Shape IN = Shape.of(16, 10, 10);

    static boolean scalar() {
        return KernelChoice.chosen().bits() == 0;
    }

    /** Counts how often it is read; every reading is a microsecond later than the one before. */
    private static final class Clock implements LongSupplier {
        final AtomicLong readings = new AtomicLong();

        @Override
        public long getAsLong() {
            return 1000 * readings.incrementAndGet();
        }
    }

    private final Clock clock = new Clock();
    private final ConvCalibration calibration = new ConvCalibration(KernelChoice.chosen(), clock);

    private boolean dense(Operation.Conv2d conv, Shape in, double density) {
        return calibration.dense(KernelChoice.chosen(), conv, in, density);
    }

    @Test
    void measuresAShapeOnceAndOnlyWhenItCouldGoEitherWay() {
        assertThat(dense(CONV, IN, 1)).isTrue();
        assertThat(dense(CONV, IN, 0.2)).isFalse();
        assertThat(dense(new Operation.Conv2d(1, 2, 3, 1, 0, true), Shape.of(1, 8, 8), 0.4))
                .isFalse();
        assertThat(calibration.dense(new ScalarKernels(), CONV, IN, 0.6)).isTrue();
        assertThat(clock.readings).hasValue(0);
        assertThat(calibration.describe()).isEmpty();
        // By this clock all probes take the same time: sparse kernels are no slower, and dense ones stay for full
        // layers.
        assertThat(dense(CONV, IN, 0.95)).isFalse();
        long readings = clock.readings.get();
        assertThat(readings).isPositive();
        assertThat(dense(CONV, IN, 0.6)).isFalse();
        assertThat(clock.readings).hasValue(readings);
        assertThat(calibration.describe())
                .singleElement()
                .asString()
                .startsWith("convolutions of 16 to 8 channels, kernel 3, stride 1, 10 x 10: dense above 100 %")
                .doesNotContain("not measured");
    }

    @Test
    void largeConvolutionsAreMeasuredBySmallerOnesOfTheSameKind() {
        assertThat(dense(new Operation.Conv2d(256, 128, 4, 2, 1, true), Shape.of(256, 32, 32), 0.95))
                .isFalse();
        assertThat(calibration.describe())
                .singleElement()
                .asString()
                .contains("kernel 4, stride 2")
                .doesNotContain("256")
                .doesNotContain("not measured");
    }
}
