package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.Kernels;

/** The mean of each window, or of each channel as a whole. Sums are taken row by row and divided at the end. */
final class AveragePoolStep extends Step {
    /**
     * Windows of a pool, clipped at the input's sides.
     *
     * @param rows of a window
     * @param columns of a window
     * @param height rows of the input
     * @param width columns of the input
     */
    record Windows(int rows, int columns, int stride, int padding, int height, int width) {
        int firstRow(int y) {
            return Math.max(0, y * stride - padding);
        }

        int endRow(int y) {
            return Math.min(height, y * stride - padding + rows);
        }

        int firstColumn(int x) {
            return Math.max(0, x * stride - padding);
        }

        int endColumn(int x) {
            return Math.min(width, x * stride - padding + columns);
        }
    }

    private final Windows windows;
    private final MapLayout from;
    private final MapLayout to;
    private final int height;
    private final int width;

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
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        affine(buffers, panel, Part.WHOLE, buffers.value(out), panel);
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels y, int toPanel) {
        ActivationPanels x = buffers.value(in);
        float share = 1f / (windows.rows() * windows.columns());
        for (int c = 0; c < to.channels(); c++) {
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    long target = y.row(toPanel, to.place(c, row, column));
                    MapOps.clearRow(y.memory(), target);
                    for (int r = windows.firstRow(row); r < windows.endRow(row); r++) {
                        for (int k = windows.firstColumn(column); k < windows.endColumn(column); k++) {
                            MapOps.add(
                                    x.memory(),
                                    x.row(panel, from.place(c, r, k)),
                                    y.memory(),
                                    target,
                                    ActivationPanels.LANES);
                        }
                    }
                    MapOps.scale(y.memory(), target, share, y.memory(), target, ActivationPanels.LANES, false);
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
        float share = 1f / (windows.rows() * windows.columns());
        MapOps.clear(target, targetPanel);
        for (int c = 0; c < to.channels(); c++) {
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    long source = gradient.row(panel, to.place(c, row, column));
                    for (int r = windows.firstRow(row); r < windows.endRow(row); r++) {
                        for (int k = windows.firstColumn(column); k < windows.endColumn(column); k++) {
                            MapOps.scale(
                                    gradient.memory(),
                                    source,
                                    share,
                                    target.memory(),
                                    target.row(targetPanel, from.place(c, r, k)),
                                    ActivationPanels.LANES,
                                    true);
                        }
                    }
                }
            }
        }
    }
}
