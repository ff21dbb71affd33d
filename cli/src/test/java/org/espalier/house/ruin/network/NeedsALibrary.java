package org.espalier.house.ruin.network;

import org.assertj.core.api.Assertions;

/** Core code with a dependency. */
final class NeedsALibrary {
    void call() {
        Assertions.fail("unreachable");
    }
}
