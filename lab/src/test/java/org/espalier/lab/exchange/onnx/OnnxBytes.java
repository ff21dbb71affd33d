package org.espalier.lab.exchange.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Writes ONNX models field by field, as other programs do or as nobody should. */
public final class OnnxBytes {
    /** Writes fields. */
    @FunctionalInterface
    public interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private final List<byte[]> nodes = new ArrayList<>();
    private final List<byte[]> tensors = new ArrayList<>();
    private final long[] input;
    private String output = "y";

    /** A model with an input {@code x} of these lengths, the batch first, and an output {@code y}. */
    public OnnxBytes(long... input) {
        this.input = input;
    }

    /** A message's bytes. */
    public static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public OnnxBytes node(String operator, String output, List<String> inputs, byte[]... attributes) {
        nodes.add(message(out -> {
            for (String name : inputs) {
                out.writeString(1, name);
            }
            out.writeString(2, output);
            out.writeString(4, operator);
            for (byte[] attribute : attributes) {
                out.writeByteArray(5, attribute);
            }
        }));
        return this;
    }

    public static byte[] wholes(String name, long... values) {
        return message(out -> {
            out.writeString(1, name);
            out.writeByteArray(8, message(packed -> {
                for (long value : values) {
                    packed.writeInt64NoTag(value);
                }
            }));
        });
    }

    public static byte[] whole(String name, long value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeInt64(3, value);
        });
    }

    public static byte[] text(String name, String value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeString(4, value);
        });
    }

    public OnnxBytes floats(String name, List<Long> dims, float... values) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return tensor(out -> {
            for (long dim : dims) {
                out.writeInt64(1, dim);
            }
            out.writeInt32(2, 1);
            out.writeString(8, name);
            out.writeByteArray(9, raw.array());
        });
    }

    public OnnxBytes longs(String name, long... values) {
        return tensor(out -> {
            out.writeInt64(1, values.length);
            out.writeInt32(2, 7);
            out.writeString(8, name);
            out.writeByteArray(7, message(packed -> {
                for (long value : values) {
                    packed.writeInt64NoTag(value);
                }
            }));
        });
    }

    public OnnxBytes tensor(Fields fields) {
        tensors.add(message(fields));
        return this;
    }

    public OnnxBytes output(String name) {
        output = name;
        return this;
    }

    public byte[] bytes() {
        return message(out -> {
            out.writeInt64(1, 7);
            out.writeString(2, "test");
            out.writeByteArray(7, message(graph -> {
                for (byte[] node : nodes) {
                    graph.writeByteArray(1, node);
                }
                for (byte[] tensor : tensors) {
                    graph.writeByteArray(5, tensor);
                }
                graph.writeByteArray(11, value("x", input));
                graph.writeByteArray(12, value(output));
            }));
            out.writeByteArray(8, message(opset -> opset.writeInt64(2, 13)));
        });
    }

    private static byte[] value(String name, long... dims) {
        byte[] shape = message(out -> {
            for (long dim : dims) {
                out.writeByteArray(1, message(one -> {
                    if (dim != 0) {
                        one.writeInt64(1, dim);
                    }
                }));
            }
        });
        byte[] tensor = message(out -> {
            out.writeInt32(1, 1);
            out.writeByteArray(2, shape);
        });
        return message(out -> {
            out.writeString(1, name);
            out.writeByteArray(2, message(type -> type.writeByteArray(1, tensor)));
        });
    }
}
