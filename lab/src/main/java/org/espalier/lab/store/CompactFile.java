package org.espalier.lab.store;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.data.Digests;
import org.espalier.lab.file.Json;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import tools.jackson.databind.JsonNode;

/**
 * A network in a file whose size follows its density: {@code espalier export --format compact}. All numbers are little-endian.
 *
 * <ol>
 *   <li>the eight characters {@code ESPCOMP1}; the length of the header, 4 bytes
 *   <li>the header, JSON: {@code layout} describes the file, {@code network} the network, {@code about} has strings
 *   <li>for each parameter of the network in order: one that is not pruned as its numbers, 4 bytes each; a prunable one as the
 *       number of survivors (4 bytes), how their positions are written (1 byte), the positions, and their numbers
 *   <li>SHA-256 of all before, 32 bytes
 * </ol>
 *
 * <p>Positions are a bit for each weight (0), or the distances between neighbours (1), each in base 128 with the low digits first
 * and 128 added to all digits but the last. The shorter form is written.
 */
public final class CompactFile {
    private static final byte[] MAGIC = "ESPCOMP1".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST = 32;
    private static final int HEADER_LIMIT = 1 << 20;
    private static final int BITMAP = 0;
    private static final int GAPS = 1;

    /** Weights for each byte of the file, at most: a short file would otherwise make a network of any size. */
    private static final long SPARSEST = 4096;

    private static final String LAYOUT =
            "little-endian; parameters in the network's order; weights of linear layers and"
                    + " convolutions: uint32 survivors, uint8 form, positions (0: bitmap, lowest bit first; 1: gaps in LEB128), float32"
                    + " values; other parameters: float32 values; last: SHA-256 of all before";

    private CompactFile() {}

    /** Whether a file begins as this format does. */
    public static boolean is(byte[] bytes) {
        return bytes.length >= MAGIC.length && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /**
     * A file's bytes.
     *
     * @param about strings about the network
     */
    public static byte[] encode(Weights weights, Mask mask, Map<String, String> about) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("layout", LAYOUT);
        header.put("network", NetworkDescription.write(weights.architecture()));
        header.put("about", about);
        byte[] text = Json.write(header).getBytes(StandardCharsets.UTF_8);
        long most = MAGIC.length + 4 + text.length + DIGEST;
        for (Parameter parameter : weights.graph().parameters()) {
            most += 4L * parameter.size() + (parameter.prunable() ? 5 + parameter.size() / 8 + 1 : 0);
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(most)).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).putInt(text.length).put(text);
        for (Parameter parameter : weights.graph().parameters()) {
            float[] values = weights.values(parameter.name());
            if (!parameter.prunable()) {
                for (float value : values) {
                    out.putFloat(value);
                }
                continue;
            }
            BitSet kept = mask.survivors(parameter.name());
            out.putInt(kept.cardinality());
            putPositions(out, kept, values.length);
            kept.stream().forEach(i -> out.putFloat(values[i]));
        }
        out.put(sha256(out.array(), out.position()));
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void putPositions(ByteBuffer out, BitSet kept, int size) {
        int bitmap = (size + 7) / 8;
        int gaps = 0;
        int last = -1;
        for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
            gaps += digits(i - last);
            last = i;
        }
        if (bitmap <= gaps) {
            out.put((byte) BITMAP).put(Arrays.copyOf(kept.toByteArray(), bitmap));
            return;
        }
        out.put((byte) GAPS);
        last = -1;
        for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
            int gap = i - last;
            for (; gap >= 128; gap >>>= 7) {
                out.put((byte) (gap & 127 | 128));
            }
            out.put((byte) gap);
            last = i;
        }
    }

    private static int digits(int gap) {
        int digits = 1;
        for (int rest = gap; rest >= 128; rest >>>= 7) {
            digits++;
        }
        return digits;
    }

    private static byte[] sha256(byte[] bytes, int length) {
        MessageDigest digest = Digests.sha256();
        digest.update(bytes, 0, length);
        return digest.digest();
    }

    /**
     * Reads what {@link #encode} made.
     *
     * @param source the file, for messages
     * @throws UserException if it is damaged
     */
    static StoredNetwork read(byte[] bytes, String source) {
        if (bytes.length < MAGIC.length + 4 + DIGEST) {
            throw damaged(source, "it has " + bytes.length + " bytes");
        }
        int end = bytes.length - DIGEST;
        if (!Arrays.equals(sha256(bytes, end), Arrays.copyOfRange(bytes, end, bytes.length))) {
            throw damaged(source, "it does not match its SHA-256");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, end).order(ByteOrder.LITTLE_ENDIAN);
        JsonNode header = header(in, source);
        Architecture architecture = NetworkDescription.network(Json.object(header, "network", source), source);
        try {
            return network(in, architecture, source);
        } catch (BufferUnderflowException e) {
            throw damaged(source, "it ends early");
        }
    }

    private static JsonNode header(ByteBuffer in, String source) {
        in.position(MAGIC.length);
        int length = in.getInt();
        if (length < 2 || length > HEADER_LIMIT || length > in.remaining()) {
            throw damaged(source, "its header claims " + length + " bytes");
        }
        byte[] text = new byte[length];
        in.get(text);
        return Json.parse(text, source);
    }

    /**
     * Strings about the network in a file that {@link #read} has read.
     *
     * @throws UserException if they are no strings
     */
    public static Map<String, String> about(byte[] bytes, String source) {
        JsonNode header = header(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), source);
        return header.has("about") ? Json.texts(header, "about", source) : Map.of();
    }

    private static StoredNetwork network(ByteBuffer in, Architecture architecture, String source) {
        long values = 0;
        for (Parameter parameter : architecture.graph().parameters()) {
            values += size(parameter, source);
        }
        if (values > SPARSEST * in.capacity()) {
            throw damaged(source, "it describes " + values + " numbers in " + in.capacity() + " bytes");
        }
        Weights weights = new Weights(architecture);
        Map<String, BitSet> kept = new LinkedHashMap<>();
        for (Parameter parameter : architecture.graph().parameters()) {
            float[] to = weights.values(parameter.name());
            if (!parameter.prunable()) {
                for (int i = 0; i < to.length; i++) {
                    to[i] = in.getFloat();
                }
                continue;
            }
            int count = in.getInt();
            if (count < 0 || count > to.length || count > in.remaining() / 4) {
                throw damaged(source, parameter.name() + " has " + count + " survivors of " + to.length + " weights");
            }
            BitSet positions = positions(in, count, to.length, parameter, source);
            positions.stream().forEach(i -> to[i] = in.getFloat());
            kept.put(parameter.name(), positions);
        }
        if (in.hasRemaining()) {
            throw damaged(source, in.remaining() + " bytes follow the last parameter");
        } else if (!weights.finite()) {
            throw new UserException(source + " has weights that are not finite numbers");
        }
        return new StoredNetwork(weights, Mask.of(architecture, kept));
    }

    private static long size(Parameter parameter, String source) {
        try {
            return parameter.size();
        } catch (ArithmeticException e) {
            throw new UserException(source + " is damaged: " + parameter.name() + " has too many values", e);
        }
    }

    private static BitSet positions(ByteBuffer in, int count, int size, Parameter parameter, String source) {
        int form = in.get();
        BitSet positions = new BitSet(size);
        switch (form) {
            case BITMAP -> {
                byte[] bits = new byte[Math.min((size + 7) / 8, in.remaining() + 1)];
                in.get(bits);
                positions = BitSet.valueOf(bits);
            }
            case GAPS -> {
                long at = -1;
                for (int i = 0; i < count; i++) {
                    long gap = 0;
                    int digit = 128;
                    for (int shift = 0; digit >= 128; shift += 7) {
                        digit = in.get() & 0xff;
                        gap |= (long) (digit & 127) << shift;
                        if (shift > 28) {
                            throw damaged(source, parameter.name() + " has a gap of more than five digits");
                        }
                    }
                    at += gap;
                    if (gap < 1 || at >= size) {
                        throw damaged(source, parameter.name() + " has survivors outside its " + size + " weights");
                    }
                    positions.set((int) at);
                }
            }
            default -> throw damaged(source, parameter.name() + " has positions of form " + form + ", expected 0 or 1");
        }
        if (positions.cardinality() != count || positions.length() > size) {
            throw damaged(
                    source,
                    parameter.name() + " has " + positions.cardinality() + " positions, expected " + count + " of its "
                            + size + " weights");
        }
        return positions;
    }

    private static UserException damaged(String source, String problem) {
        return new UserException(source + " is damaged: " + problem);
    }
}
