package org.espalier.engine.vector;

import java.util.List;
import java.util.stream.Stream;
import org.espalier.engine.Engine;
import org.espalier.engine.EngineProvider;
import org.espalier.engine.KernelMode;
import org.espalier.engine.graph.ConvCalibration;
import org.espalier.engine.graph.GraphEngine;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.network.Architecture;

/**
 * Provides the float32 engines with the kernels of this process: {@link VectorEngine} for fully connected networks, {@link
 * GraphEngine} for all others.
 */
public final class VectorEngineProvider implements EngineProvider {
    @Override
    public String name() {
        return "vector";
    }

    @Override
    public int rank() {
        return 100;
    }

    @Override
    public Engine create(Architecture architecture, KernelMode mode) {
        DenseOrSparsePolicy policy = switch (mode) {
            case AUTO -> Calibration.PROCESS;
            case DENSE -> DenseOrSparsePolicy.DENSE;
            case SPARSE -> DenseOrSparsePolicy.SPARSE;
        };
        return architecture.fullyConnected().isPresent()
                ? new VectorEngine(architecture, KernelChoice.chosen(), policy)
                : new GraphEngine(architecture, KernelChoice.chosen(), mode, policy);
    }

    @Override
    public String describe() {
        int bits = KernelChoice.chosen().bits();
        return bits == 0 ? "scalar code" : "vectors of " + bits + " bits";
    }

    @Override
    public List<String> measurements() {
        return Stream.concat(Calibration.PROCESS.describe().stream(), ConvCalibration.PROCESS.describe().stream())
                .toList();
    }
}
