package org.espalier.house.ruin.data;

import org.espalier.house.ruin.train.Trainer;

/** A lower room that calls a higher one. */
final class CallsUp {
    int call() {
        return Trainer.train();
    }
}
