package org.espalier.lab.exchange.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.espalier.UserException;
import org.espalier.lab.exchange.tensor.ForeignTensor;
import org.espalier.lab.exchange.torch.TorchBytes.Pickled;
import org.espalier.lab.file.OtherFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {
    private final Map<String, TorchBytes.Tensor> tensors = new LinkedHashMap<>();

    TorchFileTest() {
        tensors.put("fc.weight", new TorchBytes.Tensor(List.of(2, 3), new float[] {1, 2, 3, 4, 5, 6}));
        tensors.put("fc.bias", new TorchBytes.Tensor(List.of(2), new float[] {-1, 0.5f}));
    }

    private static Map<String, ForeignTensor> read(byte[] file) {
        return TorchFile.read(file, "net.pth");
    }

    private static void refused(byte[] file, String... parts) {
        assertThatThrownBy(() -> read(file).values().forEach(ForeignTensor::values))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(parts)
                .hasMessageStartingWith("net.pth")
                .hasMessageNotContaining("\n");
    }

    private static byte[] zip(Pickled pickle, Map<String, byte[]> storages) throws Exception {
        return TorchBytes.zip(pickle.bytes(), storages, ZipEntry.STORED);
    }

    @Test
    void bothFormsGiveTheSameTensorsInOrder() throws Exception {
        for (byte[] file : List.of(TorchBytes.zip(tensors), TorchBytes.legacy(tensors))) {
            assertThat(OtherFormat.isTorch(file)).isTrue();
            Map<String, ForeignTensor> read = read(file);
            assertThat(read.keySet()).containsExactly("fc.weight", "fc.bias");
            ForeignTensor weight = read.get("fc.weight");
            assertThat(weight.shape()).containsExactly(2, 3);
            assertThat(weight.values()).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(read.get("fc.bias").values()).containsExactly(-1, 0.5f);
        }
    }

    @Test
    void aDictionaryUnderAUsualKeyIsFoundAndOtherEntriesAreIgnored() throws Exception {
        Pickled pickle = new Pickled()
                .code('}', '(')
                .text("epoch")
                .whole(7)
                .text("state_dict")
                .code('}')
                .text("a.weight");
        pickle.tensor("FloatStorage", "0", 2, 0, List.of(1, 2), List.of(2, 1)).code('s', 'u');
        assertThat(read(zip(pickle, Map.of("0", TorchBytes.raw(new float[] {3, 4}))))
                        .keySet())
                .containsExactly("a.weight");
    }

    @Test
    void viewsAndOtherTypesAreRead() throws Exception {
        Pickled pickle = new Pickled().code('}').text("t");
        pickle.tensor("FloatStorage", "0", 6, 1, List.of(2, 2), List.of(1, 3))
                .code('s')
                .text("h");
        pickle.tensor("HalfStorage", "1", 2, 0, List.of(2), List.of(1))
                .code('s')
                .text("b");
        pickle.tensor("BFloat16Storage", "2", 1, 0, List.of(1), List.of(1))
                .code('s')
                .text("d");
        pickle.tensor("DoubleStorage", "3", 1, 0, List.of(), List.of())
                .code('s')
                .text("n");
        pickle.tensor("LongStorage", "4", 1, 0, List.of(), List.of()).code('s');
        ByteBuffer half = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        half.putShort(Float.floatToFloat16(1.5f)).putShort(Float.floatToFloat16(-2f));
        ByteBuffer brain = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
        brain.putShort((short) (Float.floatToIntBits(3f) >> 16));
        ByteBuffer real = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(0.1);
        Map<String, ForeignTensor> read = read(zip(
                pickle,
                Map.of(
                        "0", TorchBytes.raw(new float[] {0, 1, 2, 3, 4, 5}),
                        "1", half.array(),
                        "2", brain.array(),
                        "3", real.array(),
                        "4", new byte[8])));
        assertThat(read.get("t").values()).containsExactly(1, 4, 2, 5);
        assertThat(read.get("h").values()).containsExactly(1.5f, -2f);
        assertThat(read.get("b").values()).containsExactly(3f);
        assertThat(read.get("d").values()).containsExactly(0.1f);
        assertThat(read.get("n").real()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "os system",
                "builtins eval",
                "posix system",
                "torch.nn.modules.linear Linear",
                "__builtin__ exec"
            })
    void noOtherNameIsUsed(String name) throws Exception {
        String[] parts = name.split(" ");
        Pickled old = new Pickled()
                .global(parts[0], parts[1])
                .code('(')
                .text("touch /tmp/harm")
                .code('t', 'R');
        refused(zip(old, Map.of()), "uses " + parts[0] + "." + parts[1], "executes nothing", "state_dict");
        Pickled young = new Pickled()
                .text(parts[0])
                .text(parts[1])
                .code(0x93, '(')
                .text("1+1")
                .code('t', 'R');
        refused(zip(young, Map.of()), "uses " + parts[0] + "." + parts[1]);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {'i', 'o', 0x81, 0x92, 0x82, 0x83, 0x84, 'S', 'I', 'P', 'B', 'C', 0x8e, 0x96, 0x97, 0x98, 0x8b, 0})
    void everyOtherInstructionIsRefusedByNumber(int code) throws Exception {
        refused(zip(new Pickled().code(code), Map.of()), "instruction " + code, "executes nothing");
    }

    @Test
    void storagesAndCallsAreNotExchanged() throws Exception {
        refused(
                zip(new Pickled().global("torch", "FloatStorage").code(')', 'R'), Map.of()),
                "calls torch.FloatStorage");
        refused(zip(new Pickled().text("os.system").code(')', 'R'), Map.of()), "calls os.system");
        Pickled state = new Pickled().code(']').code('}', 'b');
        refused(zip(state, Map.of()), "sets the state of a list");
    }

    @Test
    void aListThatContainsItselfEnds() throws Exception {
        Pickled loop = new Pickled().code(']', 'q', 0, 'h', 0, 'a');
        refused(zip(loop, Map.of()), "no state dictionary");
        Pickled map = new Pickled().code('}', 'q', 0).text("model").code('h', 0, 's');
        refused(zip(map, Map.of()), "no state dictionary");
        Pickled key = new Pickled().code('}', 'N', 'N', 's');
        refused(zip(key, Map.of()), "None as a key");
    }

    @Test
    void sizesThatLieAreRefusedBeforeMemoryIsTaken() throws Exception {
        refused(zip(new Pickled().code('X').little(Integer.MAX_VALUE), Map.of()), "claims 2147483647 bytes");
        refused(zip(new Pickled().code('X').little(-1), Map.of()), "claims 4294967295 bytes");
        refused(zip(new Pickled().code('h', 9), Map.of()), "value 9");
        refused(zip(new Pickled().code('t'), Map.of()), "no mark");
        refused(zip(new Pickled().code('a'), Map.of()), "not there");
        Pickled huge = new Pickled().code('}').text("w");
        huge.tensor("FloatStorage", "0", 4, 0, List.of(1 << 30, 1 << 30), List.of(1 << 30, 1))
                .code('s');
        refused(zip(huge, Map.of()), "tensor w");
        Pickled spread = new Pickled().code('}').text("w");
        spread.tensor("FloatStorage", "0", 1, 0, List.of(1 << 20, 1 << 10), List.of(0, 0))
                .code('s');
        refused(zip(spread, Map.of("0", new byte[4])), "does not fit its storage of 1 numbers");
        Pickled outside = new Pickled().code('}').text("w");
        outside.tensor("FloatStorage", "0", 4, 2, List.of(3), List.of(1)).code('s');
        refused(zip(outside, Map.of("0", new byte[16])), "does not fit its storage of 4 numbers");
        Pickled negative = new Pickled().code('}').text("w");
        negative.tensor("FloatStorage", "0", 4, 0, List.of(-2), List.of(1)).code('s');
        refused(zip(negative, Map.of("0", new byte[16])), "-2 in its shape");
        Pickled missing = new Pickled().code('}').text("w");
        missing.tensor("FloatStorage", "5", 4, 0, List.of(4), List.of(1)).code('s');
        refused(zip(missing, Map.of("0", new byte[16])), "no entry archive/data/5");
        Pickled claimed = new Pickled().code('}').text("w");
        claimed.tensor("FloatStorage", "0", 400, 0, List.of(400), List.of(1)).code('s');
        refused(zip(claimed, Map.of("0", new byte[16])), "storage of 400 numbers, the file has 4");
    }

    @Test
    void oneStorageDoesNotBecomeManyTensors() throws Exception {
        Pickled pickle = new Pickled().code('}');
        for (int i = 0; i < 100; i++) {
            pickle.text("w" + i)
                    .tensor("FloatStorage", "0", 1 << 16, 0, List.of(256, 256), List.of(256, 1))
                    .code('s');
        }
        refused(zip(pickle, Map.of("0", new byte[1 << 18])), "expected a storage for each");
    }

    @Test
    void anEntryLargerThanTheFileIsRefused() throws Exception {
        Pickled pickle = new Pickled().code('}').text("w");
        pickle.tensor("FloatStorage", "0", 1 << 20, 0, List.of(1 << 20), List.of(1))
                .code('s');
        byte[] bomb = TorchBytes.zip(pickle.bytes(), Map.of("0", new byte[4 << 20]), ZipEntry.DEFLATED);
        assertThat(bomb.length).isLessThan(10_000);
        refused(bomb, "");
    }

    @Test
    void truncatedFilesAreRefusedWhereverTheyEnd() throws Exception {
        for (byte[] file : List.of(TorchBytes.zip(tensors), TorchBytes.legacy(tensors))) {
            for (int length = 3; length < file.length; length++) {
                byte[] part = java.util.Arrays.copyOf(file, length);
                assertThatThrownBy(() -> read(part).values().forEach(ForeignTensor::values))
                        .isInstanceOf(UserException.class);
            }
        }
    }

    @Test
    void otherPicklesAndArchivesAreRefused() throws Exception {
        refused(new Pickled().whole(3).bytes(), "no file of torch.save");
        byte[] program = TorchBytes.zip(new Pickled().code('}').bytes(), Map.of(), ZipEntry.STORED);
        refused(program, "no state dictionary");
    }
}
