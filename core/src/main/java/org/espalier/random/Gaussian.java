package org.espalier.random;

/**
 * Standard normal numbers at explicit positions of a {@link Stream}, with the same bits on every machine: Marsaglia and Tsang,
 * "The ziggurat method for generating random variables" (2000), with 256 layers, and with the layer drawn from bits of its own
 * (Doornik, "An improved ziggurat method to generate normal random samples", 2005). About 99 of 100 numbers need one block of
 * the stream and one multiplication.
 */
public final class Gaussian {
    private static final int LAYERS = 256;
    private static final double TAIL = 3.6541528853610088;
    private static final double AREA = 0.00492867323399;
    private static final double[] WIDTH = new double[LAYERS + 1]; // of each layer; 0 at the end
    private static final double[] HEIGHT = new double[LAYERS + 1]; // exp(-x^2 / 2) at each width

    static {
        double atTail = StrictMath.exp(-TAIL * TAIL / 2);
        WIDTH[0] = AREA / atTail; // the lowest layer as a rectangle, its tail included
        WIDTH[1] = TAIL;
        for (int i = 2; i < LAYERS; i++) {
            double below = WIDTH[i - 1];
            WIDTH[i] = Math.sqrt(-2 * StrictMath.log(AREA / below + StrictMath.exp(-below * below / 2)));
        }
        for (int i = 0; i <= LAYERS; i++) {
            HEIGHT[i] = StrictMath.exp(-WIDTH[i] * WIDTH[i] / 2);
        }
    }

    private Gaussian() {}

    /**
     * The number of a feature of an example. It depends on nothing but the stream and these two numbers.
     *
     * @param feature in [0, 2^24)
     */
    public static double at(Stream stream, int example, int feature) {
        for (int attempt = 0; ; attempt++) {
            long bits = block(stream, example, feature, attempt);
            int layer = (int) bits & LAYERS - 1;
            double x = toUnit(bits) * WIDTH[layer];
            if (x < WIDTH[layer + 1]) {
                return signed(bits, x);
            }
            if (layer == 0) {
                return signed(bits, tail(stream, example, feature, attempt));
            }
            double height = HEIGHT[layer]
                    + toUnit(block(stream, example, feature, attempt + 64)) * (HEIGHT[layer + 1] - HEIGHT[layer]);
            if (height < StrictMath.exp(-x * x / 2)) {
                return signed(bits, x);
            }
        }
    }

    /** A number beyond the lowest layer's width: Marsaglia (1964). */
    private static double tail(Stream stream, int example, int feature, int attempt) {
        for (int draw = attempt + 128; ; draw += 2) {
            double x = -StrictMath.log(1 - toUnit(block(stream, example, feature, draw))) / TAIL;
            double y = -StrictMath.log(1 - toUnit(block(stream, example, feature, draw + 1)));
            if (2 * y >= x * x) {
                return TAIL + x;
            }
        }
    }

    /** Draws beyond the first have numbers of their own; 256 are far more than are ever wanted. */
    private static long block(Stream stream, int example, int feature, int draw) {
        return Threefry.block(stream.key0(), stream.key1(), example, feature | draw << 24);
    }

    /** In [0, 1), of the upper 53 bits; the layer and the sign have the lowest nine. */
    private static double toUnit(long bits) {
        return (bits >>> 11) * 0x1p-53;
    }

    private static double signed(long bits, double x) {
        return (bits & LAYERS) == 0 ? x : -x;
    }
}
