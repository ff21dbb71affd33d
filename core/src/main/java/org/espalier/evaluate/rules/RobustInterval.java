package org.espalier.evaluate.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * All that is known of one network's robust accuracy on some images under one threat model. It lies between the share of images
 * that are certified and the share that nothing known breaks: neither an attack of a suite nor one that the rules ran, nor a
 * run with more iterations, nor a counterexample of exact verification, in this evaluation or in another one of the same
 * network, in this ball or in one that it holds.
 *
 * @param suite what is right without attack and under a suite
 * @param certified inputs shown to withstand everything in the ball
 * @param breaks what each source beside the suite leaves right, in the order in which sources are named
 */
public record RobustInterval(Outcomes suite, Outcomes certified, List<Break> breaks) {
    /** Inputs that a sentence names one by one. */
    private static final int NAMED = 10;

    /**
     * What one source breaks.
     *
     * @param source the attack or method, in words
     * @param unbroken inputs that it leaves right, and those that it did not look at
     */
    public record Break(String source, Outcomes unbroken) {}

    public RobustInterval {
        breaks = List.copyOf(breaks);
    }

    /** Inputs that nothing known breaks, the suite included. */
    public Outcomes unbroken() {
        Outcomes left = suite;
        for (Break each : breaks) {
            left = left.and(each.unbroken());
        }
        return left;
    }

    /** The lower end: certified accuracy, in [0, 1]. */
    public double lower() {
        return certified.accuracy();
    }

    /** The upper end: the lowest known accuracy, in [0, 1]. */
    public double upper() {
        return unbroken().accuracy();
    }

    /** The same with more sources, which may say the same again. */
    public RobustInterval with(Outcomes moreCertified, List<Break> moreBreaks) {
        List<Break> all = new ArrayList<>(breaks);
        all.addAll(moreBreaks);
        boolean[] shown = new boolean[suite.inputs()];
        for (int e = 0; e < shown.length; e++) {
            shown[e] = certified.right(e) || moreCertified.right(e);
        }
        return new RobustInterval(suite, Outcomes.of(shown), all);
    }

    /** Inputs that withstand the suite and are known to be broken, each with the first source that breaks it. */
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

    /** The interval in a sentence: both ends, and what the upper one rests on beside the suite. */
    public String sentence() {
        Map<Integer, String> broken = brokenYetWithstanding();
        return String.format(
                Locale.ROOT,
                "lowest known accuracy %.2f %% (the suite leaves %.2f %%%s), certified %.2f %%",
                100 * upper(),
                100 * suite.accuracy(),
                broken.isEmpty() ? ", and nothing else breaks more" : "; it misses " + named(broken),
                100 * lower());
    }

    /** Inputs and what breaks them in words, the first ones by number: {@code images 3, 17 by pgd}. */
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
