package org.espalier.evaluate.corrupt;

import java.util.Arrays;

/** Fog, snow, and drops on the lens. */
final class Weather {
    private static final double[] WATER = {175 / 255.0, 238 / 255.0, 238 / 255.0};
    private static final double[] MUD = {63 / 255.0, 42 / 255.0, 20 / 255.0};

    private Weather() {}

    /**
     * Adds clouds, and brings the result back to the image's maximum.
     *
     * @param strength of the clouds
     * @param clouds at least as large as the image; its top left part is used
     */
    static Plane fog(Plane image, double strength, Plane clouds) {
        return fog(image, strength, clouds, image.max());
    }

    /** The same with a maximum over all channels. */
    static Plane fog(Plane image, double strength, Plane clouds, double max) {
        return image.map((r, c) -> (image.at(r, c) + strength * clouds.at(r, c)) * max / (max + strength));
    }

    /**
     * Flakes of snow that fall, and a brighter image behind them.
     *
     * @param p mean and deviation of the noise that flakes are made of, its enlargement, the least value of a flake, radius and sigma of
     *     the fall, share of the image that is not made brighter
     */
    static Plane[] snow(Plane[] rgb, double[] p, Draws draws) {
        Plane noise = rgb[0].map((_, _) -> p[0] + p[1] * draws.normal());
        Plane larger = noise.mapped(new double[][] {{1 / p[2], 0}, {0, 1 / p[2]}});
        Plane flakes = larger.map((r, c) -> larger.at(r, c) < p[3] ? 0 : Math.min(1, larger.at(r, c)));
        Plane fall = flakes.moved((int) p[4], p[5], draws.uniform(-135, -45));
        int last = fall.height() - 1;
        return Arrays.stream(rgb)
                .map(x -> x.map((r, c) -> {
                    double grey = 0.299 * rgb[0].at(r, c) + 0.587 * rgb[1].at(r, c) + 0.114 * rgb[2].at(r, c);
                    return p[6] * x.at(r, c)
                            + (1 - p[6]) * Math.max(x.at(r, c), 1.5 * grey + 0.5)
                            + fall.at(r, c)
                            + fall.at(last - r, last - c);
                }))
                .toArray(Plane[]::new);
    }

    /**
     * Drops of water, or of mud.
     *
     * @param p mean, deviation and blur of the noise that drops are made of, the least value of a drop, strength of water or blur of mud,
     *     and 1 for mud
     */
    static Plane[] spatter(Plane[] rgb, double[] p, Draws draws) {
        Plane liquid = rgb[0].map((_, _) -> p[0] + p[1] * draws.normal()).blurred(p[2]);
        if (p[5] == 1) {
            Plane mud = liquid.map((r, c) -> liquid.at(r, c) > p[3] ? 1 : 0).blurred(p[4]);
            Plane cover = mud.map((r, c) -> mud.at(r, c) < 0.8 ? 0 : mud.at(r, c));
            return mixed(rgb, cover, MUD, true);
        }
        Plane drops = liquid.map((r, c) ->
                liquid.at(r, c) < p[3] ? 0 : Math.floor(Math.clamp(255 * liquid.at(r, c), 0.0, 255.0)));
        Plane light = light(drops);
        Plane film = drops.map((r, c) -> drops.at(r, c) * light.at(r, c));
        double max = film.max();
        return mixed(rgb, film.map((r, c) -> max == 0 ? 0 : film.at(r, c) / max * p[4]), WATER, false);
    }

    private static Plane[] mixed(Plane[] rgb, Plane cover, double[] colour, boolean instead) {
        Plane[] mixed = new Plane[rgb.length];
        for (int channel = 0; channel < rgb.length; channel++) {
            Plane x = rgb[channel];
            double tone = colour[channel];
            mixed[channel] = x.map((r, c) -> x.at(r, c) * (instead ? 1 - cover.at(r, c) : 1) + tone * cover.at(r, c));
        }
        return mixed;
    }

    /** How light shines through drops, 0 to 255: from the distance to their edges, embossed. */
    private static Plane light(Plane drops) {
        // Thresholds of 50 and 150 of a derivative of weights 1, 2, 1 over two pixels, of bytes.
        Plane edges = Edges.of(drops.map((r, c) -> drops.at(r, c) / 255), 0.1, 50 / 1020.0, 150 / 1020.0);
        Plane far = drops.map((r, c) -> Math.min(20, distance(edges, r, c)));
        Plane equal = equalised(far.map((r, c) -> Math.rint(box(far, r, c))));
        double[] kernel = {-2, -1, 0, -1, 1, 1, 0, 1, 2};
        Plane embossed = equal.map((r, c) -> {
            double sum = 0;
            for (int i = 0; i < 9; i++) {
                sum += kernel[i] * equal.clamped(r + i / 3 - 1, c + i % 3 - 1);
            }
            return Math.clamp(sum, 0.0, 255.0);
        });
        return box(embossed);
    }

    private static Plane box(Plane image) {
        return image.map((r, c) -> box(image, r, c));
    }

    /** Mean of 3 x 3 pixels. */
    private static double box(Plane image, int r, int c) {
        double sum = 0;
        for (int i = 0; i < 9; i++) {
            sum += image.clamped(r + i / 3 - 1, c + i % 3 - 1);
        }
        return sum / 9;
    }

    /** Distance to the nearest edge; large without one. */
    private static double distance(Plane edges, int row, int column) {
        double least = 1e6;
        for (int r = 0; r < edges.height(); r++) {
            for (int c = 0; c < edges.width(); c++) {
                if (edges.at(r, c) == 1) {
                    least = Math.min(least, (r - row) * (r - row) + (c - column) * (c - column));
                }
            }
        }
        return Math.sqrt(least);
    }

    /** Bytes whose shares are as equal as they can be made. */
    private static Plane equalised(Plane bytes) {
        int[] counts = new int[256];
        for (double value : bytes.values()) {
            counts[(int) value]++;
        }
        int all = bytes.values().length;
        int lowest = 0;
        while (counts[lowest] == 0) {
            lowest++;
        }
        if (counts[lowest] == all) {
            return bytes;
        }
        double[] table = new double[256];
        int sum = 0;
        for (int i = lowest + 1; i < 256; i++) {
            sum += counts[i];
            table[i] = Math.rint(255.0 * sum / (all - counts[lowest]));
        }
        return bytes.map((r, c) -> table[(int) bytes.at(r, c)]);
    }
}
