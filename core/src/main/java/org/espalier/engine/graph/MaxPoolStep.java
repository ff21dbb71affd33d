package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.Kernels;
import org.espalier.network.Operation;

/** The largest value of each window; the gradient goes to the first place that holds it. */
final class MaxPoolStep extends Step {
    private final PoolWindows windows;
    private final MapLayout from;
    private final MapLayout to;
    private final float[] rest = new float[ActivationPanels.LANES];

    MaxPoolStep(Kernels kernels, GraphPlan.Planned plan, Operation.MaxPool pool) {
        super(kernels, plan);
        from = in.layout();
        to = out.layout();
        windows = new PoolWindows(
                pool.window(), pool.window(), pool.stride(), pool.padding(), from.height(), from.width());
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        ActivationPanels x = buffers.value(in);
        ActivationPanels y = buffers.value(out);
        for (int c = 0; c < to.channels(); c++) {
            for (int row = 0; row < to.height(); row++) {
                for (int column = 0; column < to.width(); column++) {
                    long target = y.row(panel, to.place(c, row, column));
                    boolean first = true;
                    for (int r = windows.firstRow(row); r < windows.endRow(row); r++) {
                        for (int k = windows.firstColumn(column); k < windows.endColumn(column); k++) {
                            long source = x.row(panel, from.place(c, r, k));
                            if (first) {
                                MapOps.copyRow(x.memory(), source, y.memory(), target);
                            } else {
                                MapOps.max(x.memory(), source, y.memory(), target);
                            }
                            first = false;
                        }
                    }
                }
            }
        }
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        ActivationPanels x = buffers.value(in);
        ActivationPanels y = buffers.value(out);
        ActivationPanels gradient = buffers.gradient(out);
        MapOps.clear(target, targetPanel);
        for (int c = 0; c < to.channels(); c++) {
            for (int row = 0; row < to.height(); row++) {
                for (int column = 0; column < to.width(); column++) {
                    int place = to.place(c, row, column);
                    MapOps.load(gradient.memory(), gradient.row(panel, place), rest);
                    for (int r = windows.firstRow(row); r < windows.endRow(row); r++) {
                        for (int k = windows.firstColumn(column); k < windows.endColumn(column); k++) {
                            int source = from.place(c, r, k);
                            MapOps.route(
                                    rest,
                                    x.memory(),
                                    x.row(panel, source),
                                    y.memory(),
                                    y.row(panel, place),
                                    target.memory(),
                                    target.row(targetPanel, source));
                        }
                    }
                }
            }
        }
    }
}
