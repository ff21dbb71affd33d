package org.espalier.lab.exchange.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes files as {@code torch.save} does, and pickles instruction by instruction. */
public final class TorchBytes {
    /** A tensor to write. */
    public record Tensor(List<Integer> shape, float[] values) {}

    private TorchBytes() {}

    /** A pickle in work. */
    public static final class Pickled {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        public Pickled() {
            code(0x80, 2);
        }

        public Pickled code(int... bytes) {
            for (int each : bytes) {
                out.write(each);
            }
            return this;
        }

        public Pickled ascii(String text) {
            out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        public Pickled text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return code('X').little(bytes.length).ascii(text);
        }

        public Pickled little(int number) {
            return code(number & 0xff, number >> 8 & 0xff, number >> 16 & 0xff, number >> 24 & 0xff);
        }

        public Pickled whole(int number) {
            return code('J').little(number);
        }

        public Pickled global(String module, String name) {
            return code('c').ascii(module + "\n" + name + "\n");
        }

        public Pickled tuple(List<Integer> numbers) {
            code('(');
            numbers.forEach(this::whole);
            return code('t');
        }

        /** A tensor of a storage of so many numbers. */
        public Pickled tensor(
                String type, String key, int stored, int offset, List<Integer> shape, List<Integer> strides) {
            global("torch._utils", "_rebuild_tensor_v2").code('(');
            code('(')
                    .text("storage")
                    .global("torch", type)
                    .text(key)
                    .text("cpu")
                    .whole(stored)
                    .code('t', 'Q');
            whole(offset).tuple(shape).tuple(strides).code(0x89);
            global("collections", "OrderedDict").code(')', 'R');
            return code('t', 'R');
        }

        public byte[] bytes() {
            code('.');
            return out.toByteArray();
        }
    }

    static List<Integer> strides(List<Integer> shape) {
        Integer[] strides = new Integer[shape.size()];
        int stride = 1;
        for (int d = shape.size() - 1; d >= 0; d--) {
            strides[d] = stride;
            stride *= shape.get(d);
        }
        return List.of(strides);
    }

    /** The pickle of a state dictionary; tensors have storages 0, 1 and so on. */
    static byte[] state(Map<String, Tensor> tensors) {
        Pickled pickle = new Pickled().global("collections", "OrderedDict").code(')', 'R', '(');
        int key = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            pickle.text(entry.getKey())
                    .tensor(
                            "FloatStorage",
                            Integer.toString(key++),
                            tensor.values().length,
                            0,
                            tensor.shape(),
                            strides(tensor.shape()));
        }
        return pickle.code('u').bytes();
    }

    static byte[] raw(float[] values) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return raw.array();
    }

    /** A file in the zip form. */
    public static byte[] zip(Map<String, Tensor> tensors) throws IOException {
        Map<String, byte[]> storages = new LinkedHashMap<>();
        int key = 0;
        for (Tensor tensor : tensors.values()) {
            storages.put(Integer.toString(key++), raw(tensor.values()));
        }
        return zip(state(tensors), storages, ZipEntry.STORED);
    }

    /** A file in the zip form, of a pickle and storages. */
    public static byte[] zip(byte[] pickle, Map<String, byte[]> storages, int method) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            entry(out, "archive/data.pkl", pickle, method);
            for (Map.Entry<String, byte[]> storage : storages.entrySet()) {
                entry(out, "archive/data/" + storage.getKey(), storage.getValue(), method);
            }
        }
        return bytes.toByteArray();
    }

    private static void entry(ZipOutputStream out, String name, byte[] content, int method) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setMethod(method);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }

    /** A file in the form before PyTorch 1.6. */
    public static byte[] legacy(Map<String, Tensor> tensors) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] magic = new BigInteger("119547037146038801333356").toByteArray();
        Pickled first = new Pickled().code(0x8a, magic.length);
        for (int i = magic.length - 1; i >= 0; i--) {
            first.code(magic[i]);
        }
        out.writeBytes(first.bytes());
        out.writeBytes(new Pickled().whole(1001).bytes());
        out.writeBytes(
                new Pickled().code('}').text("little_endian").code(0x88, 's').bytes());
        out.writeBytes(state(tensors));
        Pickled keys = new Pickled().code(']', '(');
        for (int key = 0; key < tensors.size(); key++) {
            keys.text(Integer.toString(key));
        }
        out.writeBytes(keys.code('e').bytes());
        for (Tensor tensor : tensors.values()) {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            length.putLong(tensor.values().length);
            out.writeBytes(length.array());
            out.writeBytes(raw(tensor.values()));
        }
        return out.toByteArray();
    }
}
