package org.espalier.attack.strong.distance;

import java.util.Arrays;
import org.espalier.attack.Norm;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.search.Draws;
import org.espalier.attack.strong.search.NearestSearch;
import org.espalier.attack.strong.search.RowMath;
import org.espalier.data.ImageShape;
import org.espalier.random.Stream;

/** One example's {@link HopSkipJump}. */
final class HopSkipJumpSearch extends NearestSearch {
    private enum Stage {
        CLEAN,
        /** Random first points are tried. */
        FIRST,
        /** The point moves back to the boundary. */
        RETURNING,
        /** Neighbours are evaluated. */
        ESTIMATING,
        /** A step along the normal is tried. */
        STEPPING
    }

    /** Largest error of the bisection as a share of the distance. Only networks of few inputs reach this limit. */
    private static final double COARSEST = 0.001;

    /** Most halvings of a step. After them the point does not move. */
    private static final int MOST_HALVINGS = 40;

    private final HopSkipJump settings;
    private final int[] live;
    private final ImageShape image; // that squares are drawn on
    private final Stream stream;
    private final float[] point; // fools the network, (row)
    private final float[] moved; // neighbour less point, (row)
    private final float[] update; // direction of the step, (row)
    private final double[] signed; // sum of neighbours, each with its sign, (row)
    private final double[] plain; // sum of neighbours, (row)
    private Stage stage = Stage.CLEAN;
    private int tried;
    private int iteration; // the authors' t, from 1
    private double low; // end of the bisection that is classified right
    private double high; // end of the bisection that fools the network
    private double enough;
    private double radius; // of the neighbourhood
    private int evaluations;
    private int evaluated;
    private int fooledTimes;
    private double step;
    private int halvings;

    HopSkipJumpSearch(HopSkipJump settings, Norm norm, Target target, float[] clean, int label, Stream stream) {
        super(norm, clean, label, target.classes());
        this.settings = settings;
        this.stream = stream;
        live = target.live();
        image = target.image(settings.name());
        point = new float[clean.length];
        moved = new float[clean.length];
        update = new float[clean.length];
        signed = new double[clean.length];
        plain = new double[clean.length];
    }

    @Override
    protected Request onLogits(float[] z) {
        boolean fooled = fooled(z);
        return switch (stage) {
            case CLEAN -> {
                if (fooled) {
                    offer();
                    yield Request.NOTHING;
                }
                stage = Stage.FIRST;
                drawFirst();
                yield Request.LOGITS;
            }
            case FIRST -> {
                if (fooled) {
                    yield goBack();
                }
                tried++;
                if (tried == settings.tries()) {
                    yield Request.NOTHING;
                }
                drawFirst();
                yield Request.LOGITS;
            }
            case RETURNING -> {
                if (fooled) {
                    high = (low + high) / 2;
                    offer();
                } else {
                    low = (low + high) / 2;
                }
                yield goOnBack();
            }
            case ESTIMATING -> {
                fooledTimes += fooled ? 1 : 0;
                for (int i = 0; i < x.length; i++) {
                    signed[i] += fooled ? moved[i] : -moved[i];
                    plain[i] += moved[i];
                }
                evaluated++;
                yield evaluated < evaluations ? neighbour() : beginStep();
            }
            case STEPPING -> {
                if (fooled) {
                    yield goBack();
                }
                step /= 2;
                halvings++;
                yield halvings < MOST_HALVINGS ? tryStep() : beginIteration();
            }
        };
    }

    private void drawFirst() {
        Stream draws = stream.child("first").child(tried);
        int kind = tried % 4;
        int side = 1 << 1 + tried / 4 % 4;
        int pixels = image.height() * image.width();
        for (int i = 0; i < x.length; i++) {
            int channel = live[i] / pixels;
            int row = live[i] % pixels / image.width();
            int column = live[i] % image.width();
            // Each channel has squares of its own, which do not cross into the next one.
            int square = channel * pixels + row / side * image.width() + column / side;
            x[i] = switch (kind) {
                case 0 -> draws.uniform(live[i]);
                case 1 -> draws.uniform(live[i]) < 0.5f ? 0f : 1f;
                case 2 -> draws.uniform(square) < 0.5f ? 0f : 1f;
                default -> tried < 4 ? 1 - clean[i] : draws.uniform(square);
            };
        }
    }

    /** Moves x, which fools the network, back to the boundary. */
    private Request goBack() {
        offer();
        System.arraycopy(x, 0, point, 0, x.length);
        low = 0;
        high = norm == Norm.LINF ? RowMath.distance(norm, clean, x) : 1;
        int d = Math.max(x.length, 1);
        enough = high * Math.min(norm == Norm.LINF ? 1.0 / d / d : 1 / (d * Math.sqrt(d)), COARSEST);
        stage = Stage.RETURNING;
        return goOnBack();
    }

    private Request goOnBack() {
        double middle = (low + high) / 2;
        if (high - low > enough && middle > low && middle < high) {
            onTheWay(middle, x);
            return Request.LOGITS;
        }
        onTheWay(high, moved);
        System.arraycopy(moved, 0, point, 0, point.length);
        return beginIteration();
    }

    /** L2: a point at a share of the segment from the clean example. L-infinity: the point clipped to a distance. */
    private void onTheWay(double where, float[] out) {
        if (norm == Norm.LINF) {
            System.arraycopy(point, 0, out, 0, out.length);
            RowMath.intoBall(norm, clean, where, out);
        } else {
            RowMath.between(clean, point, where, out);
        }
        for (int i = 0; i < out.length; i++) {
            out[i] = RowMath.clip(out[i]);
        }
    }

    private Request beginIteration() {
        if (iteration == settings.iterations()) {
            return Request.NOTHING;
        }
        iteration++;
        double d = Math.max(x.length, 1);
        double distance = RowMath.distance(norm, clean, point);
        // Section III.C: sqrt(d) theta (L2) and d theta (L-infinity) of the distance, theta is the bisection's error.
        radius = iteration == 1 ? 0.1 : distance / d;
        evaluations = (int) Math.min(settings.firstEvaluations() * Math.sqrt(iteration), settings.mostEvaluations());
        evaluated = 0;
        fooledTimes = 0;
        Arrays.fill(signed, 0);
        Arrays.fill(plain, 0);
        stage = Stage.ESTIMATING;
        return neighbour();
    }

    private Request neighbour() {
        Stream draws = stream.child(iteration).child(evaluated);
        for (int i = 0; i < x.length; i++) {
            moved[i] = norm == Norm.LINF ? 2 * draws.uniform(live[i]) - 1 : Draws.gaussian(draws, live[i]);
        }
        double length = RowMath.norm(Norm.L2, moved);
        float scale = length > 0 ? (float) (radius / length) : 0f;
        for (int i = 0; i < x.length; i++) {
            x[i] = RowMath.clip(point[i] + scale * moved[i]);
            moved[i] = x[i] - point[i];
        }
        return Request.LOGITS;
    }

    private Request beginStep() {
        // Equation 16: subtracts the mean sign, unless all neighbours have the same class.
        double mean = fooledTimes == 0 || fooledTimes == evaluations ? 0 : 2.0 * fooledTimes / evaluations - 1;
        for (int i = 0; i < x.length; i++) {
            update[i] = (float) (signed[i] - mean * plain[i]);
        }
        double length = RowMath.norm(Norm.L2, update);
        if (!(length > 0)) {
            return beginIteration();
        }
        for (int i = 0; i < x.length; i++) {
            update[i] = norm == Norm.LINF ? Math.signum(update[i]) : (float) (update[i] / length);
        }
        step = RowMath.distance(norm, clean, point) / Math.sqrt(iteration);
        halvings = 0;
        return tryStep();
    }

    private Request tryStep() {
        stage = Stage.STEPPING;
        float length = (float) step;
        for (int i = 0; i < x.length; i++) {
            x[i] = RowMath.clip(point[i] + length * update[i]);
        }
        return Request.LOGITS;
    }
}
