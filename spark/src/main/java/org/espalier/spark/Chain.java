package org.espalier.spark;

import java.io.Serializable;
import java.util.List;

/**
 * Levels that one task trains, each from the one before.
 *
 * @param keys keys of the levels in order, at least one
 * @param before keys of the levels that lead to the first one, the dense level first; empty if the first is a dense one
 */
record Chain(List<String> keys, List<String> before) implements Serializable {
    Chain {
        keys = List.copyOf(keys);
        before = List.copyOf(before);
    }
}
