package org.espalier.lab.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OtherFormatTest {
    private static byte[] bytes(int... first) {
        byte[] bytes = new byte[64];
        for (int i = 0; i < first.length; i++) {
            bytes[i] = (byte) first[i];
        }
        return bytes;
    }

    @Test
    void filesOfOtherProgramsAreNamed() {
        assertThat(OtherFormat.of(bytes(0x08, 0x08, 0x12, 0x07, 'p', 'y', 't', 'o', 'r'), "net"))
                .contains("an ONNX file");
        assertThat(OtherFormat.of(bytes('P', 'K', 3, 4, 0, 0, 8, 8), "net.pth")).contains("a PyTorch file");
        assertThat(OtherFormat.of(bytes('P', 'K', 3, 4, 0, 0, 8, 8), "net.npz")).contains("a NumPy archive");
        assertThat(OtherFormat.of(bytes(0x80, 2, 0x8a, 10, 'l', 0xfc, 0x9c, 'F'), "net.pt"))
                .contains("a PyTorch file");
        assertThat(OtherFormat.of(bytes(0x80, 6), "net.pt")).isEmpty();
        assertThat(OtherFormat.of(bytes(0x08, 0x08, 0x01), "net")).isEmpty();
        assertThat(OtherFormat.of(bytes(0x0a, 0x08, 0x01), "net.ONNX")).contains("an ONNX file");
        assertThat(OtherFormat.of(bytes('P', 'K', 5, 6), "net.pth")).isEmpty(); // an archive of no files
    }

    /** A header of 8 + 256 * 8 bytes has the first bytes of an ONNX file. */
    @Test
    void aSafetensorsFileOfAnyHeaderIsNone() {
        ByteBuffer file = ByteBuffer.allocate(3000).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(8 + 256 * 8).put("{\"layers.0.weight\":".getBytes(StandardCharsets.US_ASCII));
        assertThat(OtherFormat.of(file.array(), "net.onnx")).isEmpty();
        assertThat(OtherFormat.isSafeTensors(file.array())).isTrue();
        assertThat(OtherFormat.of(new byte[64], "net")).isEmpty();
        assertThat(OtherFormat.of(new byte[3], "net.onnx")).isEmpty();
    }
}
