package org.espalier.attack.strong.radius;

import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.attack.strong.search.PerExampleSearch;
import org.espalier.attack.strong.search.RowMath;
import org.espalier.data.ImageShape;
import org.espalier.random.Stream;

/** One example's {@link Square}. {@link #result} holds the best point so far, {@link #x} the proposal. */
final class SquareSearch extends PerExampleSearch {
    /** Positions of a query's random numbers in its stream. */
    private static final int SIGN = 0;

    private static final int ROW = 1;
    private static final int COLUMN = 2;
    private static final int SECOND_ROW = 3;
    private static final int SECOND_COLUMN = 4;
    private static final int TURN = 5;
    /** Signs of the second channel and those after it; the first one's stands at {@link #SIGN}. */
    private static final int SECOND_SIGN = 6;

    private static final double TINY = 1e-12;
    /** Factor on the radius of L2 and L1 proposals, so that rounding cannot move them out of the ball. */
    private static final double INSIDE = 1 - 0x1p-20;

    private static final int ROUNDING_TRIES = 8;

    private final Square settings;
    private final Norm norm;
    private final float epsilon;
    private final ImageShape shape;
    private final Target target;
    private final WindowPatterns patterns;
    private final Stream stream;
    private final float[] delta; // proposal less clean example in L2 and L1, (row)
    private boolean begun;
    private boolean first; // the proposal is a search's first point
    private int restart;
    private int query;
    private double best = Double.NEGATIVE_INFINITY; // lead of the best wrong class at the current point
    private final float[] current; // the current point, (row)
    private Stream draws;
    // The window that the proposal changes, in L-infinity.
    private int top;
    private int left;
    private int height;
    private int width;

    SquareSearch(
            Square settings,
            ThreatModel threat,
            Target target,
            WindowPatterns patterns,
            float[] clean,
            int label,
            Stream stream) {
        super(clean, label, target.classes());
        this.settings = settings;
        norm = threat.norm();
        epsilon = threat.epsilon();
        this.target = target;
        this.patterns = patterns;
        this.stream = stream;
        shape = target.image(settings.name());
        delta = new float[clean.length];
        current = clean.clone();
        draws = stream;
    }

    @Override
    protected Request onLogits(float[] z) {
        double lead = lead(z);
        boolean fooled = fooled(z);
        if (!begun) {
            begun = true;
            loss = lead;
            return fooled ? Request.NOTHING : begin();
        }
        if (lead > loss || fooled) {
            loss = lead;
            System.arraycopy(x, 0, result, 0, x.length);
        }
        if (fooled) {
            return Request.NOTHING;
        }
        if (first || lead > best) {
            best = lead;
            copyWindow(x, current);
        } else {
            copyWindow(current, x);
        }
        first = false;
        if (query == settings.queries()) {
            restart++;
            return restart < settings.restarts() ? begin() : Request.NOTHING;
        }
        propose();
        query++;
        return Request.LOGITS;
    }

    /** Copies a point. In L-infinity the two points differ in the window only. */
    private void copyWindow(float[] from, float[] to) {
        if (norm != Norm.LINF || first) {
            System.arraycopy(from, 0, to, 0, to.length);
            return;
        }
        for (int channel = 0; channel < shape.channels(); channel++) {
            for (int row = top; row < top + height; row++) {
                for (int column = left; column < left + width; column++) {
                    int at = at(channel, row, column);
                    if (at >= 0) {
                        to[at] = from[at];
                    }
                }
            }
        }
    }

    private Request begin() {
        draws = stream.child(restart);
        query = 0;
        first = true;
        best = Double.NEGATIVE_INFINITY;
        if (norm == Norm.LINF) {
            stripes();
        } else {
            tiles();
        }
        return Request.LOGITS;
    }

    /** Each column of a channel goes to one of the ball's two walls. */
    private void stripes() {
        Stream start = draws.child("start");
        int pixels = shape.height() * shape.width();
        for (int i = 0; i < x.length; i++) {
            int input = target.live()[i];
            boolean up = start.bits(input / pixels * shape.width() + input % shape.width()) < 0;
            x[i] = corner(clean[i], up);
        }
    }

    /** Patterns of random signs on five by five tiles. */
    private void tiles() {
        Stream start = draws.child("start");
        int high = Math.max(shape.height() / 5, 1);
        int wide = Math.max(shape.width() / 5, 1);
        int above = Math.max((shape.height() - 5 * high) / 2, 0);
        int before = Math.max((shape.width() - 5 * wide) / 2, 0);
        java.util.Arrays.fill(delta, 0f);
        int tile = 0;
        for (int y = above; y + high <= shape.height(); y += high) {
            for (int x0 = before; x0 + wide <= shape.width(); x0 += wide) {
                long bits = start.bits(tile++);
                float[] pattern = patterns.pattern(high, wide, (bits & 1) == 0);
                for (int channel = 0; channel < shape.channels(); channel++) {
                    boolean up = channel == 0 ? bits < 0 : start.child(channel).bits(tile) < 0;
                    for (int row = 0; row < high; row++) {
                        for (int column = 0; column < wide; column++) {
                            int at = at(channel, y + row, x0 + column);
                            if (at >= 0) {
                                delta[at] += up ? pattern[row * wide + column] : -pattern[row * wide + column];
                            }
                        }
                    }
                }
            }
        }
        setProposal();
    }

    private void propose() {
        Stream own = draws.child(query);
        double share = settings.share(query);
        if (shape.height() == 1) {
            height = 1;
            width = Math.max((int) Math.round(share * shape.width()), 1);
        } else {
            int side = Math.max((int) Math.round(Math.sqrt(share * shape.height() * shape.width())), 1);
            height = Math.min(side, shape.height());
            width = Math.min(side, shape.width());
        }
        if (norm == Norm.LINF) {
            top = own.below(shape.height() - height + 1, ROW);
            left = own.below(shape.width() - width + 1, COLUMN);
            for (int channel = 0; channel < shape.channels(); channel++) {
                boolean up = up(own, channel);
                for (int row = top; row < top + height; row++) {
                    for (int column = left; column < left + width; column++) {
                        int at = at(channel, row, column);
                        if (at >= 0) {
                            x[at] = corner(clean[at], up);
                        }
                    }
                }
            }
        } else {
            if (shape.height() > 1) {
                height = Math.min(Math.max(height, 3) | 1, shape.height());
            }
            width = Math.min(Math.max(width, 3) | 1, shape.width());
            changeWindows(own);
        }
    }

    /** The sign that a query draws for a channel. */
    private static boolean up(Stream own, int channel) {
        return own.bits(channel == 0 ? SIGN : SECOND_SIGN + channel - 1) < 0;
    }

    private float corner(float value, boolean up) {
        // The final check reads this very point, so it must lie in the ball exactly.
        return Geometry.inside(up ? value + epsilon : value - epsilon, value, epsilon);
    }

    /**
     * Adds a pattern to one window of each channel. Its length is a channel's share of the unused budget plus that of
     * the channel's second window, which is reset to the clean image.
     */
    private void changeWindows(Stream own) {
        top = own.below(shape.height() - height + 1, ROW);
        left = own.below(shape.width() - width + 1, COLUMN);
        int otherTop = own.below(shape.height() - height + 1, SECOND_ROW);
        int otherLeft = own.below(shape.width() - width + 1, SECOND_COLUMN);
        float[] pattern = patterns.pattern(height, width, own.bits(TURN) < 0);
        for (int i = 0; i < delta.length; i++) {
            delta[i] = current[i] - clean[i];
        }
        double whole = RowMath.norm(norm, delta);
        double unspent = norm == Norm.L2
                ? Math.max((double) epsilon * epsilon - whole * whole, 0)
                : Math.max(epsilon - whole, 0);
        for (int channel = 0; channel < shape.channels(); channel++) {
            float sign = up(own, channel) ? 1f : -1f;
            changeWindow(channel, otherTop, otherLeft, pattern, sign, unspent / shape.channels());
        }
        setProposal();
    }

    /** Changes the window of one channel. */
    private void changeWindow(int channel, int otherTop, int otherLeft, float[] pattern, float sign, double unspent) {
        double inFirst = 0; // powers of the norm
        double inBoth = 0;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int at = at(channel, top + row, left + column);
                if (at >= 0) {
                    inFirst += power(delta[at]);
                }
                int other = at(channel, otherTop + row, otherLeft + column);
                boolean shared = otherTop + row >= top
                        && otherTop + row < top + height
                        && otherLeft + column >= left
                        && otherLeft + column < left + width;
                if (other >= 0 && !shared) {
                    inBoth += power(delta[other]);
                    delta[other] = 0f;
                }
            }
        }
        inBoth += inFirst;
        double firstLength = root(inFirst) + TINY;
        double made = 0;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int at = at(channel, top + row, left + column);
                if (at >= 0) {
                    delta[at] = (float) (sign * pattern[row * width + column] + delta[at] / firstLength);
                    made += power(delta[at]);
                }
            }
        }
        double scale = root(unspent + inBoth) / (root(made) + TINY);
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int at = at(channel, top + row, left + column);
                if (at >= 0) {
                    delta[at] = (float) (delta[at] * scale);
                }
            }
        }
    }

    private int at(int channel, int row, int column) {
        return target.row((channel * shape.height() + row) * shape.width() + column);
    }

    private double power(float value) {
        return norm == Norm.L2 ? (double) value * value : Math.abs(value);
    }

    private double root(double sum) {
        return norm == Norm.L2 ? Math.sqrt(sum) : sum;
    }

    /**
     * Sets the proposal from {@code delta}: in L2 scaled to the ball's surface, in L1 the nearest point of ball and
     * box.
     */
    private void setProposal() {
        double aim = epsilon * INSIDE;
        place(aim);
        // Rounded to float32, a point at the edge of a small ball may lie outside, where it would not count.
        for (int tries = 0; tries < ROUNDING_TRIES; tries++) {
            double beyond = Geometry.distance(norm, clean, x) - epsilon;
            if (!(beyond > 0)) {
                return;
            }
            aim = Math.max(0, aim - 2 * beyond);
            place(aim);
        }
    }

    /** Sets the proposal to the clean image plus the changes, cut to a length. */
    private void place(double aim) {
        if (norm == Norm.L2) {
            double length = RowMath.norm(norm, delta);
            float scale = length > 0 ? (float) (aim / length) : 0f;
            for (int i = 0; i < x.length; i++) {
                x[i] = RowMath.clip(clean[i] + scale * delta[i]);
            }
        } else {
            for (int i = 0; i < x.length; i++) {
                x[i] = clean[i] + delta[i];
            }
            RowMath.cutL1(clean, aim, x);
        }
    }
}
