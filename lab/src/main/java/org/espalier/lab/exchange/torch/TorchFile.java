package org.espalier.lab.exchange.torch;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.espalier.UserException;
import org.espalier.lab.exchange.tensor.ForeignTensor;
import org.espalier.lab.exchange.tensor.NumberType;
import org.espalier.lab.exchange.tensor.ZipBytes;

/**
 * A file of {@code torch.save} with a state dictionary, of the form since PyTorch 1.6 (a zip archive) or the one before. {@link
 * Pickle} reads its structure; nothing of it is executed.
 */
public final class TorchFile {
    private static final BigInteger MAGIC = new BigInteger("119547037146038801333356");
    private static final long PROTOCOL = 1001;
    private static final String DATA = "data.pkl";

    /** Most bytes of a tensor: an array's numbers can still be counted with an {@code int}. */
    private static final long MOST_BYTES = 1L << 30;

    /** Keys under which programs keep the state dictionary among other things. */
    private static final List<String> WRAPPERS = List.of("state_dict", "model_state_dict", "model", "net", "weights");

    private final String source;
    private final Function<Pickle.Storage, Bytes> storages;

    /** Where a storage's bytes are. */
    private record Bytes(byte[] content, int from) {}

    private TorchFile(String source, Function<Pickle.Storage, Bytes> storages) {
        this.source = source;
        this.storages = storages;
    }

    /**
     * Reads the tensors of a file's state dictionary, in its order.
     *
     * @param bytes the whole file
     * @param source its name, for messages
     * @throws UserException if it is damaged, holds anything but a state dictionary, or a tensor does not fit its storage
     */
    public static Map<String, ForeignTensor> read(byte[] bytes, String source) {
        Map<String, ForeignTensor> tensors = ZipBytes.is(bytes) ? zip(bytes, source) : legacy(bytes, source);
        // Tensors may share a storage, as tied weights do; a small storage shared by many would fill the memory.
        long values = 0;
        for (ForeignTensor tensor : tensors.values()) {
            values += tensor.elements();
        }
        if (values > 4L * bytes.length) {
            throw new UserException(source + " has tensors of " + values + " values in " + bytes.length
                    + " bytes, expected a storage for each");
        }
        return tensors;
    }

    private static Map<String, ForeignTensor> zip(byte[] bytes, String source) {
        ZipBytes archive = new ZipBytes(bytes, source);
        String pickle = archive.names().stream()
                .filter(name ->
                        name.equals(DATA) || name.endsWith("/" + DATA) && name.indexOf('/') == name.length() - 9)
                .findFirst()
                .orElseThrow(() -> new UserException(source
                        + " is a zip archive without data.pkl, expected a file of torch.save; TorchScript and other"
                        + " archives are not read"));
        String folder = pickle.substring(0, pickle.length() - DATA.length());
        if (archive.names().contains(folder + "constants.pkl")) {
            throw new UserException(
                    source + " is a TorchScript program, expected a state dictionary: save the network with"
                            + " torch.save(model.state_dict(), FILE)");
        }
        String order = folder + "byteorder";
        if (archive.names().contains(order)
                && !new String(archive.read(order, 16), java.nio.charset.StandardCharsets.US_ASCII)
                        .strip()
                        .equals("little")) {
            throw new UserException(source + " has numbers in big-endian order, expected little-endian");
        }
        Object state = Pickle.read(ByteBuffer.wrap(archive.read(pickle, bytes.length)), source);
        return new TorchFile(source, storage -> {
                    // Stored uncompressed by PyTorch, so that no more is read than the file has.
                    String entry = folder + "data/" + storage.key();
                    return new Bytes(archive.read(entry, bytes.length), 0);
                })
                .tensors(state);
    }

    private static Map<String, ForeignTensor> legacy(byte[] bytes, String source) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (!MAGIC.equals(Pickle.read(in, source))) {
            throw new UserException(source + " is a pickle but no file of torch.save: its magic number is missing");
        } else if (!Long.valueOf(PROTOCOL).equals(Pickle.read(in, source))) {
            throw new UserException(source + " is damaged: its protocol is not " + PROTOCOL);
        } else if (!(Pickle.read(in, source) instanceof Map<?, ?> system)
                || !Boolean.TRUE.equals(system.get("little_endian"))) {
            throw new UserException(source + " has numbers in big-endian order, expected little-endian");
        }
        Object state = Pickle.read(in, source);
        if (!(Pickle.read(in, source) instanceof List<?> keys)) {
            throw new UserException(source + " is damaged: the list of its storages is missing");
        }
        // A storage's type stands in the pickle, and its size in front of its numbers.
        Map<String, NumberType> types = new HashMap<>();
        stored(state)
                .forEach(tensor ->
                        types.put(tensor.storage().key(), tensor.storage().type()));
        Map<String, Bytes> found = new HashMap<>();
        in.order(ByteOrder.LITTLE_ENDIAN);
        for (Object key : keys) {
            NumberType type = key instanceof String text ? types.get(text) : null;
            if (type == null) {
                throw new UserException(source + " is damaged: its list of storages names one that no tensor has");
            }
            long elements = in.remaining() < 8 ? -1 : in.getLong();
            if (elements < 0 || elements > in.remaining() / type.bytes()) {
                throw new UserException(source + " is damaged: storage " + key + " claims " + elements
                        + " numbers, the file ends before");
            }
            found.put((String) key, new Bytes(bytes, in.position()));
            in.position(in.position() + (int) elements * type.bytes());
        }
        return new TorchFile(source, storage -> {
                    Bytes at = found.get(storage.key());
                    if (at == null) {
                        throw new UserException(source + " is damaged: storage " + storage.key() + " is missing");
                    }
                    return at;
                })
                .tensors(state);
    }

    /** All tensors that can belong to a state dictionary: on the first three levels, since deeper ones may not end. */
    private static List<Pickle.Tensor> stored(Object state) {
        List<Pickle.Tensor> found = new ArrayList<>();
        collect(state, 3, found, Collections.newSetFromMap(new IdentityHashMap<>()));
        return found;
    }

    private static void collect(Object value, int depth, List<Pickle.Tensor> found, Set<Object> seen) {
        if (value instanceof Pickle.Tensor tensor) {
            found.add(tensor);
        } else if (value instanceof Map<?, ?> map && depth > 0 && seen.add(map)) {
            map.values().forEach(each -> collect(each, depth - 1, found, seen));
        }
    }

    private Map<String, ForeignTensor> tensors(Object state) {
        Map<?, ?> dictionary = dictionary(state);
        Map<String, ForeignTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : dictionary.entrySet()) {
            if (entry.getKey() instanceof String name && entry.getValue() instanceof Pickle.Tensor tensor) {
                tensors.put(name, tensor(name, tensor));
            }
        }
        return tensors;
    }

    /** The dictionary with tensors: the file's own value, or the one under a usual key. */
    private Map<?, ?> dictionary(Object state) {
        if (state instanceof Map<?, ?> map) {
            if (map.values().stream().anyMatch(Pickle.Tensor.class::isInstance)) {
                return map;
            }
            for (String key : WRAPPERS) {
                if (map.get(key) instanceof Map<?, ?> inner
                        && inner.values().stream().anyMatch(Pickle.Tensor.class::isInstance)) {
                    return inner;
                }
            }
        }
        throw new UserException(source + " holds no state dictionary: expected a dictionary of tensors, or one under "
                + String.join(", ", WRAPPERS) + "; save the network with torch.save(model.state_dict(), FILE)");
    }

    private ForeignTensor tensor(String name, Pickle.Tensor tensor) {
        List<Integer> shape = new ArrayList<>();
        Pickle.Storage storage = tensor.storage();
        if (tensor.shape().size() != tensor.strides().size()) {
            throw wrong(
                    name,
                    "has " + tensor.shape().size() + " sizes and "
                            + tensor.strides().size() + " strides");
        }
        long elements = 1;
        long last = tensor.offset();
        try {
            for (int d = 0; d < tensor.shape().size(); d++) {
                long size = tensor.shape().get(d);
                shape.add(Math.toIntExact(size));
                elements = Math.multiplyExact(elements, size);
                if (size > 0) {
                    last = Math.addExact(
                            last, Math.multiplyExact(size - 1, tensor.strides().get(d)));
                }
            }
        } catch (ArithmeticException e) {
            throw new UserException(source + " is damaged: tensor " + name + " is larger than Espalier can count", e);
        }
        // A stride of 0 would make a large tensor of a small storage.
        if (elements > storage.elements()
                || storage.elements() > MOST_BYTES
                || tensor.offset() < 0
                || elements > 0 && last >= storage.elements()
                || Math.multiplyHigh(elements, storage.type().bytes()) != 0
                || elements * storage.type().bytes() > MOST_BYTES) {
            throw wrong(
                    name, "has shape " + shape + " and does not fit its storage of " + storage.elements() + " numbers");
        }
        int count = (int) elements;
        return new ForeignTensor(name, shape, storage.type().real(), () -> values(name, tensor, count));
    }

    private float[] values(String name, Pickle.Tensor tensor, int count) {
        Pickle.Storage storage = tensor.storage();
        Bytes bytes = storages.apply(storage);
        long length = storage.elements() * storage.type().bytes();
        if (length > bytes.content().length - bytes.from()) {
            throw wrong(
                    name,
                    "has a storage of " + storage.elements() + " numbers, the file has "
                            + (bytes.content().length - bytes.from())
                                    / storage.type().bytes());
        }
        if (count > 0 && contiguous(tensor)) {
            int from = bytes.from() + (int) tensor.offset() * storage.type().bytes();
            return storage.type().floats(bytes.content(), from, count);
        }
        ByteBuffer numbers = ByteBuffer.wrap(bytes.content(), bytes.from(), (int) length)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[count];
        int[] index = new int[tensor.shape().size()];
        for (int i = 0; i < count; i++) {
            long at = tensor.offset();
            for (int d = 0; d < index.length; d++) {
                at += index[d] * tensor.strides().get(d);
            }
            values[i] = (float) storage.type().get(numbers, (int) at);
            for (int d = index.length - 1;
                    d >= 0 && ++index[d] == tensor.shape().get(d);
                    d--) {
                index[d] = 0;
            }
        }
        return values;
    }

    private static boolean contiguous(Pickle.Tensor tensor) {
        long stride = 1;
        for (int d = tensor.shape().size() - 1; d >= 0; d--) {
            if (tensor.shape().get(d) != 1 && tensor.strides().get(d) != stride) {
                return false;
            }
            stride *= tensor.shape().get(d);
        }
        return true;
    }

    private UserException wrong(String name, String problem) {
        return new UserException(source + " is damaged: tensor " + name + " " + problem);
    }
}
