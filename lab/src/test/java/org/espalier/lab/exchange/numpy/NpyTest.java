package org.espalier.lab.exchange.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.espalier.UserException;
import org.espalier.lab.exchange.tensor.NumberType;
import org.junit.jupiter.api.Test;

class NpyTest {
    private static byte[] npy(String header, byte[] content) {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        byte[] file = new byte[10 + text.length + content.length];
        System.arraycopy(
                new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, 0}, 0, file, 0, 10);
        System.arraycopy(text, 0, file, 10, text.length);
        System.arraycopy(content, 0, file, 10 + text.length, content.length);
        return file;
    }

    private static void refused(byte[] file, String... parts) {
        assertThatThrownBy(() -> NpyArray.read(file, "a.npy"))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(parts)
                .hasMessageStartingWith("a.npy");
    }

    @Test
    void arraysReadBack() {
        NpyArray array = NpyArray.of(List.of(2, 3), new float[] {1, 2, 3, 4, 5, -0.5f});
        byte[] bytes = array.encode();
        assertThat(bytes.length % 64).isEqualTo(24); // the numbers begin at a multiple of 64
        NpyArray read = NpyArray.read(bytes, "a.npy");
        assertThat(read.shape()).containsExactly(2, 3);
        assertThat(read.floats()).containsExactly(1, 2, 3, 4, 5, -0.5f);
        NpyArray scalar = new NpyArray(List.of(), NumberType.BYTE, new byte[] {7});
        assertThat(NpyArray.read(scalar.encode(), "a.npy").floats()).containsExactly(7);
    }

    @Test
    void headersOfNumPyAreRead() {
        byte[] file = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n", new byte[8]);
        assertThat(NpyArray.read(file, "a.npy").shape()).containsExactly(1);
    }

    @Test
    void whatIsNoArrayOfNumbersIsRefused() {
        refused(npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", new byte[8]), "Python objects");
        refused(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }\n", new byte[4]), ">f4");
        refused(npy("{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }\n", new byte[16]), "<U4");
        refused(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }\n", new byte[16]), "columns first");
        refused(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n", new byte[4]), "structure");
        refused(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }\n", new byte[4]), "no shape");
        refused(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }\n", new byte[4]), "shape");
        refused(
                npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999, 4), }\n", new byte[4]),
                "has 4 bytes, expected");
        refused(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", new byte[4]), "expected 8");
        refused("hello".getBytes(StandardCharsets.US_ASCII), "does not begin");
        byte[] whole = NpyArray.of(List.of(1), new float[] {1}).encode();
        for (int length = 0; length < whole.length; length++) {
            refused(Arrays.copyOf(whole, length), "");
        }
    }

    @Test
    void archivesReadBackAndBombsAreRefused() throws Exception {
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        arrays.put("x", NpyArray.of(List.of(2), new float[] {1, 2}));
        arrays.put("y", new NpyArray(List.of(2), NumberType.BYTE, new byte[] {0, 1}));
        byte[] bytes = NpzFile.encode(arrays);
        assertThat(NpzFile.encode(arrays)).isEqualTo(bytes);
        Map<String, NpyArray> read = NpzFile.read(bytes, 1 << 20, "a.npz");
        assertThat(read.keySet()).containsExactly("x", "y");
        assertThat(read.get("x").floats()).containsExactly(1, 2);

        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bomb)) {
            out.putNextEntry(new ZipEntry("x.npy"));
            out.write(new byte[8 << 20]);
            out.closeEntry();
        }
        assertThat(bomb.size()).isLessThan(10_000);
        assertThatThrownBy(() -> NpzFile.read(bomb.toByteArray(), 1 << 20, "a.npz"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("claims 8388608 bytes, expected at most 1048576");
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> NpzFile.read(part, 1 << 20, "a.npz")).isInstanceOf(UserException.class);
        }
    }
}
