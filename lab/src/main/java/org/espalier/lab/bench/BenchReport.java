package org.espalier.lab.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.espalier.engine.KernelMode;
import org.espalier.network.Architecture;

/**
 * Results of a bench on one machine.
 *
 * @param engine description of the engine
 * @param peak register-only multiply-adds of one core, floating-point operations per second
 * @param products the dense products of each layer
 * @param crossovers densities at which layers change kernels, in words; empty if no layer is near one
 * @param rows rates by masks, level and kernels
 * @param together rates of trials side by side
 */
public record BenchReport(
        BenchSettings settings,
        String engine,
        double peak,
        List<Product> products,
        List<String> crossovers,
        List<Row> rows,
        List<Side> together) {
    public BenchReport {
        products = List.copyOf(products);
        crossovers = List.copyOf(crossovers);
        rows = List.copyOf(rows);
        together = List.copyOf(together);
    }

    /** Where a mask comes from. */
    public enum Masks {
        /** Level 0, which has one mask only. */
        NONE,
        /** A short search. */
        REAL,
        /** A random mask, each layer as dense as the search's. */
        RANDOM
    }

    /**
     * Dense products of one layer by 64 examples, in shares of the peak.
     *
     * @param layer inputs and outputs
     */
    public record Product(Architecture layer, double forward, double inputGradient, double weightGradient) {}

    /**
     * One work's rate.
     *
     * @param rate steps or images per second
     * @param useful operations as a share of the peak
     */
    public record Figure(Rate rate, double share) {}

    /**
     * Rates at one mask with one choice of kernels.
     *
     * @param density share of weights remaining
     * @param figures one for each work
     */
    public record Row(Masks masks, int level, double density, KernelMode kernels, Map<Work, Figure> figures) {
        public Row {
            figures = Map.copyOf(figures);
        }

        /** The figure of a work. */
        public Figure figure(Work work) {
            Figure figure = figures.get(work);
            if (figure == null) {
                throw new IllegalArgumentException("nothing was measured for " + work);
            }
            return figure;
        }
    }

    /**
     * Trials side by side, with kernels auto and the search's masks.
     *
     * @param perSecond steps or images of all of them together
     */
    public record Side(int jobs, int level, double density, Work work, double perSecond) {}

    /** For JSON: maps, lists, strings and numbers. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("engine", engine);
        json.put("peak-flops", peak);
        json.put("seconds", settings.seconds());
        json.put("search-iterations", settings.searchIterations());
        json.put("crossovers", crossovers);
        List<Object> all = new ArrayList<>();
        for (Product product : products) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("layer", product.layer().toString());
            entry.put("forward", product.forward());
            entry.put("input-gradient", product.inputGradient());
            entry.put("weight-gradient", product.weightGradient());
            all.add(entry);
        }
        json.put("dense-products-of-peak", all);
        List<Object> rates = new ArrayList<>();
        for (Row row : rows) {
            for (Work work : Work.values()) {
                Figure figure = row.figure(work);
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("masks", name(row.masks()));
                entry.put("level", row.level());
                entry.put("density", row.density());
                entry.put("kernels", name(row.kernels()));
                entry.put("work", work.label());
                entry.put("per-second", figure.rate().median());
                entry.put("lower-quartile", figure.rate().low());
                entry.put("upper-quartile", figure.rate().high());
                entry.put("of-peak", figure.share());
                rates.add(entry);
            }
        }
        json.put("rates", rates);
        List<Object> sides = new ArrayList<>();
        for (Side side : together) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("jobs", side.jobs());
            entry.put("level", side.level());
            entry.put("density", side.density());
            entry.put("work", side.work().label());
            entry.put("per-second", side.perSecond());
            sides.add(entry);
        }
        json.put("side-by-side", sides);
        return json;
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
