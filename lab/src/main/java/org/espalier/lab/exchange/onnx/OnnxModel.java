package org.espalier.lab.exchange.onnx;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.lab.exchange.tensor.NumberType;

/**
 * The messages of an ONNX file that networks need.
 *
 * @param producer program that wrote it
 * @param graph what it computes
 * @param metadata strings about it
 */
public record OnnxModel(String producer, Graph graph, Map<String, String> metadata) {
    /** Values of a sparse tensor for each that is not zero, at most. */
    static final long SPARSEST = 4096;

    private static final long MOST_ELEMENTS = 1L << 28;

    /** Nodes, constant tensors by name, inputs and outputs. */
    record Graph(List<Node> nodes, Map<String, Tensor> initializers, List<Value> inputs, List<Value> outputs) {}

    /** An operator with names of the values that it reads and gives. */
    record Node(
            String name,
            String operator,
            String domain,
            List<String> inputs,
            List<String> outputs,
            Map<String, Attribute> attributes) {
        @Override
        public String toString() {
            return operator + (name.isEmpty() ? "" : " \"" + name + "\"");
        }
    }

    /** A setting of an operator; one of the members has it. */
    record Attribute(String name, float real, List<Long> wholes, String text, Optional<Tensor> tensor) {}

    /** A name with the lengths of its dimensions, 0 where the file gives none. */
    record Value(String name, List<Long> dims) {}

    /** Numbers, in {@code raw} or in {@code numbers}. */
    record Tensor(String name, List<Long> dims, int type, Optional<byte[]> raw, double[] numbers, String source) {
        /**
         * Number of values.
         *
         * @throws UserException if a dimension is negative, or they are too many
         */
        long elements() {
            long elements = 1;
            for (long dim : dims) {
                if (dim < 0 || dim > MOST_ELEMENTS || elements * Math.max(dim, 1) > MOST_ELEMENTS) {
                    throw new UserException(source + " has tensor " + name + " of shape " + dims
                            + ", expected lengths from 0 and at most " + MOST_ELEMENTS + " values");
                }
                elements *= dim;
            }
            return elements;
        }

        float[] floats() {
            int count = (int) elements();
            if (raw.isPresent()) {
                return number().floats(checked(raw.get(), count, number()), 0, count);
            }
            check(count);
            float[] floats = new float[count];
            for (int i = 0; i < count; i++) {
                floats[i] = type == 10
                        ? Float.float16ToFloat((short) (int) numbers[i])
                        : type == 16 ? Float.intBitsToFloat((int) numbers[i] << 16) : (float) numbers[i];
            }
            return floats;
        }

        long[] longs() {
            int count = (int) elements();
            if (raw.isPresent()) {
                java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(checked(raw.get(), count, number()))
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN);
                long[] longs = new long[count];
                for (int i = 0; i < count; i++) {
                    longs[i] = number() == NumberType.LONG ? buffer.getLong(8 * i) : (long) number().get(buffer, i);
                }
                return longs;
            }
            check(count);
            long[] longs = new long[count];
            for (int i = 0; i < count; i++) {
                longs[i] = (long) numbers[i];
            }
            return longs;
        }

        boolean real() {
            return number().real();
        }

        private void check(int count) {
            if (numbers.length != count) {
                throw new UserException(source + " has tensor " + name + " of shape " + dims + " with " + numbers.length
                        + " values, expected " + count);
            }
        }

        private byte[] checked(byte[] bytes, int count, NumberType number) {
            if (bytes.length != (long) count * number.bytes()) {
                throw new UserException(source + " has tensor " + name + " of shape " + dims + " with " + bytes.length
                        + " bytes, expected " + (long) count * number.bytes());
            }
            return bytes;
        }

        NumberType number() {
            return switch (type) {
                case 1 -> NumberType.FLOAT;
                case 2 -> NumberType.BYTE;
                case 3 -> NumberType.CHAR;
                case 5 -> NumberType.SHORT;
                case 6 -> NumberType.INT;
                case 7 -> NumberType.LONG;
                case 9 -> NumberType.BOOL;
                case 10 -> NumberType.HALF;
                case 11 -> NumberType.DOUBLE;
                case 16 -> NumberType.BFLOAT16;
                default ->
                    throw new UserException(source + " has tensor " + name + " of ONNX type " + type
                            + ", expected floating point or whole numbers");
            };
        }
    }
}
