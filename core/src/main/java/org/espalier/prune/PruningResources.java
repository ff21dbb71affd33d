package org.espalier.prune;

import java.util.function.Supplier;
import org.espalier.data.Split;
import org.espalier.engine.Engine;

/**
 * What criteria with needs work on.
 *
 * @param engine makes an engine for the network; asked only if a criterion needs it
 * @param training the training images
 */
public record PruningResources(Supplier<Engine> engine, Split training) {}
