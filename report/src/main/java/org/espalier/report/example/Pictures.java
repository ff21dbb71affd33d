package org.espalier.report.example;

import java.awt.image.BufferedImage;

/** Images as pictures. */
public final class Pictures {
    private Pictures() {}

    /**
     * An image in colour where it has three channels, else in gray: the mean of its channels.
     *
     * @param values channels x rows x columns; below 0 is black and above 1 full
     */
    public static BufferedImage of(float[] values, int channels, int rows, int columns) {
        boolean color = channels == 3;
        BufferedImage image =
                new BufferedImage(columns, rows, color ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY);
        int area = rows * columns;
        for (int i = 0; i < area; i++) {
            int shown = color ? 3 : 1;
            for (int band = 0; band < shown; band++) {
                float value = 0;
                for (int channel = color ? band : 0; channel < (color ? band + 1 : channels); channel++) {
                    value += values[channel * area + i] / (color ? 1 : channels);
                }
                image.getRaster()
                        .setSample(i % columns, i / columns, band, Math.round(255 * Math.max(0, Math.min(1, value))));
            }
        }
        return image;
    }
}
