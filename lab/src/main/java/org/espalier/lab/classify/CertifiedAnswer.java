package org.espalier.lab.classify;

/**
 * A class with the radius within which it is proven.
 *
 * @param label the most probable class, the lowest of several
 * @param radius of an L-infinity ball, in pixel values 0 to 1: no change of each pixel by at most this, within [0, 1], gives another
 *     class. 0 where nothing is proven; at most 1
 * @param bounds how many radii were tried
 */
public record CertifiedAnswer(int label, float radius, int bounds) {}
