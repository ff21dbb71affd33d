package org.espalier.engine.simd;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.LENGTH;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import java.lang.ref.Reference;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.BoundKernels;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of bounds with vector registers, operation by operation as {@code ScalarBounds}. Offsets are addresses in
 * {@link Lanes#MEMORY}.
 */
public final class VectorBounds implements BoundKernels {
    private static final long ROW = ActivationPanels.ROW_BYTES;

    /** Address of a panel's first row. */
    private static long at(ActivationPanels panels, int panel) {
        return panels.memory().address() + panels.row(panel, 0);
    }

    @Override
    public void box(
            ActivationPanels x,
            int panel,
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            int radiusPanel,
            int[] features,
            float epsilon) {
        long from = at(x, panel);
        long middle = at(centre, centrePanel);
        long half = at(radius, radiusPanel);
        for (int feature : features) {
            long row = feature * ROW;
            boxRow(from + row, middle + row, half + row, epsilon);
        }
        keep(x, centre, radius);
    }

    private static void boxRow(long x, long centre, long radius, float epsilon) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector step = FloatVector.broadcast(FLOATS, epsilon);
        for (long at = 0; at < ROW; at += BYTES) {
            FloatVector value = FloatVector.fromMemorySegment(FLOATS, MEMORY, x + at, ORDER);
            FloatVector low = value.sub(step);
            low = low.blend(zero, low.compare(VectorOperators.LT, zero));
            FloatVector high = value.add(step);
            high = high.blend(one, high.compare(VectorOperators.GT, one));
            high.add(low).mul(0.5f).intoMemorySegment(MEMORY, centre + at, ORDER);
            high.sub(low).mul(0.5f).intoMemorySegment(MEMORY, radius + at, ORDER);
        }
    }

    @Override
    public void interval(
            ActivationPanels c,
            int cPanel,
            ActivationPanels d,
            int dPanel,
            ActivationPanels lower,
            ActivationPanels upper,
            int panel,
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            int radiusPanel) {
        interval(
                at(c, cPanel),
                at(d, dPanel),
                at(lower, panel),
                at(upper, panel),
                at(centre, centrePanel),
                at(radius, radiusPanel),
                c.features() * ROW);
        keep(c, d, lower);
        keep(upper, centre, radius);
    }

    private static void interval(long c, long d, long lower, long upper, long centre, long radius, long bytes) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (long at = 0; at < bytes; at += BYTES) {
            FloatVector middle = FloatVector.fromMemorySegment(FLOATS, MEMORY, c + at, ORDER);
            FloatVector half = FloatVector.fromMemorySegment(FLOATS, MEMORY, d + at, ORDER);
            FloatVector l = middle.sub(half);
            FloatVector u = middle.add(half);
            l.intoMemorySegment(MEMORY, lower + at, ORDER);
            u.intoMemorySegment(MEMORY, upper + at, ORDER);
            l = l.blend(zero, l.compare(VectorOperators.LT, zero));
            u = u.blend(zero, u.compare(VectorOperators.LT, zero));
            u.add(l).mul(0.5f).intoMemorySegment(MEMORY, centre + at, ORDER);
            u.sub(l).mul(0.5f).intoMemorySegment(MEMORY, radius + at, ORDER);
        }
    }

    @Override
    public void intervalGradient(
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            ActivationPanels lower,
            ActivationPanels upper,
            int panel,
            @Nullable ActivationPanels lowerGradient,
            @Nullable ActivationPanels upperGradient) {
        long bytes = centre.features() * ROW;
        if (lowerGradient == null || upperGradient == null) {
            gates(at(centre, centrePanel), at(radius, panel), at(lower, panel), at(upper, panel), bytes);
        } else {
            gates(
                    at(centre, centrePanel),
                    at(radius, panel),
                    at(lower, panel),
                    at(upper, panel),
                    at(lowerGradient, panel),
                    at(upperGradient, panel),
                    bytes);
            keep(lowerGradient, upperGradient, centre);
        }
        keep(centre, radius, lower);
        Reference.reachabilityFence(upper);
    }

    private static void gates(long centre, long radius, long lower, long upper, long bytes) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (long at = 0; at < bytes; at += BYTES) {
            FloatVector middle = FloatVector.fromMemorySegment(FLOATS, MEMORY, centre + at, ORDER);
            FloatVector half = FloatVector.fromMemorySegment(FLOATS, MEMORY, radius + at, ORDER);
            VectorMask<Float> up = FloatVector.fromMemorySegment(FLOATS, MEMORY, upper + at, ORDER)
                    .compare(VectorOperators.GT, zero);
            VectorMask<Float> low = FloatVector.fromMemorySegment(FLOATS, MEMORY, lower + at, ORDER)
                    .compare(VectorOperators.GT, zero);
            FloatVector gu = zero.blend(middle.add(half).mul(0.5f), up);
            FloatVector gl = zero.blend(middle.sub(half).mul(0.5f), low);
            gu.add(gl).intoMemorySegment(MEMORY, centre + at, ORDER);
            gu.sub(gl).intoMemorySegment(MEMORY, radius + at, ORDER);
        }
    }

    private static void gates(
            long centre, long radius, long lower, long upper, long lowerGradient, long upperGradient, long bytes) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (long at = 0; at < bytes; at += BYTES) {
            FloatVector middle = FloatVector.fromMemorySegment(FLOATS, MEMORY, centre + at, ORDER);
            FloatVector half = FloatVector.fromMemorySegment(FLOATS, MEMORY, radius + at, ORDER);
            VectorMask<Float> up = FloatVector.fromMemorySegment(FLOATS, MEMORY, upper + at, ORDER)
                    .compare(VectorOperators.GT, zero);
            VectorMask<Float> low = FloatVector.fromMemorySegment(FLOATS, MEMORY, lower + at, ORDER)
                    .compare(VectorOperators.GT, zero);
            FloatVector gu = zero.blend(middle.add(half).mul(0.5f), up)
                    .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, upperGradient + at, ORDER));
            FloatVector gl = zero.blend(middle.sub(half).mul(0.5f), low)
                    .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, lowerGradient + at, ORDER));
            gu.add(gl).intoMemorySegment(MEMORY, centre + at, ORDER);
            gu.sub(gl).intoMemorySegment(MEMORY, radius + at, ORDER);
        }
    }

    @Override
    public void relax(
            ActivationPanels v,
            ActivationPanels lambda,
            int coefficients,
            ActivationPanels lower,
            ActivationPanels upper,
            int panel,
            int[] units,
            float @Nullable [] biases,
            ActivationPanels sums,
            int margin) {
        long sum = at(sums, panel) + margin * ROW;
        long from = at(v, coefficients);
        long to = at(lambda, coefficients);
        long low = at(lower, panel);
        long high = at(upper, panel);
        for (int unit : units) {
            long row = unit * ROW;
            relaxRow(from + row, to + row, low + row, high + row, sum);
            if (biases != null) {
                addProduct(to + row, biases[unit], sum);
            }
        }
        keep(v, lambda, sums);
        keep(lower, upper, v);
    }

    private static void relaxRow(long v, long lambda, long lower, long upper, long sums) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (long at = 0; at < ROW; at += BYTES) {
            FloatVector l = FloatVector.fromMemorySegment(FLOATS, MEMORY, lower + at, ORDER);
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, MEMORY, upper + at, ORDER);
            FloatVector value = FloatVector.fromMemorySegment(FLOATS, MEMORY, v + at, ORDER);
            VectorMask<Float> on = l.compare(VectorOperators.GE, zero);
            VectorMask<Float> bent = l.compare(VectorOperators.LT, zero).and(value.compare(VectorOperators.LT, zero));
            VectorMask<Float> alive = u.compare(VectorOperators.GT, zero);
            FloatVector slope = zero.blend(value, on.or(u.compare(VectorOperators.GT, l.neg())))
                    .blend(value.mul(u.div(u.sub(l))), bent);
            slope = zero.blend(slope, alive.or(on));
            FloatVector sum = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + at, ORDER);
            sum.blend(slope.neg().fma(l, sum), bent.and(alive)).intoMemorySegment(MEMORY, sums + at, ORDER);
            slope.intoMemorySegment(MEMORY, lambda + at, ORDER);
        }
    }

    private static void addProduct(long row, float factor, long sums) {
        FloatVector bias = FloatVector.broadcast(FLOATS, factor);
        for (long at = 0; at < ROW; at += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, MEMORY, row + at, ORDER)
                    .fma(bias, FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + at, ORDER))
                    .intoMemorySegment(MEMORY, sums + at, ORDER);
        }
    }

    @Override
    public void relaxGradient(
            ActivationPanels product,
            ActivationPanels v,
            ActivationPanels lambda,
            int coefficients,
            ActivationPanels lower,
            ActivationPanels upper,
            ActivationPanels lowerGradient,
            ActivationPanels upperGradient,
            int panel,
            int[] units,
            float @Nullable [] biases,
            ActivationPanels scale,
            int scalePanel) {
        long from = at(product, 0);
        long to = at(v, coefficients);
        long slopes = at(lambda, coefficients);
        long low = at(lower, panel);
        long high = at(upper, panel);
        long lows = at(lowerGradient, panel);
        long highs = at(upperGradient, panel);
        long g = at(scale, scalePanel);
        for (int unit : units) {
            long row = unit * ROW;
            if (biases != null) {
                addProduct(g, biases[unit], from + row);
            }
            bentRow(from + row, to + row, slopes + row, low + row, high + row, lows + row, highs + row, g);
            throughRow(from + row, to + row, low + row, high + row, g);
        }
        keep(product, v, lambda);
        keep(lower, upper, scale);
        keep(lowerGradient, upperGradient, v);
    }

    /** What bounds gain where coefficients go through the slanted side. */
    private static void bentRow(
            long product, long v, long lambda, long lower, long upper, long lowers, long uppers, long scale) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (long at = 0; at < ROW; at += BYTES) {
            FloatVector l = FloatVector.fromMemorySegment(FLOATS, MEMORY, lower + at, ORDER);
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, MEMORY, upper + at, ORDER);
            FloatVector value = FloatVector.fromMemorySegment(FLOATS, MEMORY, v + at, ORDER);
            FloatVector g = FloatVector.fromMemorySegment(FLOATS, MEMORY, scale + at, ORDER);
            VectorMask<Float> bent = l.compare(VectorOperators.LT, zero)
                    .and(u.compare(VectorOperators.GT, zero))
                    .and(value.compare(VectorOperators.LT, zero));
            FloatVector slope = g.fma(l.neg(), FloatVector.fromMemorySegment(FLOATS, MEMORY, product + at, ORDER));
            FloatVector width = u.sub(l);
            FloatVector share = u.div(width);
            FloatVector turn = slope.mul(value.div(width));
            FloatVector gl = FloatVector.fromMemorySegment(FLOATS, MEMORY, lowers + at, ORDER);
            FloatVector more = turn.fma(share, gl);
            more = g.neg().fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, lambda + at, ORDER), more);
            gl.blend(more, bent).intoMemorySegment(MEMORY, lowers + at, ORDER);
            FloatVector gu = FloatVector.fromMemorySegment(FLOATS, MEMORY, uppers + at, ORDER);
            gu.blend(turn.fma(one.sub(share), gu), bent).intoMemorySegment(MEMORY, uppers + at, ORDER);
        }
    }

    /** The coefficients' own gradient. */
    private static void throughRow(long product, long v, long lower, long upper, long scale) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (long at = 0; at < ROW; at += BYTES) {
            FloatVector l = FloatVector.fromMemorySegment(FLOATS, MEMORY, lower + at, ORDER);
            FloatVector u = FloatVector.fromMemorySegment(FLOATS, MEMORY, upper + at, ORDER);
            FloatVector value = FloatVector.fromMemorySegment(FLOATS, MEMORY, v + at, ORDER);
            FloatVector slope = FloatVector.fromMemorySegment(FLOATS, MEMORY, product + at, ORDER);
            VectorMask<Float> on = l.compare(VectorOperators.GE, zero);
            VectorMask<Float> alive = u.compare(VectorOperators.GT, zero);
            VectorMask<Float> bent =
                    l.compare(VectorOperators.LT, zero).and(alive).and(value.compare(VectorOperators.LT, zero));
            FloatVector through = zero.blend(slope, on.or(u.compare(VectorOperators.GT, l.neg())));
            through = zero.blend(through, alive.or(on));
            FloatVector g = FloatVector.fromMemorySegment(FLOATS, MEMORY, scale + at, ORDER);
            FloatVector slanted = g.fma(l.neg(), slope).mul(u.div(u.sub(l)));
            through.blend(slanted, bent).intoMemorySegment(MEMORY, v + at, ORDER);
        }
    }

    @Override
    public void least(
            ActivationPanels a,
            int coefficients,
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            int panel,
            int[] features,
            ActivationPanels sums,
            int margin) {
        long sum = at(sums, panel) + margin * ROW;
        long from = at(a, coefficients);
        long middle = at(centre, centrePanel);
        long half = at(radius, panel);
        for (long lane = 0; lane < ROW; lane += BYTES) {
            least(from + lane, middle + lane, half + lane, features, sum + lane);
        }
        keep(a, centre, radius);
        Reference.reachabilityFence(sums);
    }

    private static void least(long a, long centre, long radius, int[] features, long sums) {
        FloatVector sum = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums, ORDER);
        for (int feature : features) {
            long row = feature * ROW;
            FloatVector value = FloatVector.fromMemorySegment(FLOATS, MEMORY, a + row, ORDER);
            sum = value.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, centre + row, ORDER), sum);
            sum = value.abs().neg().fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, radius + row, ORDER), sum);
        }
        sum.intoMemorySegment(MEMORY, sums, ORDER);
    }

    @Override
    public void leastGradient(
            ActivationPanels a,
            int coefficients,
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            int panel,
            int[] features,
            ActivationPanels scale,
            int scalePanel) {
        long to = at(a, coefficients);
        long middle = at(centre, centrePanel);
        long half = at(radius, panel);
        long g = at(scale, scalePanel);
        for (int feature : features) {
            long row = feature * ROW;
            corner(to + row, middle + row, half + row, g);
        }
        keep(a, centre, radius);
        Reference.reachabilityFence(scale);
    }

    private static void corner(long a, long centre, long radius, long scale) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (long at = 0; at < ROW; at += BYTES) {
            FloatVector value = FloatVector.fromMemorySegment(FLOATS, MEMORY, a + at, ORDER);
            FloatVector middle = FloatVector.fromMemorySegment(FLOATS, MEMORY, centre + at, ORDER);
            FloatVector half = FloatVector.fromMemorySegment(FLOATS, MEMORY, radius + at, ORDER);
            FloatVector corner = middle.blend(middle.sub(half), value.compare(VectorOperators.GT, zero))
                    .blend(middle.add(half), value.compare(VectorOperators.LT, zero));
            FloatVector.fromMemorySegment(FLOATS, MEMORY, scale + at, ORDER)
                    .mul(corner)
                    .intoMemorySegment(MEMORY, a + at, ORDER);
        }
    }

    @Override
    public void addSigned(float[] gradients, float[] radii, float[] values, int count) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int k = 0; k < count; k += LENGTH) {
            FloatVector value = FloatVector.fromArray(FLOATS, values, k);
            FloatVector half = FloatVector.fromArray(FLOATS, radii, k);
            FloatVector signed = zero.blend(half, value.compare(VectorOperators.GT, zero))
                    .blend(half.neg(), value.compare(VectorOperators.LT, zero));
            FloatVector.fromArray(FLOATS, gradients, k).add(signed).intoArray(gradients, k);
        }
    }

    /** Addresses do not keep memory alive; its owners must be reachable until the kernel has run. */
    private static void keep(ActivationPanels a, ActivationPanels b, ActivationPanels c) {
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(c);
    }
}
