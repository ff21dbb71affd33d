package org.espalier.ticket.schedule;

import org.espalier.setting.Kind;
import org.espalier.ticket.Schedule;
import org.espalier.ticket.ScheduleKind;

/**
 * Sparsity in proportion to {@code i / (i + 10)} at level i, scaled to that of the last level: Li et al., "Towards practical lottery
 * ticket hypothesis for adversarial training" (2020), as in their code.
 */
@Kind("boosting-ticket")
public record BoostingTicket() implements Cumulative {
    private static final double HALF = 10;

    @Override
    public double kept(double last, int level, int levels) {
        double part = level / (level + HALF) / (levels / (levels + HALF));
        return level == levels ? last : 1 - (1 - last) * part;
    }

    /** Registers the kind. */
    public static final class Definition implements ScheduleKind<BoostingTicket> {
        @Override
        public Class<BoostingTicket> settings() {
            return BoostingTicket.class;
        }

        @Override
        public Schedule create(BoostingTicket settings) {
            return settings;
        }
    }
}
