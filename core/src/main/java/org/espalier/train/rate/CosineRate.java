package org.espalier.train.rate;

import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Half a cosine from the rate down to {@code last} of it: {@code last + (1 - last) (1 + cos(pi t / n)) / 2} at update t of n,
 * counted from 0. Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017), equation 5 without
 * restarts.
 *
 * @param last in [0, 1]
 */
@Kind("cosine")
public record CosineRate(
        @Setting(value = "factor of the rate at the end", preset = "0", min = 0, max = 1)
        double last) implements RateSchedule {
    /** Checks the factor. */
    public CosineRate {
        if (!(last >= 0 && last <= 1)) {
            throw new IllegalArgumentException(
                    "the last factor of the learning rate must be at least 0 and at most 1, got " + last);
        }
    }

    @Override
    public double factor(int update, int iterations) {
        return last + (1 - last) * (1 + StrictMath.cos(Math.PI * update / iterations)) / 2;
    }

    /** Registers the kind. */
    public static final class Definition implements RateScheduleKind<CosineRate> {
        @Override
        public Class<CosineRate> settings() {
            return CosineRate.class;
        }

        @Override
        public RateSchedule create(CosineRate settings) {
            return settings;
        }
    }
}
