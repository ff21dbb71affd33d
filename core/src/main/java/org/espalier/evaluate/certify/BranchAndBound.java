package org.espalier.evaluate.certify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Splits ReLUs until every part is decided: Bunel et al., "Branch and bound for piecewise linear neural network
 * verification" (2020), with the bounds of Beta-CROWN (Wang et al., 2021).
 *
 * <p>A node is a class to exclude and a side for some units. Nodes are processed worst bound first, several at once,
 * each in a lane. Hidden bounds are those of the whole region. A split acts through its multiplier.
 */
final class BranchAndBound {
    /** Nodes bounded together. */
    private static final int LANES = 32;

    private static final int FIRST_STEPS = 40;
    private static final int STEPS = 12;
    /** Steps for a node without units to split. It is a linear programme, which the multipliers usually solve. */
    private static final int LEAF_STEPS = 300;

    private final SparseNetwork network;
    private final Certifier certifier;
    private final LinearBounds linear;
    private final SlopeSearch search;
    private final LaneChoices choices;
    private final Leaf leaf;

    BranchAndBound(Certifier certifier) {
        this.certifier = certifier;
        network = certifier.network();
        linear = new LinearBounds(network, LANES);
        search = new SlopeSearch(network, linear);
        choices = new LaneChoices(network, LANES);
        leaf = new Leaf(network);
    }

    /** One part of the region, given by the sides of the units from this node to the root. */
    private static final class Node {
        final int target;
        final @Nullable Node parent;
        final int split; // index of the unit split last, in the list of unstable ones; -1 at the root
        final byte side;
        final int depth;
        final long number;
        double bound;
        float[] slopes = {}; // (unstable unit): slopes after optimisation
        double[] multipliers = {}; // (depth): of the splits from this node up to the root
        int next = -1; // unit to split next; -1 if all are split

        Node(int target, @Nullable Node parent, int split, byte side, long number) {
            this.target = target;
            this.parent = parent;
            this.split = split;
            this.side = side;
            this.number = number;
            depth = parent == null ? 0 : parent.depth + 1;
            bound = parent == null ? Double.NEGATIVE_INFINITY : parent.bound;
        }
    }

    /** The state of one input's problem. */
    private final class Search {
        final HiddenBounds bounds;
        final int label;
        final Function<double[], Optional<float[]>> judge;
        final int[] layers; // (unstable unit)
        final int[] units; // (unstable unit)
        final PriorityQueue<Node> open = new PriorityQueue<>(
                Comparator.comparingDouble((Node node) -> node.bound).thenComparingLong(node -> node.number));
        final double[] best = new double[LANES];
        int nodes;
        long numbers;
        double stuck = Double.POSITIVE_INFINITY; // worst bound of leaves that stay undecided
        double least = Double.POSITIVE_INFINITY; // worst bound of nodes that are decided
        Optional<float[]> counterexample = Optional.empty();

        Search(HiddenBounds bounds, int label, Function<double[], Optional<float[]>> judge) {
            this.bounds = bounds;
            this.label = label;
            this.judge = judge;
            layers = new int[bounds.unstable()];
            units = new int[layers.length];
            int next = 0;
            for (int layer = 0; layer < network.hidden(); layer++) {
                for (int i = 0; i < bounds.lower[layer].length; i++) {
                    if (bounds.unstable(layer, i)) {
                        layers[next] = layer;
                        units[next++] = i;
                    }
                }
            }
        }

        /** Bounds nodes, one per lane. Undecided nodes enter the queue. */
        void bound(List<Node> lanes, int steps) {
            int count = lanes.size();
            int[] others = new int[count];
            for (int r = 0; r < count; r++) {
                others[r] = lanes.get(r).target;
                load(lanes.get(r), r);
            }
            search.climb(certifier.against(label, others, count), bounds, choices, steps, best);
            nodes += count;
            List<Node> leaves = new ArrayList<>();
            boolean open = false;
            for (int r = 0; r < count; r++) {
                Node node = lanes.get(r);
                node.bound = Math.max(node.bound, best[r]);
                if (node.bound > 0) {
                    least = Math.min(least, node.bound);
                    continue;
                }
                open = true;
                keep(node, r);
                node.next = choose(r);
                if (node.next >= 0) {
                    this.open.add(node);
                } else if (steps < LEAF_STEPS) {
                    leaves.add(node);
                } else if (counterexample.isEmpty()) {
                    settle(node, r, others[r]);
                }
            }
            if (open && counterexample.isEmpty()) {
                attack(lanes, count);
                if (steps == LEAF_STEPS && counterexample.isEmpty()) {
                    search.takeMean(count);
                    attack(lanes, count);
                }
            }
            if (!leaves.isEmpty() && counterexample.isEmpty()) {
                bound(leaves, LEAF_STEPS);
            }
        }

        /**
         * Solves the linear programme of a leaf that optimisation did not decide. The leaf is verified, its point is a
         * counterexample, or it is a tie.
         */
        private void settle(Node node, int lane, int other) {
            if (leaf.fits(units.length)) {
                byte[] sides = new byte[units.length];
                for (int at = 0; at < sides.length; at++) {
                    sides[at] = choices.side[layers[at]][units[at]][lane];
                }
                Leaf.Answer answer =
                        leaf.solve(bounds, layers, units, sides, certifier.against(label, new int[] {other}, 1));
                node.bound = Math.max(node.bound, answer.bound());
                if (node.bound > 0) {
                    least = Math.min(least, node.bound);
                    return;
                }
                counterexample = judge.apply(answer.point());
            }
            stuck = Math.min(stuck, node.bound);
        }

        private void load(Node node, int lane) {
            Node source = node.slopes.length > 0 || node.parent == null ? node : node.parent;
            for (int at = 0; at < units.length; at++) {
                int layer = layers[at];
                int unit = units[at];
                choices.side[layer][unit][lane] = 0;
                choices.multiplier[layer][unit][lane] = 0;
                choices.slope[layer][unit][lane] = source.slopes.length > 0
                        ? source.slopes[at]
                        : bounds.upper[layer][unit] > -bounds.lower[layer][unit] ? 1 : 0;
            }
            for (Node at = node; at != null && at.split >= 0; at = at.parent) {
                choices.side[layers[at.split]][units[at.split]][lane] = at.side;
            }
            int k = 0;
            for (Node at = source; at != null && at.split >= 0; at = at.parent) {
                choices.multiplier[layers[at.split]][units[at.split]][lane] = source.multipliers[k++];
            }
        }

        private void keep(Node node, int lane) {
            node.slopes = new float[units.length];
            for (int at = 0; at < units.length; at++) {
                node.slopes[at] = (float) choices.slope[layers[at]][units[at]][lane];
            }
            node.multipliers = new double[node.depth];
            int k = 0;
            for (Node at = node; at != null && at.split >= 0; at = at.parent) {
                node.multipliers[k++] = choices.multiplier[layers[at.split]][units[at.split]][lane];
            }
        }

        /** The unit to split: the one whose relaxation loosens the bound most; -1 if all are split. */
        private int choose(int lane) {
            int best = -1;
            double highest = -1;
            for (int at = 0; at < units.length; at++) {
                int layer = layers[at];
                int unit = units[at];
                if (choices.side[layer][unit][lane] == 0) {
                    double l = bounds.lower[layer][unit];
                    double u = bounds.upper[layer][unit];
                    double v = linear.after[layer + 1][unit][lane];
                    double triangle = v < 0 ? v * u * l / (u - l) : 0;
                    double score = Math.max(search.gap(layer, unit, lane, choices, bounds), 0) + 0.1 * triangle;
                    if (score > highest) {
                        highest = score;
                        best = at;
                    }
                }
            }
            return best;
        }

        /** Evaluates the network at the worst input of each undecided lane. */
        private void attack(List<Node> lanes, int count) {
            double[][] logits = search.logits(count, bounds);
            for (int r = 0; r < count && counterexample.isEmpty(); r++) {
                if (lanes.get(r).bound > 0) {
                    continue;
                }
                for (int c = 0; c < logits.length; c++) {
                    if (c != label && logits[c][r] >= logits[label][r]) {
                        int lane = r;
                        double[] candidate = new double[search.worst.length];
                        for (int i = 0; i < candidate.length; i++) {
                            candidate[i] = search.worst[i][lane];
                        }
                        counterexample = judge.apply(candidate);
                        break;
                    }
                }
            }
        }

        Verification run(double[] margins, int limit, BooleanSupplier stop) {
            List<Node> lanes = new ArrayList<>();
            for (int c = 0; c < margins.length; c++) {
                if (margins[c] > 0) {
                    least = Math.min(least, margins[c]);
                } else {
                    lanes.add(new Node(c, null, -1, (byte) 0, numbers++));
                }
            }
            for (int first = 0; first < lanes.size() && counterexample.isEmpty(); first += LANES) {
                bound(lanes.subList(first, Math.min(lanes.size(), first + LANES)), FIRST_STEPS);
            }
            while (counterexample.isEmpty() && !open.isEmpty()) {
                if (nodes >= limit || stop.getAsBoolean()) {
                    return new Verification(
                            Decision.UNKNOWN, Math.min(worst(), open.element().bound), nodes, Optional.empty());
                }
                List<Node> children = new ArrayList<>();
                while (children.size() < LANES && !open.isEmpty()) {
                    Node node = open.remove();
                    children.add(new Node(node.target, node, node.next, (byte) 1, numbers++));
                    children.add(new Node(node.target, node, node.next, (byte) -1, numbers++));
                }
                bound(children, STEPS);
                for (Node child : children) {
                    Node parent = Objects.requireNonNull(child.parent);
                    parent.slopes = new float[0]; // the children have their own
                    parent.multipliers = new double[0];
                }
            }
            if (counterexample.isPresent()) {
                return new Verification(Decision.FALSIFIED, Double.NEGATIVE_INFINITY, nodes, counterexample);
            }
            return new Verification(
                    worst() > 0 ? Decision.VERIFIED : Decision.UNKNOWN, worst(), nodes, Optional.empty());
        }

        private double worst() {
            return Math.min(least, stuck);
        }
    }

    /**
     * Decides one input.
     *
     * @param bounds bounds of the hidden units over the region
     * @param margins (class) known lower bounds; infinity at the label
     * @param limit nodes at most
     * @param stop checked between rounds; true ends the search undecided
     * @param judge checks live inputs and returns the counterexample, if they are one
     */
    Verification run(
            HiddenBounds bounds,
            int label,
            double[] margins,
            int limit,
            BooleanSupplier stop,
            Function<double[], Optional<float[]>> judge) {
        return new Search(bounds, label, judge).run(margins, limit, stop);
    }
}
