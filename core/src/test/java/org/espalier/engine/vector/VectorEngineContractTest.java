package org.espalier.engine.vector;

import org.espalier.engine.Engine;
import org.espalier.engine.EngineContract;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.network.Architecture;

/** The engine with the kernels of this machine. */
class VectorEngineContractTest extends EngineContract {
    @Override
    protected Engine create(Architecture architecture) {
        return Engines.provider("vector").create(architecture, KernelMode.AUTO);
    }
}
