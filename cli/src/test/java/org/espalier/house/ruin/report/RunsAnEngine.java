package org.espalier.house.ruin.report;

import org.espalier.house.ruin.engine.Engine;

/** A report that runs a network instead of reading the store. */
final class RunsAnEngine {
    int call() {
        return Engine.run();
    }
}
