package org.espalier.campaigns.fuzz;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.espalier.lab.exchange.numpy.NpzFile;
import org.espalier.lab.exchange.tensor.ZipBytes;

/** NumPy's arrays, alone and in archives. One that is taken is written and read as it was. */
final class NumpyReader implements FuzzTarget.Reader {
    @Override
    public void read(byte[] input) {
        if (ZipBytes.is(input)) {
            NpzFile.read(input, 1 << 20, "input").values().forEach(NpyArray::floats);
            return;
        }
        NpyArray read = NpyArray.read(input, "input");
        NpyArray again = NpyArray.read(read.encode(), "input");
        if (!again.shape().equals(read.shape()) || !java.util.Arrays.equals(again.content(), read.content())) {
            throw new AssertionError("an array that was written reads as another");
        }
    }

    @Override
    public List<byte[]> seeds() {
        NpyArray array = NpyArray.of(List.of(2, 2), new float[] {1, 2, 3, 4});
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        arrays.put("x", array);
        arrays.put("y", NpyArray.of(List.of(1), new float[] {5}));
        return List.of(array.encode(), NpzFile.encode(arrays));
    }
}
