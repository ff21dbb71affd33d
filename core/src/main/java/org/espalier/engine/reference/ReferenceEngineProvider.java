package org.espalier.engine.reference;

import org.espalier.engine.Engine;
import org.espalier.engine.EngineProvider;
import org.espalier.engine.KernelMode;
import org.espalier.network.Architecture;

/** Provides {@link ReferenceEngine} and, for graphs, {@link ReferenceGraphEngine}: for tests, or where no other engine is. */
public final class ReferenceEngineProvider implements EngineProvider {
    @Override
    public String name() {
        return "reference";
    }

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public Engine create(Architecture architecture, KernelMode mode) {
        return architecture.fullyConnected().isPresent()
                ? new ReferenceEngine(architecture)
                : new ReferenceGraphEngine(architecture);
    }

    @Override
    public String describe() {
        return "float64 in plain loops";
    }
}
