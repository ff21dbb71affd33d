package org.espalier.ticket;

import org.espalier.setting.Kind;

/** The same fraction of the survivors at each level; Frankle and Carbin, section 2. */
@Kind("geometric")
public record Geometric() implements Schedule {
    @Override
    public double fraction(double fraction, int level, int levels) {
        return fraction;
    }

    /** Registers the kind. */
    public static final class Definition implements ScheduleKind<Geometric> {
        @Override
        public Class<Geometric> settings() {
            return Geometric.class;
        }

        @Override
        public Schedule create(Geometric settings) {
            return settings;
        }
    }
}
