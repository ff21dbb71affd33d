package org.espalier.lab.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.espalier.UserException;
import org.espalier.data.Digests;
import org.espalier.lab.file.SafeTensors.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
    private static final String ZEROS = "0000000000000000000000000000000000000000000000000000000000000000";
    private static final byte[] SOUND = sound();

    private static byte[] sound() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("weight", new Tensor.Floats(List.of(2, 3), new float[] {1, -2, 0.5f, -0f, Float.MIN_VALUE, 3e38f}));
        tensors.put("mask", new Tensor.Bytes(List.of(3), new byte[] {0, 1, 1}));
        tensors.put("none", new Tensor.Floats(List.of(0, 4), new float[0]));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("iteration", "17");
        return SafeTensors.encode(tensors, metadata);
    }

    private static SafeTensors decode(byte[] bytes) {
        return SafeTensors.decode(bytes, "file.safetensors");
    }

    private static byte[] withHeader(String header, int dataBytes) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    @Test
    void givesBackWhatWasWritten() {
        SafeTensors read = decode(SOUND);
        assertThat(read.floats("weight", List.of(2, 3))).containsExactly(1, -2, 0.5f, -0f, Float.MIN_VALUE, 3e38f);
        assertThat(read.bytes("mask", List.of(3))).containsExactly(0, 1, 1);
        assertThat(read.floats("none", List.of(0, 4))).isEmpty();
        assertThat(read.number("iteration")).isEqualTo(17);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Straße", "é", "猫", "\uD83D\uDE00 and more", "{\"sha256\":\"0000", ZEROS})
    void stringsOfAnyScriptAreGivenBack(String text) {
        byte[] file = SafeTensors.encode(
                Map.of("weight", new Tensor.Floats(List.of(1), new float[] {2})), Map.of("classes", text));
        SafeTensors read = decode(file);
        assertThat(read.metadata("classes")).isEqualTo(text);
        assertThat(read.floats("weight", List.of(1))).containsExactly(2);
        assertThat(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8)
                .isZero();
    }

    @Test
    void layoutIsThatOfTheFormat() {
        ByteBuffer file = ByteBuffer.wrap(SOUND).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) file.getLong();
        assertThat(header % 8).isZero();
        String text = new String(SOUND, 8, header, StandardCharsets.UTF_8);
        assertThat(text)
                .startsWith("{\"__metadata__\":{\"iteration\":\"17\",\"sha256\":\"")
                .contains("\"weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}")
                .contains("\"mask\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[24,27]}");
        assertThat(file.getFloat(8 + header + 4)).isEqualTo(-2);
        assertThat(SOUND).hasSize(8 + header + 27);
    }

    @Test
    void theDigestIsOfTheFileWithItsOwnDigitsZeroed() {
        String claimed = decode(SOUND).metadata("sha256");
        String file = new String(SOUND, StandardCharsets.ISO_8859_1).replace(claimed, "0".repeat(64));
        assertThat(Digests.sha256(file.getBytes(StandardCharsets.ISO_8859_1))).isEqualTo(claimed);
    }

    @Test
    void anyChangedByteIsNoticed() {
        for (int position = 0; position < SOUND.length; position++) {
            byte[] changed = SOUND.clone();
            changed[position] ^= 0x20;
            assertThatThrownBy(() -> decode(changed))
                    .as("byte %s", position)
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("file.safetensors");
        }
    }

    @Test
    void anyTruncationIsNoticed() {
        for (int length = 0; length < SOUND.length; length++) {
            byte[] truncated = Arrays.copyOf(SOUND, length);
            assertThatThrownBy(() -> decode(truncated))
                    .as("length %s", length)
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("file.safetensors is damaged");
        }
    }

    @Test
    void noiseIsRefusedAndCostsNoMemory() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] noise = new byte[random.nextInt(64)];
            random.nextBytes(noise);
            assertThatThrownBy(() -> decode(noise)).isInstanceOf(UserException.class);
        }
    }

    @Test
    void oversizedHeadersAndImpossibleTensorsAreRefused() {
        assertThatThrownBy(() -> decode(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, 0}))
                .hasMessage("file.safetensors is damaged: its header claims 18446744073709551615 bytes,"
                        + " expected 2 to 1048576");
        assertThatThrownBy(() -> decode(new byte[] {100, 0, 0, 0, 0, 0, 0, 0, '{'}))
                .hasMessageContaining("its header claims 100 bytes, 1 follow");
        assertThatThrownBy(() -> decode(withHeader("{\"x\":1, \"x\":2}", 0))).hasMessageContaining("not JSON");
        assertThatThrownBy(() -> decode(withHeader("[]", 0))).hasMessageContaining("expected a JSON object");
        assertThatThrownBy(() -> decode(tensor("F64", "[1]", "[0,8]", 8)))
                .hasMessageContaining("of type F64, expected F32 or U8");
        assertThatThrownBy(() -> decode(tensor("F32", "[1073741824,1073741824,16]", "[0,4]", 4)))
                .isInstanceOf(UserException.class);
        assertThatThrownBy(() -> decode(tensor("F32", "[-1]", "[0,4]", 4))).hasMessageContaining("impossible shape");
        assertThatThrownBy(() -> decode(tensor("F32", "[2]", "[0,4]", 4))).hasMessageContaining("does not fit");
        assertThatThrownBy(() -> decode(tensor("F32", "[1]", "[4,0]", 4))).hasMessageContaining("does not fit");
        assertThatThrownBy(() -> decode(tensor("F32", "[1000]", "[0,4000]", 4))).hasMessageContaining("truncated");
        assertThatThrownBy(() -> decode(tensor("F32", "[1]", "[0,4]", 9))).hasMessageContaining("its tensors end at");
        assertThatThrownBy(() -> decode(tensor("F32", "[1]", "[0,4]", 4))).hasMessageContaining("has no sha256");
    }

    @Test
    void tensorsCoverTheDataWithoutGapOrOverlap() {
        assertThatThrownBy(() -> decode(two("[0,4]", "[8,12]", 12))).hasMessageContaining("with a gap behind tensor x");
        assertThatThrownBy(() -> decode(two("[4,8]", "[8,12]", 12)))
                .hasMessageContaining("with a gap behind the header");
        assertThatThrownBy(() -> decode(two("[0,4]", "[0,4]", 4))).hasMessageContaining("inside tensor x");
        assertThatThrownBy(() -> decode(two("[4,8]", "[2,6]", 8))).hasMessageContaining("gap");
    }

    @Test
    void typesInTheHeaderAreChecked() {
        assertThatThrownBy(() -> decode(tensor("F32", "\"\"", "[0,4]", 4)))
                .hasMessage("file.safetensors is damaged: shape is not a list, found \"\"");
        assertThatThrownBy(() -> decode(tensor("F32", "[1]", "[\"0\",4]", 4))).hasMessageContaining("does not fit");
        assertThatThrownBy(() -> decode(tensor("F32", "[1]", "[0,4.0]", 4))).hasMessageContaining("does not fit");
        assertThatThrownBy(() -> decode(tensor("F32", "[1]", "4", 4)))
                .hasMessageContaining("data_offsets is not a list");
        assertThatThrownBy(() -> decode(withHeader("{\"x\":[]}", 0))).hasMessageContaining("tensor x is []");
        assertThatThrownBy(() -> decode(withHeader("{\"__metadata__\":[]}", 0)))
                .hasMessageContaining("__metadata__ is not an object");
        assertThatThrownBy(() -> decode(withHeader(" {}", 0))).hasMessageContaining("does not begin with {");
    }

    private static byte[] two(String first, String second, int dataBytes) {
        return withHeader(
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":%s},\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":%s}}"
                        .formatted(first, second),
                dataBytes);
    }

    private static byte[] tensor(String type, String shape, String offsets, int dataBytes) {
        return withHeader(
                "{\"x\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}".formatted(type, shape, offsets),
                dataBytes);
    }

    @Test
    void aMissingTensorOrStringIsNamed() {
        SafeTensors read = decode(SOUND);
        assertThatThrownBy(() -> read.floats("weight", List.of(3, 2)))
                .hasMessage("file.safetensors is damaged: it has no F32 tensor weight of shape [3, 2]");
        assertThatThrownBy(() -> read.bytes("weight", List.of(2, 3))).hasMessageContaining("no U8 tensor weight");
        assertThatThrownBy(() -> read.metadata("level")).hasMessageContaining("has no level");
        assertThatThrownBy(() -> SafeTensors.read(Path.of("nowhere.safetensors")))
                .isInstanceOf(UserException.class)
                .hasMessage("nowhere.safetensors is missing");
    }
}
