package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.Kernels;
import org.espalier.network.Operation;

/** The largest value of each window; the gradient goes to the first place that holds it. */
final class MaxPoolStep extends Step {
    private final Windows windows;
    private final MapLayout from;
    private final MapLayout to;
    private final boolean tiles;

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
}
