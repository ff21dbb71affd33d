package org.espalier.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.espalier.engine.ops.KernelChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;

/** With clocks of its own, so that nothing here depends on how fast this machine is. */
@DisabledIf("scalar")
class CalibrationTest {
    private static final int INPUTS = 128;
    private static final int OUTPUTS = 64;
    private static final int WEIGHTS = INPUTS * OUTPUTS;

    static boolean scalar() {
        return KernelChoice.chosen().bits() == 0;
    }

    /** Counts how often it is read; every reading is so much later than the one before. */
    private static final class Clock implements LongSupplier {
        final AtomicLong readings = new AtomicLong();
        long step;

        Clock(long step) {
            this.step = step;
        }

        private long now;

        @Override
        public long getAsLong() {
            readings.incrementAndGet();
            return now += step;
        }
    }

    private static boolean dense(Calibration calibration, double density) {
        return calibration.dense(INPUTS, OUTPUTS, (int) (density * WEIGHTS));
    }

    @Test
    void measuresAShapeOnceAndOnlyWhenItCouldGoEitherWay() {
        Clock clock = new Clock(1000);
        Calibration calibration = new Calibration(KernelChoice.chosen(), clock);
        assertThat(dense(calibration, 1)).isTrue();
        assertThat(dense(calibration, 0.1)).isFalse();
        assertThat(calibration.dense(10, 10, 80)).isTrue();
        assertThat(clock.readings).hasValue(0);
        // All probes take the same time by this clock, which is not enough for sparse kernels at any density.
        assertThat(dense(calibration, 0.95)).isTrue();
        assertThat(dense(calibration, 0.45)).isTrue();
        long readings = clock.readings.get();
        assertThat(readings).isPositive();
        assertThat(dense(calibration, 0.6)).isTrue();
        assertThat(clock.readings).hasValue(readings);
    }

    @Test
    void theOneOfTheProcessMeasuresByThisMachinesClock() {
        dense(Calibration.PROCESS, 0.6); // may go either way
        assertThat(dense(Calibration.PROCESS, 1)).isTrue();
    }

    @Test
    void aMachineTooBusyToMeasureKeepsTheDefaultAndIsNotAskedAgainAtOnce() {
        Clock clock = new Clock(3_000_000_000L); // every probe takes seconds
        Calibration calibration = new Calibration(KernelChoice.chosen(), clock);
        assertThat(dense(calibration, 0.6)).isTrue();
        assertThat(dense(calibration, 0.5)).isFalse();
        long readings = clock.readings.get();
        clock.step = 1000;
        assertThat(dense(calibration, 0.95)).isTrue();
        assertThat(clock.readings.get() - readings).isEqualTo(1); // still pausing
        clock.step = 30_000_000_000L; // a reading or two later it is time to try again; in vain
        assertThat(dense(calibration, 0.95)).isTrue();
        assertThat(dense(calibration, 0.95)).isTrue();
        clock.step = 61_000_000_000L;
        assertThat(dense(calibration, 0.95)).isTrue();
        assertThat(clock.readings.get() - readings).isGreaterThan(10);
    }
}
