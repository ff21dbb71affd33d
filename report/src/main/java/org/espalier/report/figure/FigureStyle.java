package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import org.espalier.report.chart.Legend;
import org.espalier.report.chart.Palette;
import org.espalier.report.evaluation.SuiteAccuracy;

/** Colours, symbols and dashes of levels, strategies and attacks, the same in every figure. */
public final class FigureStyle {
    /** Colours of levels: neighbours differ in lightness as well as in hue. */
    private static final int[] LEVELS = {0, 1, 2, 3, 4, 5, 6, 7};

    /** Strategies whose look is fixed, so that figures of different searches can be compared. */
    private static final List<String> STRATEGIES = List.of("original", "random", "continued");

    private static final int[] STRATEGY_COLORS = {1, 4, 3};

    private FigureStyle() {}

    /** The legend of densities: colour and symbol. */
    static Legend levels(List<String> names) {
        var entries = new ArrayList<Legend.Entry>();
        for (int i = 0; i < names.size(); i++) {
            entries.add(new Legend.Entry(
                    names.get(i),
                    OptionalInt.of(LEVELS[i % LEVELS.length]),
                    OptionalInt.of(i % Palette.SHAPES.size()),
                    OptionalInt.empty()));
        }
        return new Legend("weights remaining", entries);
    }

    /** The legend of strategies beside one of densities: dashes alone. */
    static Legend dashes(List<String> strategies) {
        var entries = new ArrayList<Legend.Entry>();
        for (String strategy : strategies) {
            entries.add(new Legend.Entry(
                    strategy, OptionalInt.empty(), OptionalInt.empty(), OptionalInt.of(number(strategy, strategies))));
        }
        return new Legend("restart", entries);
    }

    /** The legend of strategies alone: colour, symbol and dash. */
    static Legend strategies(List<String> strategies) {
        var entries = new ArrayList<Legend.Entry>();
        for (String strategy : strategies) {
            int number = number(strategy, strategies);
            entries.add(new Legend.Entry(
                    strategy,
                    OptionalInt.of(number < STRATEGY_COLORS.length ? STRATEGY_COLORS[number] : 5 + number % 3),
                    OptionalInt.of(number % Palette.SHAPES.size()),
                    OptionalInt.of(number % Palette.DASHES.size())));
        }
        return new Legend("restart", entries);
    }

    /** A legend of anything else: colour, symbol and dash in the order given. */
    static Legend of(String title, List<String> names) {
        var entries = new ArrayList<Legend.Entry>();
        for (int i = 0; i < names.size(); i++) {
            entries.add(new Legend.Entry(
                    names.get(i),
                    OptionalInt.of(1 + i % (Palette.COLORS.size() - 1)),
                    OptionalInt.of(i % Palette.SHAPES.size()),
                    OptionalInt.of(i % Palette.DASHES.size())));
        }
        return new Legend(title, entries);
    }

    /** A legend of more names than colours: dashes change where colours begin again. */
    public static Legend many(String title, List<String> names) {
        var entries = new ArrayList<Legend.Entry>();
        for (int i = 0; i < names.size(); i++) {
            entries.add(new Legend.Entry(
                    names.get(i),
                    OptionalInt.of(i % Palette.COLORS.size()),
                    OptionalInt.of(i % Palette.SHAPES.size()),
                    OptionalInt.of(i / Palette.COLORS.size() % Palette.DASHES.size())));
        }
        return new Legend(title, entries);
    }

    /** A legend of anything, alone or beside one of dashes: colour and symbol in the order given. */
    public static Legend colors(String title, Collection<String> names) {
        var entries = new ArrayList<Legend.Entry>();
        for (String name : names) {
            int number = entries.size() + 1; // the first colour is nearly that of the text
            entries.add(new Legend.Entry(
                    name,
                    OptionalInt.of(number % Palette.COLORS.size()),
                    OptionalInt.of(number % Palette.SHAPES.size()),
                    OptionalInt.empty()));
        }
        return new Legend(title, entries);
    }

    /** A legend of anything beside one of colours: dashes alone, in the order given; the first line is drawn whole. */
    public static Legend dashes(String title, List<String> names) {
        var entries = new ArrayList<Legend.Entry>();
        for (int i = 0; i < names.size(); i++) {
            entries.add(new Legend.Entry(
                    names.get(i), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.of(i % Palette.DASHES.size())));
        }
        return new Legend(title, entries);
    }

    /** The legend of what attacks leave: the lowest known accuracy black, so that it stands out. */
    static Legend quantities(String title, List<SuiteAccuracy> quantities) {
        List<Legend.Entry> entries = new ArrayList<>(
                of(title, quantities.stream().map(SuiteAccuracy::name).toList()).entries());
        entries.replaceAll(entry -> entry.name().equals(SuiteAccuracy.LOWEST_KNOWN)
                ? new Legend.Entry(entry.name(), OptionalInt.of(0), OptionalInt.of(0), OptionalInt.of(0))
                : entry);
        return new Legend(title, entries);
    }

    private static int number(String strategy, List<String> all) {
        int fixed = STRATEGIES.indexOf(strategy);
        if (fixed >= 0) {
            return fixed;
        }
        // Published code's rewind takes the place of the paper's where a search has no other.
        if (strategy.equals("as-published") && !all.contains("original")) {
            return 0;
        }
        List<String> others =
                all.stream().filter(name -> !STRATEGIES.contains(name)).toList();
        return STRATEGIES.size() + Math.max(0, others.indexOf(strategy));
    }
}
