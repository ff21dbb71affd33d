package org.espalier.engine;

import java.util.Objects;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/** What both engines refuse. */
public final class Checks {
    private Checks() {}

    public static void fits(Architecture architecture, Weights weights, Mask mask) {
        if (!weights.architecture().equals(architecture) || !mask.architecture().equals(architecture)) {
            throw new IllegalArgumentException("an engine for a network " + architecture + " was given weights of "
                    + weights.architecture() + " and a mask of " + mask.architecture());
        }
    }

    /** Buffers made for another architecture, or panels that they do not have. */
    public static void covers(Architecture architecture, ActivationBuffers buffers, int firstPanel, int panels) {
        fits(architecture, buffers.architecture());
        range(buffers.input(), firstPanel, panels);
    }

    /** Clean inputs and points to move that do not fit the network, or panels that they do not have. */
    public static void perturbs(
            Architecture architecture,
            ActivationPanels clean,
            int cleanPanel,
            ActivationPanels x,
            int xPanel,
            int panels) {
        alike(clean, x);
        if (x.features() != architecture.inputs()) {
            throw new IllegalArgumentException("a network " + architecture + " has " + architecture.inputs()
                    + " inputs, the points to move have " + x.features());
        }
        range(clean, cleanPanel, panels);
        range(x, xPanel, panels);
    }

    /** Buffers made for another architecture. */
    public static void fits(Architecture architecture, Architecture given) {
        if (given != architecture && !given.equals(architecture)) {
            throw new IllegalArgumentException(
                    "an engine for a network " + architecture + " was given buffers made for a network " + given);
        }
    }

    /** Kernels address memory without bounds, so what reaches them is checked here. */
    public static void range(ActivationPanels panels, int first, int count) {
        if (first < 0 || count < 0 || first > panels.panels() - count) {
            throw new IndexOutOfBoundsException(
                    "panels " + first + " to " + (first + count - 1) + " of " + panels.panels() + " were asked for");
        }
    }

    /** Ascending features, of which those from {@code first} on are used. */
    public static void features(int[] features, int first, int count, ActivationPanels panels) {
        Objects.checkFromIndexSize(first, count, features.length);
        if (count > 0 && (features[first] < 0 || features[first + count - 1] >= panels.features())) {
            throw new IndexOutOfBoundsException("features " + features[first] + " to " + features[first + count - 1]
                    + " were asked for, panels have " + panels.features());
        }
    }

    public static void alike(ActivationPanels a, ActivationPanels b) {
        if (a.features() != b.features()) {
            throw new IllegalArgumentException(
                    "panels of " + a.features() + " features do not fit panels of " + b.features());
        }
    }

    /** Labels of which {@code count} from {@code first} on are used: each a class. */
    public static void labels(int[] labels, int first, int count, int classes) {
        Objects.checkFromIndexSize(first, count, labels.length);
        for (int i = first; i < first + count; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IndexOutOfBoundsException(
                        "label " + labels[i] + " of example " + i + " is none of " + classes + " classes");
            }
        }
    }
}
