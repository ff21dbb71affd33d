package org.espalier.engine.graph;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.MapOps;
import org.espalier.engine.graph.map.Windows;
import org.espalier.engine.kernel.Kernels;
import org.espalier.network.Operation;
import org.jspecify.annotations.Nullable;

/**
 * The largest value of each window; the gradient goes to the first place that holds it.
 *
 * <p>A linear lower bound of {@code v max(x)} is {@code v x_j} where v is at least 0, j having the largest lower bound of the window
 * and, of equal ones, the largest upper bound. It is {@code v u}, u being the largest upper bound, where v is below 0. Where no other
 * place's upper bound is above the lower bound of j, {@code max(x) = x_j}.
 */
final class MaxPoolStep extends Step {
    private static final int LANES = ActivationPanels.LANES;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final Windows windows;
    private final MapLayout from;
    private final MapLayout to;
    private final boolean tiles;
    private final float[] rest = new float[ActivationPanels.LANES];
    private final float[] sum = new float[ActivationPanels.LANES];
    private final float[] largest = new float[LANES]; // upper bound of the chosen place
    private final float[] others = new float[LANES]; // largest upper bound of all other places
    /** (place, lane) of the panel last prepared: the chosen place of each window; ~ of it where it alone is the maximum. */
    private int @Nullable [] chosen;

    MaxPoolStep(Kernels kernels, GraphPlan.Planned plan, Operation.MaxPool pool) {
        super(kernels, plan);
        from = in.layout();
        to = out.layout();
        windows = new Windows(pool.window(), pool.window(), pool.stride(), pool.padding(), from.height(), from.width());
        tiles = windows.tile(to.height(), to.width());
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        ActivationPanels x = buffers.value(in);
        ActivationPanels y = buffers.value(out);
        for (int c = 0; c < to.channels(); c++) {
            for (int row = 0; row < to.height(); row++) {
                for (int column = 0; column < to.width(); ) {
                    int end = windows.run(column, to.width());
                    kernels.maps()
                            .maxPool(
                                    x.memory(),
                                    x.row(panel, from.place(c, windows.firstRow(row), windows.firstColumn(column))),
                                    windows.endRow(row) - windows.firstRow(row),
                                    windows.endColumn(column) - windows.firstColumn(column),
                                    from.rowBytes(),
                                    windows.stride() * (int) ActivationPanels.ROW_BYTES,
                                    end - column,
                                    y.memory(),
                                    y.row(panel, to.place(c, row, column)));
                    column = end;
                }
            }
        }
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        ActivationPanels x = buffers.value(in);
        ActivationPanels y = buffers.value(out);
        ActivationPanels gradient = buffers.gradient(out);
        if (!tiles) {
            MapOps.clear(kernels.maps(), target, targetPanel);
        }
        for (int c = 0; c < to.channels(); c++) {
            for (int row = 0; row < to.height(); row++) {
                for (int column = 0; column < to.width(); ) {
                    int end = windows.run(column, to.width());
                    int place = to.place(c, row, column);
                    int source = from.place(c, windows.firstRow(row), windows.firstColumn(column));
                    kernels.maps()
                            .maxPoolGradient(
                                    gradient.memory(),
                                    gradient.row(panel, place),
                                    x.memory(),
                                    x.row(panel, source),
                                    y.memory(),
                                    y.row(panel, place),
                                    windows.endRow(row) - windows.firstRow(row),
                                    windows.endColumn(column) - windows.firstColumn(column),
                                    from.rowBytes(),
                                    windows.stride() * (int) ActivationPanels.ROW_BYTES,
                                    end - column,
                                    target.memory(),
                                    target.row(targetPanel, source),
                                    !tiles);
                    column = end;
                }
            }
        }
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels target, int toPanel) {
        throw new IllegalStateException("a max pool is no affine map");
    }

    @Override
    void transposed(
            GraphBuffers buffers, int panel, int input, boolean absolute, ActivationPanels target, int targetPanel) {
        throw new IllegalStateException("a max pool is no affine map");
    }

    @Override
    void bound(GraphBoundBuffers buffers, int panel) {
        ActivationPanels c = buffers.natural().value(in);
        ActivationPanels d = buffers.radius.value(in);
        ActivationPanels lower = buffers.lower(out);
        ActivationPanels upper = buffers.upper(out);
        int centre = buffers.centre(panel);
        for (int channel = 0; channel < to.channels(); channel++) {
            for (int row = 0; row < to.height(); row++) {
                for (int column = 0; column < to.width(); column++) {
                    int place = to.place(channel, row, column);
                    boolean first = true;
                    for (int r = windows.firstRow(row); r < windows.endRow(row); r++) {
                        for (int k = windows.firstColumn(column); k < windows.endColumn(column); k++) {
                            int source = from.place(channel, r, k);
                            MapOps.maxBounds(
                                    c.memory(),
                                    c.row(centre, source),
                                    d.memory(),
                                    d.row(panel, source),
                                    lower.memory(),
                                    lower.row(panel, place),
                                    upper.memory(),
                                    upper.row(panel, place),
                                    first);
                            first = false;
                        }
                    }
                    ActivationPanels middle = buffers.natural().value(out);
                    ActivationPanels half = buffers.radius.value(out);
                    MapOps.middle(
                            lower.memory(),
                            lower.row(panel, place),
                            upper.memory(),
                            upper.row(panel, place),
                            middle.memory(),
                            middle.row(centre, place),
                            half.memory(),
                            half.row(panel, place));
                }
            }
        }
    }

    @Override
    void prepareLinear(GraphBoundBuffers buffers, int panel) {
        int[] made = chosen;
        if (made == null) {
            made = new int[to.places() * LANES];
            chosen = made;
        }
        for (int channel = 0; channel < to.channels(); channel++) {
            for (int row = 0; row < to.height(); row++) {
                for (int column = 0; column < to.width(); column++) {
                    choose(buffers, panel, channel, row, column, made);
                }
            }
        }
    }

    private void choose(GraphBoundBuffers buffers, int panel, int channel, int row, int column, int[] made) {
        ActivationPanels c = buffers.natural().value(in);
        ActivationPanels d = buffers.radius.value(in);
        int centre = buffers.centre(panel);
        int at = to.place(channel, row, column) * LANES;
        boolean first = true;
        for (int r = windows.firstRow(row); r < windows.endRow(row); r++) {
            for (int k = windows.firstColumn(column); k < windows.endColumn(column); k++) {
                int source = from.place(channel, r, k);
                long middle = c.row(centre, source);
                long half = d.row(panel, source);
                for (int i = 0; i < LANES; i++) {
                    float m = c.memory().get(FLOAT, middle + 4L * i);
                    float h = d.memory().get(FLOAT, half + 4L * i);
                    float l = m - h;
                    float u = m + h;
                    if (first) {
                        made[at + i] = source;
                        rest[i] = l;
                        largest[i] = u;
                        others[i] = Float.NEGATIVE_INFINITY;
                    } else if (l > rest[i] || l == rest[i] && u > largest[i]) {
                        others[i] = Math.max(others[i], largest[i]);
                        made[at + i] = source;
                        rest[i] = l;
                        largest[i] = u;
                    } else {
                        others[i] = Math.max(others[i], u);
                    }
                }
                first = false;
            }
        }
        for (int i = 0; i < LANES; i++) {
            made[at + i] = others[i] <= rest[i] ? ~made[at + i] : made[at + i];
        }
    }

    @Override
    void linear(GraphBoundBuffers buffers, int margin, int panel, int input, ActivationPanels target, int targetPanel) {
        int[] places = Objects.requireNonNull(chosen);
        ActivationPanels v = buffers.natural().gradient(out);
        ActivationPanels upper = buffers.upper(out);
        MemorySegment sums = buffers.linear.memory();
        long sumRow = buffers.linear.row(panel, margin);
        MapOps.clear(kernels.maps(), target, targetPanel);
        for (int channel = 0; channel < to.channels(); channel++) {
            for (int row = 0; row < to.height(); row++) {
                for (int column = 0; column < to.width(); column++) {
                    int place = to.place(channel, row, column);
                    long vRow = v.row(buffers.coefficients(margin, panel), place);
                    long upperRow = upper.row(panel, place);
                    for (int i = 0; i < LANES; i++) {
                        int source = places[place * LANES + i];
                        float coefficient = v.memory().get(FLOAT, vRow + 4L * i);
                        if (coefficient >= 0 || source < 0) {
                            long o = target.row(targetPanel, source < 0 ? ~source : source) + 4L * i;
                            target.memory().set(FLOAT, o, target.memory().get(FLOAT, o) + coefficient);
                        } else {
                            float u = upper.memory().get(FLOAT, upperRow + 4L * i);
                            long o = sumRow + 4L * i;
                            sums.set(FLOAT, o, Math.fma(coefficient, u, sums.get(FLOAT, o)));
                        }
                    }
                }
            }
        }
    }

    @Override
    void linearGradient(GraphBoundBuffers buffers, int margin, int panel) {
        int[] places = Objects.requireNonNull(chosen);
        ActivationPanels v = buffers.natural().gradient(out);
        ActivationPanels below = buffers.natural().value(in);
        ActivationPanels value = buffers.natural().value(out);
        ActivationPanels upper = buffers.upper(out);
        MemorySegment upperGradient = buffers.upperGradient(out).memory();
        MemorySegment scales = buffers.linearGradient.memory();
        long scaleRow = buffers.linearGradient.row(margin * buffers.panels() + panel, 0);
        int at = buffers.coefficients(margin, panel);
        for (int channel = 0; channel < to.channels(); channel++) {
            for (int row = 0; row < to.height(); row++) {
                for (int column = 0; column < to.width(); column++) {
                    int place = to.place(channel, row, column);
                    long own = value.row(at, place);
                    long upperRow = upper.row(panel, place);
                    for (int i = 0; i < LANES; i++) {
                        int source = places[place * LANES + i];
                        float coefficient = v.memory().get(FLOAT, own + 4L * i);
                        float gradient;
                        if (coefficient >= 0 || source < 0) {
                            gradient = below.memory().get(FLOAT, below.row(at, source < 0 ? ~source : source) + 4L * i);
                        } else {
                            float scale = scales.get(FLOAT, scaleRow + 4L * i);
                            long o = upperRow + 4L * i;
                            gradient = scale * upper.memory().get(FLOAT, o);
                            upperGradient.set(FLOAT, o, Math.fma(scale, coefficient, upperGradient.get(FLOAT, o)));
                        }
                        value.memory().set(FLOAT, own + 4L * i, gradient);
                    }
                }
            }
        }
    }

    @Override
    void boundBackward(
            GraphBoundBuffers buffers, int panel, int input, boolean radius, ActivationPanels target, int targetPanel) {
        MapOps.clear(kernels.maps(), target, targetPanel);
        routeBounds(buffers, panel, true, false, target, targetPanel);
        routeBounds(buffers, panel, false, radius, target, targetPanel);
    }

    /** Adds the gradient of the upper or the lower bound to the first place that holds it. */
    private void routeBounds(
            GraphBoundBuffers buffers,
            int panel,
            boolean up,
            boolean negated,
            ActivationPanels target,
            int targetPanel) {
        ActivationPanels c = buffers.natural().value(in);
        ActivationPanels d = buffers.radius.value(in);
        ActivationPanels middle = buffers.natural().gradient(out);
        ActivationPanels half = buffers.radius.gradient(out);
        ActivationPanels bound = up ? buffers.upper(out) : buffers.lower(out);
        ActivationPanels linear = up && buffers.linearShare > 0 ? buffers.upperGradient(out) : null;
        int centre = buffers.centre(panel);
        for (int channel = 0; channel < to.channels(); channel++) {
            for (int row = 0; row < to.height(); row++) {
                for (int column = 0; column < to.width(); column++) {
                    int place = to.place(channel, row, column);
                    MapOps.load(middle.memory(), middle.row(centre, place), rest);
                    MapOps.load(half.memory(), half.row(panel, place), sum);
                    for (int i = 0; i < rest.length; i++) {
                        float gradient = (up ? rest[i] + sum[i] : rest[i] - sum[i]) * 0.5f;
                        rest[i] = negated ? -gradient : gradient;
                    }
                    for (int i = 0; linear != null && i < rest.length; i++) {
                        rest[i] += linear.memory().get(FLOAT, linear.row(panel, place) + 4L * i);
                    }
                    for (int r = windows.firstRow(row); r < windows.endRow(row); r++) {
                        for (int k = windows.firstColumn(column); k < windows.endColumn(column); k++) {
                            int source = from.place(channel, r, k);
                            MapOps.routeBound(
                                    rest,
                                    c.memory(),
                                    c.row(centre, source),
                                    d.memory(),
                                    d.row(panel, source),
                                    up,
                                    bound.memory(),
                                    bound.row(panel, place),
                                    target.memory(),
                                    target.row(targetPanel, source));
                        }
                    }
                }
            }
        }
    }
}
