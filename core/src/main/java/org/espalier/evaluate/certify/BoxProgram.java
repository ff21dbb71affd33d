package org.espalier.evaluate.certify;

import java.util.Arrays;

/**
 * A small linear programme: minimise {@code c x} over a box, subject to {@code a_j x + b_j >= 0}, by the simplex method with
 * bounds on variables (Dantzig 1955) on a dense tableau. A constraint may be violated at a cost, so there is always a
 * solution. If the constraints contradict each other, the costs show it.
 *
 * <p>Rounding in this class does not affect soundness. {@link LinearBounds} is valid for any multipliers of at least 0,
 * and the engine checks the point.
 */
final class BoxProgram {
    private static final double EPSILON = 1e-11;

    /** Steps after which the lowest index enters (Bland 1977), which cannot cycle. */
    private static final int PATIENCE = 200;

    private final int inputs;
    private final int rows;
    private final double[][] tableau; // (row, column): inputs, then violations, then surpluses
    private final double[] cost; // (column)
    private final double[] reduced; // (column)
    private final double[] upper; // (column)
    private final boolean[] atUpper; // (column), of those outside the basis
    private final int[] basis; // (row)
    private final double[] value; // (row): of the basic variable
    private final double[] lower; // (input)
    private final double[] scale; // (row)
    private final double reach; // most that the objective changes over the box

    /** Numbers in the tableau of a programme; callers refuse large ones. */
    static long size(int inputs, int rows) {
        return rows * (inputs + 2L * rows);
    }

    /**
     * A programme, solved.
     *
     * @param low (input) least values
     * @param high (input) largest values
     * @param objective (input) c
     * @param coefficients (constraint, input) a
     * @param offsets (constraint) b
     */
    BoxProgram(double[] low, double[] high, double[] objective, double[][] coefficients, double[] offsets) {
        inputs = low.length;
        rows = offsets.length;
        lower = low;
        int columns = inputs + 2 * rows;
        tableau = new double[rows][columns];
        cost = new double[columns];
        upper = new double[columns];
        atUpper = new boolean[columns];
        basis = new int[rows];
        value = new double[rows];
        scale = new double[rows];
        double most = 1e-30;
        for (int i = 0; i < inputs; i++) {
            upper[i] = high[i] - low[i];
            cost[i] = objective[i];
            atUpper[i] = objective[i] < 0;
            most += Math.abs(objective[i]) * upper[i];
        }
        reach = most;
        Arrays.fill(upper, inputs, columns, Double.POSITIVE_INFINITY);
        Arrays.fill(cost, inputs, inputs + rows, 1e6 * reach);
        for (int j = 0; j < rows; j++) {
            begin(j, coefficients[j], offsets[j]);
        }
        reduced = cost.clone();
        for (int j = 0; j < rows; j++) {
            double price = cost[basis[j]];
            for (int k = 0; k < columns && price != 0; k++) {
                reduced[k] -= price * tableau[j][k];
            }
        }
        solve();
    }

    /** Row j over its size, with the violation in the basis where it starts violated, else the surplus. */
    private void begin(int j, double[] a, double b) {
        double size = Math.abs(b);
        double at = b;
        for (int i = 0; i < inputs; i++) {
            size = Math.max(size, Math.abs(a[i]) * upper[i]);
            at += a[i] * (lower[i] + (atUpper[i] ? upper[i] : 0));
        }
        scale[j] = size > 0 ? size : 1;
        boolean violated = at < 0;
        double sign = violated ? 1 : -1;
        for (int i = 0; i < inputs; i++) {
            tableau[j][i] = sign * a[i] / scale[j];
        }
        tableau[j][inputs + j] = sign;
        tableau[j][inputs + rows + j] = -sign;
        basis[j] = violated ? inputs + j : inputs + rows + j;
        value[j] = Math.abs(at) / scale[j];
    }

    private void solve() {
        int most = 50 * (inputs + rows + 10);
        for (int step = 0; step < most; step++) {
            int entering = entering(step >= PATIENCE);
            if (entering < 0) {
                return;
            }
            move(entering);
        }
    }

    private int entering(boolean first) {
        int best = -1;
        double gain = EPSILON * (1 + reach);
        for (int k = 0; k < reduced.length; k++) {
            double rate = atUpper[k] ? reduced[k] : -reduced[k];
            if (rate > gain && upper[k] > 0) {
                best = k;
                gain = rate;
                if (first) {
                    return best;
                }
            }
        }
        return best;
    }

    private void move(int entering) {
        double way = atUpper[entering] ? -1 : 1;
        double step = upper[entering];
        int leaving = -1;
        boolean leavesAtUpper = false;
        for (int j = 0; j < rows; j++) {
            double rate = way * tableau[j][entering];
            double limit = Double.POSITIVE_INFINITY;
            if (rate > EPSILON) {
                limit = Math.max(value[j], 0) / rate;
            } else if (rate < -EPSILON) {
                limit = Math.max(upper[basis[j]] - value[j], 0) / -rate;
            }
            if (limit < step || limit == step && leaving >= 0 && basis[j] < basis[leaving]) {
                step = limit;
                leaving = j;
                leavesAtUpper = rate < 0;
            }
        }
        if (Double.isInfinite(step)) {
            reduced[entering] = 0; // only by rounding: costs of unbounded columns are not negative
            return;
        }
        for (int j = 0; j < rows; j++) {
            value[j] -= way * step * tableau[j][entering];
        }
        if (leaving < 0) {
            atUpper[entering] = !atUpper[entering];
            return;
        }
        double entered = (atUpper[entering] ? upper[entering] : 0) + way * step;
        atUpper[basis[leaving]] = leavesAtUpper;
        atUpper[entering] = false;
        basis[leaving] = entering;
        value[leaving] = entered;
        pivot(leaving, entering);
    }

    private void pivot(int row, int column) {
        double[] pivot = tableau[row];
        double by = 1 / pivot[column];
        for (int k = 0; k < pivot.length; k++) {
            pivot[k] *= by;
        }
        pivot[column] = 1;
        for (int j = 0; j < rows; j++) {
            if (j != row) {
                subtract(tableau[j], pivot, tableau[j][column], column);
            }
        }
        subtract(reduced, pivot, reduced[column], column);
    }

    private static void subtract(double[] from, double[] pivot, double factor, int column) {
        if (factor != 0) {
            for (int k = 0; k < from.length; k++) {
                from[k] -= factor * pivot[k];
            }
            from[column] = 0;
        }
    }

    /** The solution, (input), in the box. */
    double[] point() {
        double[] point = new double[inputs];
        for (int i = 0; i < inputs; i++) {
            point[i] = lower[i] + (atUpper[i] ? upper[i] : 0);
        }
        for (int j = 0; j < rows; j++) {
            if (basis[j] < inputs) {
                int i = basis[j];
                point[i] = lower[i] + Math.clamp(value[j], 0, upper[i]);
            }
        }
        return point;
    }

    /** The multiplier of each constraint, at least 0: the cost of a violation. (constraint) */
    double[] multipliers() {
        double[] multipliers = new double[rows];
        for (int j = 0; j < rows; j++) {
            // The surplus of constraint j has the column -1 at row j and no cost.
            multipliers[j] = Math.max(reduced[inputs + rows + j], 0) / scale[j];
        }
        return multipliers;
    }
}
