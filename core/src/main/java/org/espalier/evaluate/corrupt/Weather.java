package org.espalier.evaluate.corrupt;

/** Fog. */
final class Weather {
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
}
