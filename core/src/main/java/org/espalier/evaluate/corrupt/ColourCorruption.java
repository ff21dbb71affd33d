package org.espalier.evaluate.corrupt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.espalier.random.Stream;

/**
 * Corruptions of CIFAR-10-C, in a style of our own: Hendrycks and Dietterich, "Benchmarking neural network robustness to common
 * corruptions and perturbations" (2019), with the parameters of its published code. Frost, which needs photographs, is not here. Images
 * have three channels of 32 x 32 pixels.
 *
 * @param kind what is done
 * @param severity 1 to 5
 */
public record ColourCorruption(Kind kind, int severity) implements Corruption {
    /** Rows and columns of the images. */
    public static final int SIDE = 32;

    private static final int CHANNELS = 3;

    /** What is done, with its parameters by severity. */
    public enum Kind {
        GAUSSIAN_NOISE(new double[][] {{.04}, {.06}, {.08}, {.09}, {.10}}),
        SHOT_NOISE(new double[][] {{500}, {250}, {100}, {75}, {50}}),
        IMPULSE_NOISE(new double[][] {{.01}, {.02}, {.03}, {.05}, {.07}}),
        DEFOCUS_BLUR(new double[][] {{.3, .4}, {.4, .5}, {.5, .6}, {1, .2}, {1.5, .1}}),
        GLASS_BLUR(new double[][] {{.05, 1, 1}, {.25, 1, 1}, {.4, 1, 1}, {.25, 1, 2}, {.4, 1, 2}}),
        MOTION_BLUR(new double[][] {{6, 1}, {6, 1.5}, {6, 2}, {8, 2}, {9, 2.5}}),
        ZOOM_BLUR(new double[][] {{1.06}, {1.11}, {1.16}, {1.21}, {1.26}}),
        FOG(new double[][] {{.2, 3}, {.5, 3}, {.75, 2.5}, {1, 2}, {1.5, 1.75}}),
        BRIGHTNESS(new double[][] {{.05}, {.1}, {.15}, {.2}, {.3}}),
        CONTRAST(new double[][] {{.75}, {.5}, {.4}, {.3}, {.15}}),
        PIXELATE(new double[][] {{.95}, {.9}, {.85}, {.75}, {.65}}),
        SNOW(new double[][] {
            {.1, .2, 1, .6, 8, 3, .95},
            {.1, .2, 1, .5, 10, 4, .9},
            {.15, .3, 1.75, .55, 10, 4, .9},
            {.25, .3, 2.25, .6, 12, 6, .85},
            {.3, .3, 1.25, .65, 14, 12, .8}
        }),
        /** Shift, its smoothing, and the shift of corners, as shares of the side. */
        ELASTIC_TRANSFORM(
                new double[][] {{0, 0, .08}, {.05, .2, .07}, {.08, .06, .06}, {.1, .04, .05}, {.1, .03, .03}}),
        JPEG_COMPRESSION(new double[][] {{80}, {65}, {58}, {50}, {40}}),
        /** Beyond the fifteen of the benchmark. */
        SPECKLE_NOISE(new double[][] {{.06}, {.1}, {.12}, {.16}, {.2}}),
        /** Beyond the fifteen of the benchmark. */
        GAUSSIAN_BLUR(new double[][] {{.4}, {.6}, {.7}, {.8}, {1}}),
        /** Beyond the fifteen of the benchmark. */
        SPATTER(new double[][] {
            {.62, .1, .7, .7, .5, 0},
            {.65, .1, .8, .7, .5, 0},
            {.65, .3, 1, .69, .5, 0},
            {.65, .1, .7, .69, .6, 1},
            {.65, .1, .5, .68, .6, 1}
        }),
        /** Beyond the fifteen of the benchmark. */
        SATURATE(new double[][] {{.3, 0}, {.1, 0}, {1.5, 0}, {2, .1}, {2.5, .2}});

        private static final Set<Kind> EXTRA = EnumSet.of(SPECKLE_NOISE, GAUSSIAN_BLUR, SPATTER, SATURATE);

        private final double[][] parameters;

        Kind(double[][] parameters) {
            this.parameters = parameters;
        }
    }

    public ColourCorruption {
        if (severity < 1 || severity > 5) {
            throw new IllegalArgumentException("severity is " + severity + ", expected 1 to 5");
        }
    }

    /** All kinds at all severities, the extra ones last. */
    public static List<ColourCorruption> all() {
        List<ColourCorruption> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (int severity = 1; severity <= 5; severity++) {
                all.add(new ColourCorruption(kind, severity));
            }
        }
        return all;
    }

    /** Whether it is one of the benchmark's fifteen, which means are over. */
    public boolean counted() {
        return !Kind.EXTRA.contains(kind);
    }

    @Override
    public String word() {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + severity;
    }

    @Override
    public double[] apply(double[] image, Stream stream) {
        if (image.length != CHANNELS * SIDE * SIDE) {
            throw new IllegalArgumentException(
                    "corruption " + word() + " is of images of 3,072 values, got " + image.length);
        }
        Plane[] channels = new Plane[CHANNELS];
        for (int c = 0; c < CHANNELS; c++) {
            channels[c] = new Plane(SIDE, SIDE, Arrays.copyOfRange(image, c * SIDE * SIDE, (c + 1) * SIDE * SIDE));
        }
        Plane[] changed = change(channels, new Draws(stream));
        double[] values = new double[image.length];
        for (int c = 0; c < CHANNELS; c++) {
            System.arraycopy(changed[c].values(), 0, values, c * SIDE * SIDE, SIDE * SIDE);
        }
        return values;
    }

    private Plane[] change(Plane[] channels, Draws draws) {
        double[] p = kind.parameters[severity - 1];
        return switch (kind) {
            case GAUSSIAN_NOISE -> each(channels, x -> x.map((r, c) -> x.at(r, c) + p[0] * draws.normal()));
            case SHOT_NOISE -> each(channels, x -> x.map((r, c) -> draws.poisson(p[0] * x.at(r, c)) / p[0]));
            case IMPULSE_NOISE ->
                each(
                        channels,
                        x -> x.map((r, c) -> {
                            double draw = draws.uniform();
                            return draw < p[0] / 2 ? 0 : draw < p[0] ? 1 : x.at(r, c);
                        }));
            case DEFOCUS_BLUR -> {
                Plane kernel = disk(p[0], p[1]);
                yield each(channels, x -> x.convolved(kernel));
            }
            case GLASS_BLUR -> glass(channels, p[0], (int) p[1], (int) p[2], draws);
            case MOTION_BLUR -> {
                double degrees = draws.uniform(-45, 45);
                yield each(channels, x -> x.moved((int) p[0], p[1], degrees));
            }
            case ZOOM_BLUR -> each(channels, x -> zoomed(x, p[0]));
            case FOG -> {
                Plane clouds = Plane.plasma(SIDE, p[1], draws);
                double max =
                        Arrays.stream(channels).mapToDouble(Plane::max).max().orElseThrow();
                yield each(channels, x -> Weather.fog(x, p[0], clouds, max));
            }
            case BRIGHTNESS -> brighter(channels, p[0]);
            case CONTRAST ->
                each(channels, x -> {
                    double mean = Arrays.stream(x.values()).sum() / x.values().length;
                    return x.map((r, c) -> (x.at(r, c) - mean) * p[0] + mean);
                });
            case PIXELATE -> each(channels, x -> boxed(boxed(x, (int) (SIDE * p[0])), SIDE));
            case SPECKLE_NOISE -> each(channels, x -> x.map((r, c) -> x.at(r, c) * (1 + p[0] * draws.normal())));
            case GAUSSIAN_BLUR -> each(channels, x -> x.blurred(p[0]));
            case SNOW -> Weather.snow(channels, p, draws);
            case ELASTIC_TRANSFORM -> Elastic.of(channels, SIDE * p[0], SIDE * p[1], SIDE * p[2], draws);
            case JPEG_COMPRESSION -> Jpeg.of(channels, (int) p[0]);
            case SPATTER -> Weather.spatter(channels, p, draws);
            case SATURATE -> saturated(channels, p[0], p[1]);
        };
    }

    private static Plane[] each(Plane[] channels, java.util.function.UnaryOperator<Plane> change) {
        return Arrays.stream(channels).map(change).toArray(Plane[]::new);
    }

    /** A disk of weights, blurred by a Gaussian of 3 x 3. */
    private static Plane disk(double radius, double sigma) {
        Plane disk = Plane.of(17, 17, (r, c) -> (r - 8) * (r - 8) + (c - 8) * (c - 8) <= radius * radius ? 1 : 0);
        double sum = Arrays.stream(disk.values()).sum();
        double side = StrictMath.exp(-0.5 / (sigma * sigma));
        double all = (1 + 2 * side) * (1 + 2 * side);
        return disk.map((r, c) -> {
            double value = 0;
            for (int y = -1; y <= 1; y++) {
                for (int x = -1; x <= 1; x++) {
                    value += disk.clamped(r + y, c + x) * (y == 0 ? 1 : side) * (x == 0 ? 1 : side) / all;
                }
            }
            return value / sum;
        });
    }

    private static Plane[] glass(Plane[] channels, double sigma, int most, int passes, Draws draws) {
        Plane[] blurred = each(channels, x -> x.blurred(sigma));
        for (int pass = 0; pass < passes; pass++) {
            for (int r = SIDE - most - 1; r >= most; r--) {
                for (int c = SIDE - most - 1; c >= most; c--) {
                    int at = r * SIDE + c;
                    int other = (r + draws.whole(-most, most)) * SIDE + c + draws.whole(-most, most);
                    for (Plane channel : blurred) {
                        double value = channel.values()[at];
                        channel.values()[at] = channel.values()[other];
                        channel.values()[other] = value;
                    }
                }
            }
        }
        return each(blurred, x -> x.blurred(sigma));
    }

    /** Mean of the image and of its enlargements from 1 on, in steps of 0.01. */
    private static Plane zoomed(Plane image, double most) {
        int steps = (int) Math.rint((most - 1) * 100);
        Plane sum = image;
        for (int step = 0; step < steps; step++) {
            double factor = 1 / (1 + step / 100.0);
            Plane larger = image.mapped(new double[][] {{factor, 0}, {0, factor}});
            Plane before = sum;
            sum = image.map((r, c) -> before.at(r, c) + larger.at(r, c));
        }
        Plane all = sum;
        return image.map((r, c) -> all.at(r, c) / (steps + 1));
    }

    /** Adds to the value of hue, saturation and value. */
    private static Plane[] brighter(Plane[] channels, double more) {
        return each(
                channels,
                x -> x.map((r, c) -> {
                    double value = Math.max(channels[0].at(r, c), Math.max(channels[1].at(r, c), channels[2].at(r, c)));
                    double now = Math.min(1, value + more);
                    return value == 0 ? now : x.at(r, c) * now / value;
                }));
    }

    /** Multiplies and adds to the saturation of hue, saturation and value; grey pixels count as red of saturation 0. */
    private static Plane[] saturated(Plane[] channels, double factor, double more) {
        Plane[] changed = new Plane[CHANNELS];
        for (int channel = 0; channel < CHANNELS; channel++) {
            int own = channel;
            changed[channel] = channels[channel].map((r, c) -> {
                double value = Math.max(channels[0].at(r, c), Math.max(channels[1].at(r, c), channels[2].at(r, c)));
                double least = Math.min(channels[0].at(r, c), Math.min(channels[1].at(r, c), channels[2].at(r, c)));
                double saturation = value == 0 ? 0 : (value - least) / value;
                double now = Math.clamp(factor * saturation + more, 0.0, 1.0);
                return saturation == 0
                        ? value * (own == 0 ? 1 : 1 - now)
                        : value - (value - channels[own].at(r, c)) * now / saturation;
            });
        }
        return changed;
    }

    /** The image in another size; each pixel is the mean of what it covers. */
    private static Plane boxed(Plane image, int side) {
        double scale = (double) image.height() / side;
        return Plane.of(side, side, (r, c) -> {
            double sum = 0;
            for (int y = (int) (r * scale); y < Math.min(image.height(), (r + 1) * scale); y++) {
                for (int x = (int) (c * scale); x < Math.min(image.width(), (c + 1) * scale); x++) {
                    double down = Math.min(y + 1, (r + 1) * scale) - Math.max(y, r * scale);
                    double right = Math.min(x + 1, (c + 1) * scale) - Math.max(x, c * scale);
                    sum += down * right * image.at(y, x);
                }
            }
            return sum / (scale * scale);
        });
    }
}
