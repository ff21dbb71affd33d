package org.espalier.train.rate;

import org.espalier.setting.Kind;

/** The optimizer's learning rate at every update. */
@Kind("constant")
public record ConstantRate() implements RateSchedule {
    @Override
    public double factor(int update, int iterations) {
        return 1;
    }

    /** Registers the kind. */
    public static final class Definition implements RateScheduleKind<ConstantRate> {
        @Override
        public Class<ConstantRate> settings() {
            return ConstantRate.class;
        }

        @Override
        public RateSchedule create(ConstantRate settings) {
            return settings;
        }
    }
}
