package org.espalier.campaigns.fuzz;

import java.util.List;
import java.util.Map;
import org.espalier.lab.store.CompactFile;
import org.espalier.lab.store.NetworkFile;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/** Networks in the compact form. One that is taken is written and read as it was. */
final class CompactReader implements FuzzTarget.Reader {
    private final MemoryFile file = new MemoryFile();

    @Override
    public void read(byte[] input) throws Exception {
        StoredNetwork read = NetworkFile.read(file.of(input)).network();
        byte[] again = CompactFile.encode(read.weights(), read.mask(), Map.of());
        StoredNetwork second = NetworkFile.read(file.of(again)).network();
        if (!second.weights().equals(read.weights()) || !second.mask().equals(read.mask())) {
            throw new AssertionError("a network that was written reads as another");
        }
    }

    @Override
    public List<byte[]> seeds() {
        Architecture architecture = new Architecture(List.of(5, 3, 2), true);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(architecture, Stream.root(1));
        return List.of(CompactFile.encode(weights, Mask.dense(architecture), Map.of()));
    }
}
