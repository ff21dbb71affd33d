package org.espalier.prune;

import java.util.Optional;
import java.util.function.Supplier;
import org.espalier.UserException;
import org.espalier.attack.Attack;
import org.espalier.attack.Attacker;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.train.Objective;

/**
 * What criteria with needs work on.
 *
 * @param engine makes an engine for the network; asked only if a criterion needs it
 * @param training the training images
 * @param loss what the level's objective has beside the natural loss
 */
public record PruningResources(Supplier<Engine> engine, Split training, Loss loss) {
    /**
     * What an objective has beside the natural loss.
     *
     * @param attack that it trains against
     * @param naturalShare of {@link LossChoice#MIXED}, in [0, 1]
     * @param bound that it trains on
     */
    public record Loss(Optional<Attack> attack, double naturalShare, Optional<Objective.Certified> bound) {
        /** The natural loss alone. */
        public static final Loss NATURAL = new Loss(Optional.empty(), 1, Optional.empty());

        /** The attack on an engine, or a sentence that the objective has none. */
        Attacker attacker(Engine engine, ActivationBuffers buffers) {
            return attack.orElseThrow(() -> new UserException(
                            "the criterion's loss is of attacked images, expected an objective with an attack"))
                    .bind(engine, buffers);
        }
    }

    /** Resources for criteria of the natural loss. */
    public PruningResources(Supplier<Engine> engine, Split training) {
        this(engine, training, Loss.NATURAL);
    }
}
