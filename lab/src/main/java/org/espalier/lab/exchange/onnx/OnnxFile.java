package org.espalier.lab.exchange.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.UserPath;

/** Reads the messages of an ONNX file, as far as networks need them; the numbers of fields are those of {@code onnx.proto}. */
public final class OnnxFile {
    private static final int FLOAT_TYPE = 1;
    private static final int INT64_TYPE = 7;

    private final Path file;
    private final String source;

    private OnnxFile(Path file) {
        this.file = file;
        source = file.toString();
    }

    /**
     * Reads a model.
     *
     * @param bytes the whole file
     * @param file its path: tensors may stand in other files of its folder
     * @throws UserException if it is damaged, or has no graph
     */
    public static OnnxModel read(byte[] bytes, Path file) {
        OnnxFile reader = new OnnxFile(file);
        try {
            return reader.model(CodedInputStream.newInstance(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new UserException(file + " is damaged: it is no ONNX model: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UserException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads one field; says whether it knows it. */
    @FunctionalInterface
    private interface Field {
        boolean read(int number, int wire) throws IOException;
    }

    /** Reads all fields up to the end of the message, and skips those that are not known. */
    private static void fields(CodedInputStream in, Field field) throws IOException {
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            if (tag == 0) {
                return;
            }
            if (!field.read(WireFormat.getTagFieldNumber(tag), WireFormat.getTagWireType(tag))) {
                in.skipField(tag);
            }
        }
    }

    /** Reads a message inside another one. */
    private static void message(CodedInputStream in, Field field) throws IOException {
        int length = in.readRawVarint32();
        int outer = in.pushLimit(length);
        fields(in, field);
        if (in.getBytesUntilLimit() != 0) {
            throw new InvalidProtocolBufferException("a message ends early");
        }
        in.popLimit(outer);
    }

    private static boolean is(int wire, int wanted) throws IOException {
        if (wire != wanted) {
            throw new InvalidProtocolBufferException("a field has wire type " + wire + ", expected " + wanted);
        }
        return true;
    }

    private static final int VARINT = WireFormat.WIRETYPE_VARINT;
    private static final int BYTES = WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int FIXED32 = WireFormat.WIRETYPE_FIXED32;
    private static final int FIXED64 = WireFormat.WIRETYPE_FIXED64;

    private OnnxModel model(CodedInputStream in) throws IOException {
        List<OnnxModel.Graph> graphs = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        String[] producer = {""};
        fields(in, (number, wire) -> switch (number) {
            case 2 -> {
                producer[0] = text(in, wire);
                yield true;
            }
            case 7 -> {
                is(wire, BYTES);
                graphs.add(graph(in));
                yield true;
            }
            case 14 -> {
                is(wire, BYTES);
                pair(in, metadata);
                yield true;
            }
            default -> false;
        });
        if (graphs.size() != 1) {
            throw new UserException(
                    source + " is damaged: it has " + graphs.size() + " graphs, expected an ONNX model of one");
        }
        return new OnnxModel(producer[0], graphs.getFirst(), metadata);
    }

    private static String text(CodedInputStream in, int wire) throws IOException {
        is(wire, BYTES);
        return in.readString();
    }

    private static void pair(CodedInputStream in, Map<String, String> pairs) throws IOException {
        String[] pair = {"", ""};
        message(in, (number, wire) -> {
            if (number != 1 && number != 2) {
                return false;
            }
            pair[number - 1] = text(in, wire);
            return true;
        });
        pairs.put(pair[0], pair[1]);
    }

    private OnnxModel.Graph graph(CodedInputStream in) throws IOException {
        OnnxModel.Graph graph =
                new OnnxModel.Graph(new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
        message(in, (number, wire) -> {
            switch (number) {
                case 1 -> {
                    is(wire, BYTES);
                    graph.nodes().add(node(in));
                }
                case 5, 15 -> {
                    is(wire, BYTES);
                    OnnxModel.Tensor tensor = number == 5 ? tensor(in) : sparse(in);
                    if (graph.initializers().put(tensor.name(), tensor) != null) {
                        throw new UserException(source + " is damaged: two initializers are called " + tensor.name());
                    }
                }
                case 11 -> {
                    is(wire, BYTES);
                    graph.inputs().add(value(in));
                }
                case 12 -> {
                    is(wire, BYTES);
                    graph.outputs().add(value(in));
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        return graph;
    }

    private OnnxModel.Node node(CodedInputStream in) throws IOException {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        String[] texts = {"", "", ""}; // name, operator, domain
        Map<String, OnnxModel.Attribute> attributes = new LinkedHashMap<>();
        message(in, (number, wire) -> {
            switch (number) {
                case 1 -> inputs.add(text(in, wire));
                case 2 -> outputs.add(text(in, wire));
                case 3, 4 -> texts[number - 3] = text(in, wire);
                case 7 -> texts[2] = text(in, wire);
                case 5 -> {
                    is(wire, BYTES);
                    OnnxModel.Attribute attribute = attribute(in);
                    attributes.put(attribute.name(), attribute);
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new OnnxModel.Node(texts[0], texts[1], texts[2], inputs, outputs, attributes);
    }

    private OnnxModel.Attribute attribute(CodedInputStream in) throws IOException {
        String[] texts = {"", ""};
        float[] real = {0};
        List<Long> wholes = new ArrayList<>();
        List<OnnxModel.Tensor> tensors = new ArrayList<>();
        boolean[] many = {false};
        message(in, (number, wire) -> {
            switch (number) {
                case 1 -> texts[0] = text(in, wire);
                case 2 -> {
                    is(wire, FIXED32);
                    real[0] = in.readFloat();
                }
                case 3 -> {
                    is(wire, VARINT);
                    wholes.add(in.readInt64());
                }
                case 4 -> texts[1] = text(in, wire);
                case 5 -> {
                    is(wire, BYTES);
                    tensors.add(tensor(in));
                }
                case 6, 11 -> many[0] = true;
                case 8 -> repeated(in, wire, VARINT, () -> wholes.add(in.readInt64()));
                default -> {
                    return false;
                }
            }
            if (many[0]) {
                throw new UserException(source + " has attribute " + texts[0]
                        + " with a graph inside, expected operators without conditions and loops");
            }
            return true;
        });
        return new OnnxModel.Attribute(
                texts[0],
                real[0],
                wholes,
                texts[1],
                tensors.isEmpty() ? Optional.empty() : Optional.of(tensors.getFirst()));
    }

    /** Reads something. */
    @FunctionalInterface
    private interface Read {
        void run() throws IOException;
    }

    /** A repeated number, packed or one by one. */
    private static void repeated(CodedInputStream in, int wire, int single, Read read) throws IOException {
        if (wire != BYTES) {
            is(wire, single);
            read.run();
            return;
        }
        int outer = in.pushLimit(in.readRawVarint32());
        while (in.getBytesUntilLimit() > 0) {
            read.run();
        }
        in.popLimit(outer);
    }

    private OnnxModel.Tensor tensor(CodedInputStream in) throws IOException {
        List<Long> dims = new ArrayList<>();
        int[] type = {0};
        String[] name = {""};
        List<byte[]> raw = new ArrayList<>();
        Numbers numbers = new Numbers();
        Map<String, String> external = new LinkedHashMap<>();
        long[] location = {0};
        message(in, (number, wire) -> {
            switch (number) {
                case 1 -> repeated(in, wire, VARINT, () -> dims.add(in.readInt64()));
                case 2 -> {
                    is(wire, VARINT);
                    type[0] = in.readInt32();
                }
                case 4 -> repeated(in, wire, FIXED32, () -> numbers.add(in.readFloat()));
                case 5 -> repeated(in, wire, VARINT, () -> numbers.add(in.readInt32()));
                case 7 -> repeated(in, wire, VARINT, () -> numbers.add(in.readInt64()));
                case 8 -> name[0] = text(in, wire);
                case 9 -> {
                    is(wire, BYTES);
                    raw.add(in.readByteArray());
                }
                case 10 -> repeated(in, wire, FIXED64, () -> numbers.add(in.readDouble()));
                case 13 -> {
                    is(wire, BYTES);
                    pair(in, external);
                }
                case 14 -> {
                    is(wire, VARINT);
                    location[0] = in.readInt64();
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (location[0] == 1) {
            raw.add(external(external, name[0]));
        }
        return new OnnxModel.Tensor(
                name[0],
                dims,
                type[0],
                raw.isEmpty() ? Optional.empty() : Optional.of(raw.getLast()),
                numbers.values(),
                source);
    }

    /** Numbers that grow. */
    private static final class Numbers {
        private double[] values = new double[16];
        private int count;

        void add(double value) {
            if (count == values.length) {
                values = java.util.Arrays.copyOf(values, 2 * count);
            }
            values[count++] = value;
        }

        double[] values() {
            return java.util.Arrays.copyOf(values, count);
        }
    }

    /** A sparse tensor as a dense one: its values at positions of the flattened tensor. */
    private OnnxModel.Tensor sparse(CodedInputStream in) throws IOException {
        List<OnnxModel.Tensor> parts = new ArrayList<>();
        List<Long> dims = new ArrayList<>();
        message(in, (number, wire) -> {
            switch (number) {
                case 1, 2 -> {
                    is(wire, BYTES);
                    parts.add(tensor(in));
                }
                case 3 -> repeated(in, wire, VARINT, () -> dims.add(in.readInt64()));
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (parts.size() != 2) {
            throw new UserException(source + " is damaged: a sparse initializer has no values or no indices");
        }
        OnnxModel.Tensor values = parts.get(0).type() == INT64_TYPE ? parts.get(1) : parts.get(0);
        OnnxModel.Tensor indices = parts.get(0).type() == INT64_TYPE ? parts.get(0) : parts.get(1);
        OnnxModel.Tensor dense =
                new OnnxModel.Tensor(values.name(), dims, FLOAT_TYPE, Optional.empty(), new double[0], source);
        long elements = dense.elements();
        float[] kept = values.floats();
        // A few indices would otherwise make a tensor of any size.
        if (elements > OnnxModel.SPARSEST * (kept.length + 16)) {
            throw new UserException(source + " has sparse initializer " + values.name() + " of " + elements
                    + " values with " + kept.length + " that are not zero, expected more");
        }
        if (indices.dims().size() != 1) {
            throw new UserException(source + " has sparse initializer " + values.name()
                    + " with indices by dimension, expected positions in the flattened tensor");
        }
        long[] at = indices.longs();
        double[] all = new double[(int) elements];
        for (int i = 0; i < kept.length; i++) {
            if (at.length != kept.length || at[i] < 0 || at[i] >= elements) {
                throw new UserException(source + " is damaged: sparse initializer " + values.name()
                        + " has an index outside its " + elements + " values");
            }
            all[(int) at[i]] = kept[i];
        }
        return new OnnxModel.Tensor(values.name(), dims, FLOAT_TYPE, Optional.empty(), all, source);
    }

    /** Bytes of a tensor in another file, which has to lie in the model's folder. */
    private byte[] external(Map<String, String> place, String name) throws IOException {
        String location = place.getOrDefault("location", "");
        Path relative = UserPath.of(location, source + ": location of tensor " + name);
        Path folder = file.toAbsolutePath().normalize().getParent();
        if (location.isEmpty() || relative.isAbsolute() || folder == null) {
            throw outside(name, location);
        }
        Path target = folder.resolve(relative).normalize();
        if (!target.startsWith(folder)
                || !Files.isRegularFile(target)
                || !target.toRealPath().startsWith(folder.toRealPath())) {
            throw outside(name, location);
        }
        long size = Files.size(target);
        long offset = number(place.getOrDefault("offset", "0"), name);
        long length = number(place.getOrDefault("length", Long.toString(Math.max(0, size - offset))), name);
        if (offset > size || length > size - offset || length > Integer.MAX_VALUE - 8) {
            throw new UserException(source + " has tensor " + name + " at bytes " + offset + " to " + (offset + length)
                    + " of " + location + ", which has " + size);
        }
        byte[] bytes = new byte[(int) length];
        try (java.nio.channels.SeekableByteChannel channel = Files.newByteChannel(target)) {
            channel.position(offset);
            java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // until it is full
            }
            if (buffer.hasRemaining()) {
                throw new UserException(source + ": " + location + " ends before the data of tensor " + name);
            }
        }
        return bytes;
    }

    private UserException outside(String name, String location) {
        return new UserException(source + " has tensor " + name + " in file \"" + location
                + "\", expected a file in the model's own folder");
    }

    private long number(String text, String name) {
        if (!text.matches("[0-9]{1,18}")) {
            throw new UserException(source + " is damaged: tensor " + name + " has a place of \"" + text
                    + "\" in its file, expected a number");
        }
        return Long.parseLong(text);
    }

    private OnnxModel.Value value(CodedInputStream in) throws IOException {
        String[] name = {""};
        List<Long> dims = new ArrayList<>();
        message(in, (number, wire) -> switch (number) {
            case 1 -> {
                name[0] = text(in, wire);
                yield true;
            }
            case 2 -> {
                is(wire, BYTES);
                message(in, (n2, w2) -> {
                    if (n2 != 1) {
                        return false;
                    }
                    is(w2, BYTES);
                    message(in, (n3, w3) -> {
                        if (n3 != 2) {
                            return false;
                        }
                        is(w3, BYTES);
                        message(in, (n4, w4) -> {
                            if (n4 != 1) {
                                return false;
                            }
                            is(w4, BYTES);
                            dims.add(dimension(in));
                            return true;
                        });
                        return true;
                    });
                    return true;
                });
                yield true;
            }
            default -> false;
        });
        return new OnnxModel.Value(name[0], dims);
    }

    /** A dimension's length; 0 where it has a name or nothing, as the batch's has. */
    private static long dimension(CodedInputStream in) throws IOException {
        long[] length = {0};
        message(in, (number, wire) -> {
            if (number != 1) {
                return false;
            }
            is(wire, VARINT);
            length[0] = in.readInt64();
            return true;
        });
        return length[0];
    }
}
