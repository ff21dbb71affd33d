package org.espalier.report.chart;

import java.util.List;
import java.util.Optional;

/**
 * An axis.
 *
 * @param label what it shows, with its unit
 * @param scale how values become places
 * @param domain lowest and highest value shown; empty: what the data need. A domain that cannot be drawn counts as empty
 * @param ticks values to mark; empty: chosen by whoever draws
 */
public record Axis(String label, Scale scale, Optional<Range> domain, List<Double> ticks) {
    /** How values become places. */
    public enum Scale {
        LINEAR,
        /** Linear, and zero is shown. */
        ZERO,
        /** Linear, of shares in percent: no band leaves 0 to 100. */
        PERCENT,
        LOG,
        /** Logarithmic, the highest value first: densities fall as a search goes on. */
        LOG_FALLING
    }

    /** A part of an axis. */
    public record Range(double low, double high) {}

    public Axis {
        boolean positive = scale == Scale.LOG || scale == Scale.LOG_FALLING;
        domain = domain.filter(range -> range.low() < range.high()
                && Curve.drawable(range.low(), positive)
                && Curve.drawable(range.high(), positive));
        ticks = ticks.stream().filter(tick -> Curve.drawable(tick, positive)).toList();
    }

    /** Whether values have their places by their logarithm. */
    public boolean logarithmic() {
        return scale == Scale.LOG || scale == Scale.LOG_FALLING;
    }

    /** An axis that shows what the data need. */
    public static Axis of(String label, Scale scale) {
        return new Axis(label, scale, Optional.empty(), List.of());
    }

    /** The share of weights that remain, from all of them on. */
    public static Axis densities() {
        return of("weights remaining (%)", Scale.LOG_FALLING);
    }

    /** This axis with the values to mark. */
    public Axis marked(List<Double> ticks) {
        return new Axis(label, scale, domain, ticks);
    }

    /** This axis with a fixed domain. */
    public Axis within(double low, double high) {
        return new Axis(label, scale, Optional.of(new Range(low, high)), ticks);
    }
}
