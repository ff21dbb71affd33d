package org.espalier.ticket.schedule;

import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.ticket.Schedule;
import org.espalier.ticket.ScheduleKind;

/**
 * The same fraction of the survivors at each level, with short levels between the dense one and the last: after the abstract of
 * Zullich et al., "Speeding-up pruning for artificial neural networks: introducing accelerated iterative magnitude pruning" (2021),
 * whose details could not be read. A length of 1 is iterative pruning as usual.
 */
@Kind("aimp-style")
public record Accelerated(
        @Setting(
                value = "share of training.iterations that each level but the dense one and the last trains for",
                preset = "0.25",
                min = 0,
                above = true,
                max = 1)
        double length)
        implements Schedule {
    @Override
    public double fraction(double fraction, int level, int levels) {
        return fraction;
    }

    @Override
    public double length(int level, int levels) {
        return level < levels ? length : 1;
    }

    /** Registers the kind. */
    public static final class Definition implements ScheduleKind<Accelerated> {
        @Override
        public Class<Accelerated> settings() {
            return Accelerated.class;
        }

        @Override
        public Schedule create(Accelerated settings) {
            return settings;
        }
    }
}
