package org.espalier.evaluate.corrupt;

/**
 * What JPEG loses: colours at half the size and quantised cosine transforms of 8 x 8 pixels (ITU-T T.81, with the colour space of
 * JFIF). The lossless rest of the codec changes nothing and is left out.
 */
final class Jpeg {
    private static final int BLOCK = 8;

    /** Annex K of the standard, for brightness. */
    private static final int[] LUMINANCE = {
        16, 11, 10, 16, 24, 40, 51, 61, //
        12, 12, 14, 19, 26, 58, 60, 55, //
        14, 13, 16, 24, 40, 57, 69, 56, //
        14, 17, 22, 29, 51, 87, 80, 62, //
        18, 22, 37, 56, 68, 109, 103, 77, //
        24, 35, 55, 64, 81, 104, 113, 92, //
        49, 64, 78, 87, 103, 121, 120, 101, //
        72, 92, 95, 98, 112, 100, 103, 99
    };

    /** The same for colours. */
    private static final int[] CHROMINANCE = {
        17, 18, 24, 47, 99, 99, 99, 99, //
        18, 21, 26, 66, 99, 99, 99, 99, //
        24, 26, 56, 99, 99, 99, 99, 99, //
        47, 66, 99, 99, 99, 99, 99, 99, //
        99, 99, 99, 99, 99, 99, 99, 99, //
        99, 99, 99, 99, 99, 99, 99, 99, //
        99, 99, 99, 99, 99, 99, 99, 99, //
        99, 99, 99, 99, 99, 99, 99, 99
    };

    private static final double[] COSINES = cosines(); // (frequency, place)

    private Jpeg() {}

    private static double[] cosines() {
        double[] cosines = new double[BLOCK * BLOCK];
        for (int f = 0; f < BLOCK; f++) {
            double scale = Math.sqrt((f == 0 ? 1.0 : 2.0) / BLOCK);
            for (int x = 0; x < BLOCK; x++) {
                cosines[f * BLOCK + x] = scale * StrictMath.cos((2 * x + 1) * f * Math.PI / (2 * BLOCK));
            }
        }
        return cosines;
    }

    /**
     * The image after compression.
     *
     * @param rgb three channels in [0, 1] whose sides are multiples of 16
     * @param quality 1 to 100
     */
    static Plane[] of(Plane[] rgb, int quality) {
        Plane red = rgb[0].map((r, c) -> Math.rint(255 * rgb[0].at(r, c)));
        Plane green = rgb[0].map((r, c) -> Math.rint(255 * rgb[1].at(r, c)));
        Plane blue = rgb[0].map((r, c) -> Math.rint(255 * rgb[2].at(r, c)));
        Plane y = coded(
                red.map((r, c) -> byteOf(0.299 * red.at(r, c) + 0.587 * green.at(r, c) + 0.114 * blue.at(r, c))),
                LUMINANCE,
                quality);
        Plane cb = colour(
                red.map((r, c) ->
                        byteOf(128 - 0.168736 * red.at(r, c) - 0.331264 * green.at(r, c) + 0.5 * blue.at(r, c))),
                quality);
        Plane cr = colour(
                red.map((r, c) ->
                        byteOf(128 + 0.5 * red.at(r, c) - 0.418688 * green.at(r, c) - 0.081312 * blue.at(r, c))),
                quality);
        return new Plane[] {
            y.map((r, c) -> byteOf(y.at(r, c) + 1.402 * (cr.at(r, c) - 128)) / 255),
            y.map((r, c) -> byteOf(y.at(r, c) - 0.344136 * (cb.at(r, c) - 128) - 0.714136 * (cr.at(r, c) - 128)) / 255),
            y.map((r, c) -> byteOf(y.at(r, c) + 1.772 * (cb.at(r, c) - 128)) / 255)
        };
    }

    private static double byteOf(double value) {
        return Math.clamp(Math.rint(value), 0.0, 255.0);
    }

    /** Halves, codes and enlarges a channel of colour; each pixel is 9, 3, 3 and 1 sixteenths of its nearest four. */
    private static Plane colour(Plane channel, int quality) {
        Plane half = coded(
                Plane.of(
                        channel.height() / 2,
                        channel.width() / 2,
                        (r, c) -> byteOf((channel.at(2 * r, 2 * c)
                                        + channel.at(2 * r, 2 * c + 1)
                                        + channel.at(2 * r + 1, 2 * c)
                                        + channel.at(2 * r + 1, 2 * c + 1))
                                / 4)),
                CHROMINANCE,
                quality);
        return channel.map((r, c) -> {
            int down = r % 2 == 0 ? -1 : 1;
            int right = c % 2 == 0 ? -1 : 1;
            return byteOf((9 * half.at(r / 2, c / 2)
                            + 3 * half.clamped(r / 2 + down, c / 2)
                            + 3 * half.clamped(r / 2, c / 2 + right)
                            + half.clamped(r / 2 + down, c / 2 + right))
                    / 16);
        });
    }

    /** A channel of bytes after quantisation. */
    private static Plane coded(Plane channel, int[] table, int quality) {
        int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        double[] steps = new double[table.length];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = Math.clamp((table[i] * scale + 50) / 100, 1, 255);
        }
        double[] values = new double[channel.values().length];
        for (int r = 0; r < channel.height(); r += BLOCK) {
            for (int c = 0; c < channel.width(); c += BLOCK) {
                double[] block = new double[BLOCK * BLOCK];
                for (int i = 0; i < block.length; i++) {
                    block[i] = channel.at(r + i / BLOCK, c + i % BLOCK) - 128;
                }
                double[] frequencies = transformed(block, true);
                for (int i = 0; i < block.length; i++) {
                    // Halves away from zero, as the reference code rounds.
                    double count = Math.floor(Math.abs(frequencies[i]) / steps[i] + 0.5);
                    frequencies[i] = Math.copySign(count * steps[i], frequencies[i]);
                }
                double[] again = transformed(frequencies, false);
                for (int i = 0; i < block.length; i++) {
                    values[(r + i / BLOCK) * channel.width() + c + i % BLOCK] = byteOf(again[i] + 128);
                }
            }
        }
        return new Plane(channel.height(), channel.width(), values);
    }

    /** The cosine transform of rows and columns, or back. */
    private static double[] transformed(double[] block, boolean forth) {
        double[] rows = new double[block.length];
        double[] both = new double[block.length];
        for (int r = 0; r < BLOCK; r++) {
            for (int k = 0; k < BLOCK; k++) {
                for (int i = 0; i < BLOCK; i++) {
                    rows[r * BLOCK + k] += block[r * BLOCK + i] * COSINES[forth ? k * BLOCK + i : i * BLOCK + k];
                }
            }
        }
        for (int k = 0; k < BLOCK; k++) {
            for (int c = 0; c < BLOCK; c++) {
                for (int i = 0; i < BLOCK; i++) {
                    both[k * BLOCK + c] += rows[i * BLOCK + c] * COSINES[forth ? k * BLOCK + i : i * BLOCK + k];
                }
            }
        }
        return both;
    }
}
