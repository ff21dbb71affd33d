package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.MapOps;
import org.espalier.engine.graph.map.Windows;
import org.espalier.engine.kernel.Kernels;
import org.espalier.network.Operation;

/** The largest value of each window; the gradient goes to the first place that holds it. */
final class MaxPoolStep extends Step {
    private final Windows windows;
    private final MapLayout from;
    private final MapLayout to;
    private final boolean tiles;
    private final float[] rest = new float[ActivationPanels.LANES];
    private final float[] sum = new float[ActivationPanels.LANES];

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
