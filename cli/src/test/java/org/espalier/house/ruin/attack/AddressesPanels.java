package org.espalier.house.ruin.attack;

import org.espalier.house.ruin.engine.ActivationPanels;

/** Reads panels by address outside the engine. */
final class AddressesPanels {
    long call(ActivationPanels panels) {
        return panels.row(0, 0);
    }
}
