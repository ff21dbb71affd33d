package org.espalier.report.reproduction;

/** The claims of the paper that its runs can show. Each is a set of comparisons whose differences the claim says are above 0. */
enum Claim {
    ROBUST_TICKETS(
            "robust tickets beat the dense network's accuracy under attack down to 3.6 %",
            "ticket minus dense network, at each published density down to 3.6 %", true),
    BEST_DENSITY(
            "accuracy under attack is best near 16.9 %",
            "network at 16.9 % minus the network at each other published density", true),
    CONTINUED(
            "continued can beat original at moderate density",
            "continued minus original, at 51.3, 16.9 and 8.7 %; one density is enough",
            false),
    RANDOM(
            "random is beaten by original or continued at every density",
            "the better of the two by mean validation accuracy, minus random, at each published density",
            true),
    FASTER(
            "tickets train faster: their early stop comes sooner",
            "early stop of the dense network minus that of the ticket, in iterations, at each published density down to 3.6 %",
            true),
    INITIAL_WEIGHTS(
            "weights that survive began larger than the average weight",
            "mean |initial weight| of the survivors over that of all weights, minus 1, by layer at 51.3, 16.9 and 3.6 %",
            true);

    private final String text;
    private final String comparison;
    private final boolean everywhere;

    Claim(String text, String comparison, boolean everywhere) {
        this.text = text;
        this.comparison = comparison;
        this.everywhere = everywhere;
    }

    String text() {
        return text;
    }

    /** What is subtracted from what. */
    String comparison() {
        return comparison;
    }

    /** Whether the claim is about all of its comparisons; else one is enough. */
    boolean everywhere() {
        return everywhere;
    }
}
