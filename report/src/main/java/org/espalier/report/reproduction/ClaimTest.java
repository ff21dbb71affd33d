package org.espalier.report.reproduction;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.report.statistics.Holm;
import org.espalier.report.statistics.Interval;
import org.espalier.report.statistics.Paired;
import org.espalier.report.statistics.Sample;

/**
 * One comparison behind a claim. The claim says that the difference is above 0.
 *
 * @param what what is compared, in a few words
 * @param density weights remaining of the network that the claim is about, 0 to 1
 * @param differences one a trial
 * @param above p value of the hypothesis that the mean difference is 0 or less, by Holm's method over the tests of the claim; 1
 *     where trials tell of no spread
 * @param below the same of the hypothesis that it is 0 or more
 */
record ClaimTest(String what, double density, Paired differences, double above, double below) {
    /** The level of all tests. */
    static final double ALPHA = 0.05;

    /** A comparison whose p values are to be corrected. */
    record Raw(String what, double density, Paired differences) {}

    /** Corrects the p values of the tests of one claim for their number. */
    static List<ClaimTest> of(List<Raw> tests) {
        List<Double> above = p(tests, differences -> differences);
        List<Double> below = p(
                tests,
                differences -> new Paired(
                        differences.differences().stream().map(d -> -d).toList()));
        var corrected = new ArrayList<ClaimTest>();
        for (int i = 0; i < tests.size(); i++) {
            Raw raw = tests.get(i);
            corrected.add(new ClaimTest(raw.what(), raw.density(), raw.differences(), above.get(i), below.get(i)));
        }
        return List.copyOf(corrected);
    }

    private static List<Double> p(List<Raw> tests, Function<Paired, Paired> turned) {
        return Holm.adjust(tests.stream()
                .map(raw -> turned.apply(raw.differences()).notWorse(0).orElse(1))
                .toList());
    }

    boolean shownAbove() {
        return above < ALPHA;
    }

    boolean shownBelow() {
        return below < ALPHA;
    }

    Sample sample() {
        return Sample.of(differences.differences());
    }

    /** 95 % interval of the mean difference; empty where trials tell of no spread. Not corrected for the number of tests. */
    Optional<Interval> interval() {
        return differences.interval(1 - ALPHA);
    }
}
