package org.espalier.lab.study.control;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Masked networks that give values together. Either each has parameters of its own, or all are masks of one network.
 *
 * @param parameters of one network or of as many as masks; zero where no mask of the network keeps a weight
 */
record Members(Layout layout, List<double[]> parameters, List<Links> masks) {
    /** Sets to zero what no mask keeps. */
    Members {
        for (int network = 0; network < parameters.size(); network++) {
            BitSet kept = new BitSet();
            for (Links mask : parameters.size() == 1 ? masks : List.of(masks.get(network))) {
                mask.mark(layout, kept);
            }
            double[] all = parameters.get(network);
            for (int i = kept.nextClearBit(0); i < all.length; i = kept.nextClearBit(i + 1)) {
                all[i] = 0;
            }
        }
    }

    int size() {
        return masks.size();
    }

    /** The network of a member. */
    int network(int member) {
        return parameters.size() == 1 ? 0 : member;
    }

    /** Parameters of a member, shared or not. */
    double[] of(int member) {
        return parameters.get(network(member));
    }

    /** The same values, to be kept while training goes on. */
    Members copy() {
        return new Members(layout, parameters.stream().map(double[]::clone).toList(), masks);
    }

    /** Takes over the values of others of the same form. */
    void copyFrom(Members other) {
        for (int network = 0; network < parameters.size(); network++) {
            double[] from = other.parameters.get(network);
            System.arraycopy(from, 0, parameters.get(network), 0, from.length);
        }
    }

    /**
     * Mean or minimum of the members' values of actions at the states of a pass.
     *
     * @param into (action, lane)
     */
    void values(QNetwork pass, boolean minimum, double[][] into) {
        for (double[] row : into) {
            Arrays.fill(row, minimum ? Double.POSITIVE_INFINITY : 0);
        }
        for (int member = 0; member < size(); member++) {
            double[][] values = pass.forward(of(member), masks.get(member));
            for (int action = 0; action < into.length; action++) {
                for (int lane = 0; lane < into[action].length; lane++) {
                    double value = values[action][lane];
                    into[action][lane] = minimum ? Math.min(into[action][lane], value) : into[action][lane] + value;
                }
            }
        }
        for (int action = 0; !minimum && action < into.length; action++) {
            for (int lane = 0; lane < into[action].length; lane++) {
                into[action][lane] /= size();
            }
        }
    }
}
