package org.espalier.engine.vector;

import org.espalier.engine.Engine;
import org.espalier.engine.EngineContract;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.scalar.ScalarKernels;
import org.espalier.network.Architecture;

/** The engine with scalar kernels. */
class ScalarEngineContractTest extends EngineContract {
    @Override
    protected Engine create(Architecture architecture) {
        return new VectorEngine(architecture, new ScalarKernels(), DenseOrSparsePolicy.SPARSE);
    }
}
