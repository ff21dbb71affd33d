package org.espalier.evaluate.corrupt;

import java.util.ArrayDeque;

/** Canny, "A computational approach to edge detection" (1986). */
final class Edges {
    private Edges() {}

    /**
     * Edges as 1 on 0.
     *
     * @param low gradient of a pixel that continues an edge
     * @param high gradient of a pixel that begins one
     */
    static Plane of(Plane image, double sigma, double low, double high) {
        Plane smooth = image.blurred(sigma);
        Plane across = smooth.map((r, c) -> sobel(smooth, r, c, 0, 1));
        Plane down = smooth.map((r, c) -> sobel(smooth, r, c, 1, 0));
        Plane steep =
                smooth.map((r, c) -> Math.sqrt(across.at(r, c) * across.at(r, c) + down.at(r, c) * down.at(r, c)));
        Plane ridge = steep.map((r, c) -> {
            boolean edge = r == 0 || c == 0 || r == steep.height() - 1 || c == steep.width() - 1;
            return !edge && ridge(steep, across.at(r, c), down.at(r, c), r, c) ? steep.at(r, c) : 0;
        });
        Plane edges = new Plane(image.height(), image.width(), new double[image.height() * image.width()]);
        ArrayDeque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < edges.values().length; i++) {
            if (ridge.values()[i] >= high) {
                edges.values()[i] = 1;
                open.add(i);
            }
        }
        while (!open.isEmpty()) {
            int at = open.remove();
            for (int dr = -1; dr <= 1; dr++) {
                for (int dc = -1; dc <= 1; dc++) {
                    int r = at / edges.width() + dr;
                    int c = at % edges.width() + dc;
                    if (r >= 0 && c >= 0 && r < edges.height() && c < edges.width()) {
                        int next = r * edges.width() + c;
                        if (edges.values()[next] == 0 && ridge.values()[next] >= low) {
                            edges.values()[next] = 1;
                            open.add(next);
                        }
                    }
                }
            }
        }
        return edges;
    }

    /** Sobel's derivative, scaled to a ramp of slope 1 over two pixels. */
    private static double sobel(Plane image, int r, int c, int down, int across) {
        double sum = 0;
        for (int side = -1; side <= 1; side++) {
            double weight = side == 0 ? 0.5 : 0.25;
            sum += weight
                    * (image.clamped(r + down + side * across, c + across + side * down)
                            - image.clamped(r - down + side * across, c - across + side * down));
        }
        return sum;
    }

    /** Whether a pixel is at least as steep as both neighbours along its gradient, between pixels. */
    private static boolean ridge(Plane steep, double across, double down, int r, int c) {
        double longest = Math.max(Math.abs(across), Math.abs(down));
        if (longest == 0) {
            return false;
        }
        double dr = down / longest;
        double dc = across / longest;
        return steep.at(r, c) >= steep.between(r + dr, c + dc) && steep.at(r, c) >= steep.between(r - dr, c - dc);
    }
}
