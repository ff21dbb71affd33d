package org.espalier.engine.graph;

import java.lang.foreign.MemorySegment;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.MapKernels;

/** Element by element work on whole panels, by kernels that give the same bits at every register width. */
final class MapOps {
    private static final int LANES = ActivationPanels.LANES;

    private MapOps() {}

    /** Zeroes a gradient where the value that went through a ReLU is not above 0. Both have one layout. */
    static void gate(
            MapKernels kernels, ActivationPanels gradient, int gradientPanel, ActivationPanels value, int panel) {
        kernels.gate(
                gradient.memory(),
                gradient.row(gradientPanel, 0),
                value.memory(),
                value.row(panel, 0),
                gradient.features() * LANES);
    }

    /** Copies the values of a panel from one layout to another; both have the same values in the same order. */
    static void move(
            ActivationPanels from,
            MapLayout fromLayout,
            int fromPanel,
            ActivationPanels to,
            MapLayout toLayout,
            int toPanel) {
        // A flat side has a row for each value, so runs are the image's rows.
        MapLayout image = fromLayout.values() == fromLayout.channels() ? toLayout : fromLayout;
        int row = 0;
        for (int c = 0; c < image.channels(); c++) {
            for (int y = 0; y < image.height(); y++) {
                MemorySegment.copy(
                        from.memory(),
                        from.row(fromPanel, place(fromLayout, image, c, y, row)),
                        to.memory(),
                        to.row(toPanel, place(toLayout, image, c, y, row)),
                        image.width() * ActivationPanels.ROW_BYTES);
                row += image.width();
            }
        }
    }

    private static int place(MapLayout layout, MapLayout image, int channel, int y, int value) {
        boolean flat = layout.values() == layout.channels() && image.values() != image.channels();
        return flat ? value : layout.place(channel, y, 0);
    }

    /** Zeroes a panel. */
    static void clear(MapKernels kernels, ActivationPanels panels, int panel) {
        kernels.clear(panels.memory(), panels.row(panel, 0), panels.features() * LANES);
    }
}
