package org.espalier.evaluate.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * Bounds of one network's robust accuracy on some images under one threat model. The lower bound is the share of
 * certified images. The upper bound is the share of images that no known source breaks. Sources are attacks of suites,
 * attacks of the rules, longer runs and counterexamples of exact verification. They come from this evaluation or
 * another one of the same network, in this ball or a smaller one.
 *
 * @param suite inputs that are right without attack and under the suite
 * @param certified inputs proven to be right in the whole ball; empty where no certificate was tried
 * @param breaks inputs that each source besides the suite does not break, in the order for messages
 */
public record RobustInterval(Outcomes suite, Optional<Outcomes> certified, List<Break> breaks) {
    /** Most inputs that a sentence lists one by one. */
    private static final int NAMED = 10;

    /**
     * The inputs that one source breaks.
     *
     * @param source the attack or method, in words
     * @param unbroken inputs that it does not break, those that it did not attack included
     */
    public record Break(String source, Outcomes unbroken) {}

    public RobustInterval {
        breaks = List.copyOf(breaks);
    }

    /** Inputs that no source breaks, the suite included. */
    public Outcomes unbroken() {
        Outcomes unbroken = suite;
        for (Break each : breaks) {
            unbroken = unbroken.and(each.unbroken());
        }
        return unbroken;
    }

    /** The lower end: certified accuracy, in [0, 1]; 0 where no certificate was tried. */
    public double lower() {
        return certified.map(Outcomes::accuracy).orElse(0.0);
    }

    /** The upper end: the lowest known accuracy, in [0, 1]. */
    public double upper() {
        return unbroken().accuracy();
    }

    /** The same with more sources. Sources may repeat each other. */
    public RobustInterval with(Outcomes moreCertified, List<Break> moreBreaks) {
        List<Break> all = new ArrayList<>(breaks);
        all.addAll(moreBreaks);
        boolean[] shown = new boolean[suite.inputs()];
        for (int e = 0; e < shown.length; e++) {
            int input = e;
            shown[e] = certified.filter(known -> known.right(input)).isPresent() || moreCertified.right(e);
        }
        return new RobustInterval(suite, Optional.of(Outcomes.of(shown)), all);
    }

    /** Inputs that withstand the suite and that another source breaks, each with the first such source. */
    public SequencedMap<Integer, String> brokenYetWithstanding() {
        SequencedMap<Integer, String> broken = new LinkedHashMap<>();
        for (int e = 0; e < suite.inputs(); e++) {
            if (suite.right(e)) {
                int input = e;
                breaks.stream()
                        .filter(each -> !each.unbroken().right(input))
                        .findFirst()
                        .ifPresent(each -> broken.put(input, each.source()));
            }
        }
        return broken;
    }

    /** The interval in a sentence: both bounds, and the sources of the upper one besides the suite. */
    public String sentence() {
        Map<Integer, String> broken = brokenYetWithstanding();
        return String.format(
                Locale.ROOT,
                "lowest known accuracy %.2f %% (%.2f %% under the suite%s), %s",
                100 * upper(),
                100 * suite.accuracy(),
                broken.isEmpty() ? ", and no other source is lower" : "; beyond the suite: " + named(broken),
                certified.isPresent()
                        ? String.format(Locale.ROOT, "certified %.2f %%", 100 * lower())
                        : "not certified");
    }

    /** Inputs and the sources that break them, the first inputs by number: {@code images 3, 17 by pgd}. */
    static String named(Map<Integer, String> broken) {
        Map<String, List<Integer>> bySource = new LinkedHashMap<>();
        broken.forEach((input, source) ->
                bySource.computeIfAbsent(source, _ -> new ArrayList<>()).add(input));
        return bySource.entrySet().stream()
                .map(each -> (each.getValue().size() == 1 ? "image " : "images ")
                        + each.getValue().stream()
                                .limit(NAMED)
                                .map(String::valueOf)
                                .collect(Collectors.joining(", "))
                        + (each.getValue().size() > NAMED
                                ? " and " + (each.getValue().size() - NAMED) + " more"
                                : "")
                        + " by " + each.getKey())
                .collect(Collectors.joining("; "));
    }
}
