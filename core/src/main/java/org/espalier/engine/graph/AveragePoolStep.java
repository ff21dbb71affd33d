package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.MapOps;
import org.espalier.engine.graph.map.Windows;
import org.espalier.engine.kernel.Kernels;

/** The mean of each window, or of each channel as a whole. Sums are taken row by row and divided at the end. */
final class AveragePoolStep extends Step {
    private final Windows windows;
    private final MapLayout from;
    private final MapLayout to;
    private final int height;
    private final int width;
    private final float share;
    private final boolean tiles;

    /**
     * A step of some windows.
     *
     * @param windows those of {@code height} x {@code width} means
     */
    AveragePoolStep(Kernels kernels, GraphPlan.Planned plan, Windows windows, int height, int width) {
        super(kernels, plan);
        this.windows = windows;
        this.height = height;
        this.width = width;
        from = in.layout();
        to = out.layout();
        share = 1f / (windows.rows() * windows.columns());
        tiles = windows.tile(height, width);
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        affine(buffers, panel, Part.WHOLE, buffers.value(out), panel);
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels y, int toPanel) {
        ActivationPanels x = buffers.value(in);
        for (int c = 0; c < to.channels(); c++) {
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; ) {
                    int end = windows.run(column, width);
                    kernels.maps()
                            .averagePool(
                                    x.memory(),
                                    x.row(panel, from.place(c, windows.firstRow(row), windows.firstColumn(column))),
                                    windows.endRow(row) - windows.firstRow(row),
                                    windows.endColumn(column) - windows.firstColumn(column),
                                    from.rowBytes(),
                                    windows.stride() * (int) ActivationPanels.ROW_BYTES,
                                    end - column,
                                    share,
                                    y.memory(),
                                    y.row(toPanel, to.place(c, row, column)));
                    column = end;
                }
            }
        }
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        transposed(buffers, panel, input, false, target, targetPanel);
    }

    @Override
    void transposed(
            GraphBuffers buffers, int panel, int input, boolean absolute, ActivationPanels target, int targetPanel) {
        ActivationPanels gradient = buffers.gradient(out);
        if (!tiles) {
            MapOps.clear(kernels.maps(), target, targetPanel);
        }
        for (int c = 0; c < to.channels(); c++) {
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; ) {
                    int end = windows.run(column, width);
                    kernels.maps()
                            .averagePoolGradient(
                                    gradient.memory(),
                                    gradient.row(panel, to.place(c, row, column)),
                                    windows.endRow(row) - windows.firstRow(row),
                                    windows.endColumn(column) - windows.firstColumn(column),
                                    from.rowBytes(),
                                    windows.stride() * (int) ActivationPanels.ROW_BYTES,
                                    end - column,
                                    share,
                                    target.memory(),
                                    target.row(
                                            targetPanel,
                                            from.place(c, windows.firstRow(row), windows.firstColumn(column))),
                                    !tiles);
                    column = end;
                }
            }
        }
    }
}
