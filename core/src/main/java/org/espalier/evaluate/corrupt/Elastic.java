package org.espalier.evaluate.corrupt;

import java.util.Arrays;

/** Elastic distortion: a random affine map, then a smooth random shift of each pixel (Simard, Steinkraus and Platt 2003). */
final class Elastic {
    private Elastic() {}

    /**
     * The distorted image.
     *
     * @param most shift of a pixel, in pixels, before smoothing
     * @param sigma of the smoothing; 0 for none
     * @param corner shift of each of three corners of a square of 20 pixels in the middle, at most
     */
    static Plane[] of(Plane[] channels, double most, double sigma, double corner, Draws draws) {
        Plane first = channels[0];
        double middle = Math.floor(first.height() / 2.0);
        double half = Math.floor(first.height() / 3.0);
        double[][] from = {
            {middle + half, middle + half}, {middle + half, middle - half}, {middle - half, middle - half}
        };
        double[][] to = new double[3][2];
        for (int p = 0; p < 3; p++) {
            for (int axis = 0; axis < 2; axis++) {
                to[p][axis] = from[p][axis] + draws.uniform(-corner, corner);
            }
        }
        Plane across = shifts(first, most, sigma, draws);
        Plane down = shifts(first, most, sigma, draws);
        return Arrays.stream(channels)
                .map(channel -> {
                    Plane turned = channel.map((r, c) -> {
                        double[] place = back(from, to, c, r);
                        return reflected(channel, place[1], place[0], false);
                    });
                    return turned.map((r, c) -> reflected(turned, r + down.at(r, c), c + across.at(r, c), true));
                })
                .toArray(Plane[]::new);
    }

    private static Plane shifts(Plane like, double most, double sigma, Draws draws) {
        Plane noise = like.map((_, _) -> draws.uniform(-1, 1));
        Plane smooth = sigma > 0 ? noise.blurred(sigma) : noise;
        return smooth.map((r, c) -> most * smooth.at(r, c));
    }

    /** The place (x, y) that the affine map from three points to three others brings to a place. */
    private static double[] back(double[][] from, double[][] to, double x, double y) {
        double ax = to[1][0] - to[0][0];
        double ay = to[1][1] - to[0][1];
        double bx = to[2][0] - to[0][0];
        double by = to[2][1] - to[0][1];
        double det = ax * by - ay * bx;
        double px = x - to[0][0];
        double py = y - to[0][1];
        double a = (px * by - py * bx) / det;
        double b = (ax * py - ay * px) / det;
        double[] place = new double[2];
        for (int axis = 0; axis < 2; axis++) {
            place[axis] = from[0][axis] + a * (from[1][axis] - from[0][axis]) + b * (from[2][axis] - from[0][axis]);
        }
        return place;
    }

    /** Bilinear, the picture reflected beyond its edges. */
    private static double reflected(Plane picture, double row, double column, boolean edgeTwice) {
        int r = (int) Math.floor(row);
        int c = (int) Math.floor(column);
        double down = row - r;
        double right = column - c;
        int top = inside(r, picture.height(), edgeTwice);
        int bottom = inside(r + 1, picture.height(), edgeTwice);
        int left = inside(c, picture.width(), edgeTwice);
        int beside = inside(c + 1, picture.width(), edgeTwice);
        return (1 - down) * ((1 - right) * picture.at(top, left) + right * picture.at(top, beside))
                + down * ((1 - right) * picture.at(bottom, left) + right * picture.at(bottom, beside));
    }

    /** The place inside that a place shows: with edgeTwice, -1 shows 0, else 1. */
    private static int inside(int at, int size, boolean edgeTwice) {
        int period = edgeTwice ? 2 * size : 2 * size - 2;
        int place = Math.floorMod(at, period);
        return place < size ? place : (edgeTwice ? period - 1 : period) - place;
    }
}
