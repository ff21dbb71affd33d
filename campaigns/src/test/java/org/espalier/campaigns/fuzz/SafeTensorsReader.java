package org.espalier.campaigns.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.lab.file.SafeTensors;
import org.espalier.lab.store.NetworkFile;

/** Tensors of any origin, and networks of them. A file that is taken must read equal when it is written. */
final class SafeTensorsReader implements FuzzTarget.Reader {
    private final MemoryFile file = new MemoryFile();

    @Override
    public void read(byte[] input) throws IOException {
        Path path = file.of(input);
        SafeTensors read = SafeTensors.readAny(path);
        for (Map.Entry<String, SafeTensors.Tensor> tensor : read.tensors().entrySet()) {
            long elements = 1;
            for (int size : tensor.getValue().shape()) {
                elements *= size;
            }
            int values = switch (tensor.getValue()) {
                case SafeTensors.Tensor.Floats(List<Integer> _, float[] floats) -> floats.length;
                case SafeTensors.Tensor.Bytes(List<Integer> _, byte[] bytes) -> bytes.length;
            };
            if (elements != values) {
                throw new AssertionError(tensor.getKey() + " has " + values + " values for " + elements);
            }
        }
        Path again = file.of(SafeTensors.encode(read.tensors(), Map.of()));
        if (!equal(read.tensors(), SafeTensors.read(again).tensors())) {
            throw new AssertionError("tensors that were written read as others");
        }
        NetworkFile.read(file.of(input));
    }

    private static boolean equal(Map<String, SafeTensors.Tensor> one, Map<String, SafeTensors.Tensor> other) {
        boolean equal = one.keySet().equals(other.keySet());
        for (String name : one.keySet()) {
            equal &= switch (one.get(name)) {
                case SafeTensors.Tensor.Floats(List<Integer> shape, float[] values) ->
                    other.get(name) instanceof SafeTensors.Tensor.Floats(List<Integer> found, float[] written)
                            && shape.equals(found)
                            && Arrays.equals(values, written);
                case SafeTensors.Tensor.Bytes(List<Integer> shape, byte[] values) ->
                    other.get(name) instanceof SafeTensors.Tensor.Bytes(List<Integer> found, byte[] written)
                            && shape.equals(found)
                            && Arrays.equals(values, written);
            };
        }
        return equal;
    }

    @Override
    public List<byte[]> seeds() {
        Map<String, SafeTensors.Tensor> tensors = new LinkedHashMap<>();
        tensors.put("layers.0.weight", new SafeTensors.Tensor.Floats(List.of(2, 3), new float[] {1, 2, 3, 4, 5, 6}));
        tensors.put("layers.0.bias", new SafeTensors.Tensor.Floats(List.of(2), new float[] {0.5f, -1}));
        tensors.put("layers.0.mask", new SafeTensors.Tensor.Bytes(List.of(2, 3), new byte[] {1, 0, 1, 1, 0, 1}));
        // Without a digest, so that a change is not refused for that alone.
        byte[] encoded = SafeTensors.encode(tensors, Map.of());
        String header = """
                {"layers.0.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},\
                "layers.1.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[24,40]}}""";
        byte[] foreign = new byte[8 + header.length() + 40];
        foreign[0] = (byte) header.length();
        System.arraycopy(header.getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, foreign, 8, header.length());
        return List.of(encoded, foreign);
    }
}
