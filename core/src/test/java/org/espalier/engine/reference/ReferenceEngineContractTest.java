package org.espalier.engine.reference;

import org.espalier.engine.Engine;
import org.espalier.engine.EngineContract;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.network.Architecture;

/** The float64 engine. */
class ReferenceEngineContractTest extends EngineContract {
    @Override
    protected Engine create(Architecture architecture) {
        return Engines.provider("reference").create(architecture, KernelMode.AUTO);
    }
}
