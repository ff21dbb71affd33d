package org.espalier.evaluate.corrupt;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.espalier.random.Stream;

/**
 * The fifteen corruptions of MNIST-C and the identity, in a style of our own: Mu and Gilmer, "MNIST-C: a robustness benchmark for
 * computer vision" (2019), with the parameters of its published code. Random draws, and glass blur, motion blur and Canny edges,
 * differ from the published images; those without a draw agree with the published definition to 1/255. Images are grey, of
 * 28 x 28 pixels.
 */
public enum GreyCorruption implements Corruption {
    /** No change. */
    IDENTITY {
        @Override
        Plane of(Plane image, Draws draws) {
            return image;
        }
    },
    /** Poisson noise of three photons for white. */
    SHOT_NOISE {
        @Override
        Plane of(Plane image, Draws draws) {
            return image.map((r, c) -> draws.poisson(3 * image.at(r, c)) / 3.0);
        }
    },
    /** Salt and pepper on 17 % of the pixels. */
    IMPULSE_NOISE {
        @Override
        Plane of(Plane image, Draws draws) {
            return image.map((r, c) -> {
                double draw = draws.uniform();
                return draw < 0.085 ? 0 : draw < 0.17 ? 1 : image.at(r, c);
            });
        }
    },
    /** Blur along columns, twice swapped neighbours, and the blur again. The published code blurs along one axis too. */
    GLASS_BLUR {
        @Override
        Plane of(Plane image, Draws draws) {
            Plane blurred = image.blurredDown(0.7);
            for (int pass = 0; pass < 2; pass++) {
                for (int r = image.height() - 1; r >= 2; r--) {
                    for (int c = image.width() - 1; c >= 2; c--) {
                        boolean swap = draws.uniform() < 0.5;
                        int other = (r + draws.whole(-1, 1)) * image.width() + c + draws.whole(-1, 1);
                        if (swap) {
                            double value = blurred.at(r, c);
                            blurred.values()[r * image.width() + c] = blurred.values()[other];
                            blurred.values()[other] = value;
                        }
                    }
                }
            }
            return blurred.blurredDown(0.7);
        }
    },
    /** A motion of up to 45 degrees. */
    MOTION_BLUR {
        @Override
        Plane of(Plane image, Draws draws) {
            return image.moved(10, 3, draws.uniform(-45, 45));
        }
    },
    /** Rows move by 0.4 of their distance from the middle. */
    SHEAR {
        @Override
        Plane of(Plane image, Draws draws) {
            return image.mapped(new double[][] {{1, 0.4 * draws.sign()}, {0, 1}});
        }
    },
    /** The image shrinks to 0.7. */
    SCALE {
        @Override
        Plane of(Plane image, Draws draws) {
            return image.mapped(new double[][] {{1 / 0.7, 0}, {0, 1 / 0.7}});
        }
    },
    /** A rotation by 0.4 radians. */
    ROTATE {
        @Override
        Plane of(Plane image, Draws draws) {
            double sine = StrictMath.sin(0.4) * draws.sign();
            double cosine = StrictMath.cos(0.4);
            return image.mapped(new double[][] {{cosine, -sine}, {sine, cosine}});
        }
    },
    /** Half of the range is added. */
    BRIGHTNESS {
        @Override
        Plane of(Plane image, Draws draws) {
            return image.map((r, c) -> image.at(r, c) + 0.5);
        }
    },
    /** Three pixels along each axis. */
    TRANSLATE {
        @Override
        Plane of(Plane image, Draws draws) {
            int right = 3 * draws.sign();
            int down = 3 * draws.sign();
            return image.map((r, c) -> image.between(r - down, c - right));
        }
    },
    /** The left and the right quarter are inverted. */
    STRIPE {
        @Override
        Plane of(Plane image, Draws draws) {
            return image.map((r, c) -> c < 7 || c >= 21 ? 1 - image.at(r, c) : image.at(r, c));
        }
    },
    /** Clouds of a fractal. */
    FOG {
        @Override
        Plane of(Plane image, Draws draws) {
            return Weather.fog(image, 3, Plane.plasma(256, 1.4, draws));
        }
    },
    /** Drops of mud. */
    SPATTER {
        @Override
        Plane of(Plane image, Draws draws) {
            Plane liquid = image.map((r, c) -> 0.65 + 0.3 * draws.normal()).blurred(1);
            Plane mud = liquid.map((r, c) -> liquid.at(r, c) > 0.65 ? 1 : 0).blurred(1.5);
            return image.map((r, c) -> {
                double cover = mud.at(r, c) < 0.8 ? 0 : mud.at(r, c);
                return image.at(r, c) * (1 - cover) + 63 / 255.0 * cover;
            });
        }
    },
    /** A dotted line from the left to the right edge. */
    DOTTED_LINE {
        @Override
        Plane of(Plane image, Draws draws) {
            return Strokes.line(image, 0, draws.whole(0, 27), image.width() - 1, draws.whole(0, 27), true);
        }
    },
    /** A line of teeth across the image. */
    ZIGZAG {
        @Override
        Plane of(Plane image, Draws draws) {
            int row = draws.whole(5, 23);
            return Strokes.zigzag(image, row, row + draws.whole(-5, 5));
        }
    },
    /** Canny's edges (1986). */
    CANNY_EDGES {
        @Override
        Plane of(Plane image, Draws draws) {
            return Edges.of(image, 1, 0.1, 0.2);
        }
    };

    /** Rows and columns of the images. */
    public static final int SIDE = 28;

    abstract Plane of(Plane image, Draws draws);

    /** The fifteen, without the identity. */
    public static List<GreyCorruption> fifteen() {
        return Arrays.stream(values()).filter(each -> each != IDENTITY).toList();
    }

    @Override
    public double[] apply(double[] image, Stream stream) {
        if (image.length != SIDE * SIDE) {
            throw new IllegalArgumentException(
                    "corruption " + word() + " is of images of 784 values, got " + image.length);
        }
        return of(new Plane(SIDE, SIDE, image.clone()), new Draws(stream)).values();
    }

    @Override
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
