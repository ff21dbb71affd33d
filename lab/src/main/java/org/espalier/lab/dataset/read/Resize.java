package org.espalier.lab.dataset.read;

import org.espalier.data.ImageShape;

/** Pictures of another size: each new pixel is the mean of the area that it covers. The sides' ratio is not kept. */
final class Resize {
    private Resize() {}

    /**
     * Resizes a picture.
     *
     * @param pixels [channel][row][column] of {@code from}
     * @return [channel][row][column] of {@code to}, rounded to whole numbers
     */
    static byte[] resize(byte[] pixels, ImageShape from, ImageShape to) {
        if (from.height() == to.height() && from.width() == to.width()) {
            return pixels;
        }
        byte[] resized = new byte[from.channels() * to.height() * to.width()];
        double[] rows = new double[from.height() * to.width()]; // as wide as the result, as high as the picture
        double[] columns = new double[to.height() * to.width()];
        for (int channel = 0; channel < from.channels(); channel++) {
            int start = channel * from.height() * from.width();
            for (int row = 0; row < from.height(); row++) {
                int at = start + row * from.width();
                for (int column = 0; column < to.width(); column++) {
                    double low = (double) column * from.width() / to.width();
                    double high = (double) (column + 1) * from.width() / to.width();
                    double sum = 0;
                    for (int i = (int) low; i < from.width() && i < high; i++) {
                        sum += (Math.min(high, i + 1) - Math.max(low, i)) * (pixels[at + i] & 0xff);
                    }
                    rows[row * to.width() + column] = sum / (high - low);
                }
            }
            java.util.Arrays.fill(columns, 0);
            for (int row = 0; row < to.height(); row++) {
                double low = (double) row * from.height() / to.height();
                double high = (double) (row + 1) * from.height() / to.height();
                for (int i = (int) low; i < from.height() && i < high; i++) {
                    double part = (Math.min(high, i + 1) - Math.max(low, i)) / (high - low);
                    for (int column = 0; column < to.width(); column++) {
                        columns[row * to.width() + column] += part * rows[i * to.width() + column];
                    }
                }
            }
            for (int i = 0; i < columns.length; i++) {
                resized[channel * columns.length + i] = (byte) Math.max(0, Math.min(255, Math.round(columns[i])));
            }
        }
        return resized;
    }
}
