package org.espalier.campaigns.fuzz;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.espalier.lab.exchange.tensor.ForeignTensor;
import org.espalier.lab.exchange.torch.TorchFile;

/** Files of {@code torch.save} in both forms. Every tensor that is taken has as many values as its shape says. */
final class TorchReader implements FuzzTarget.Reader {
    // A state dictionary with fc.weight (2, 2) and fc.bias (2), in the zip form and the older one.
    private static final String ZIP =
            "UEsDBBQAAAAAAAAAIQAdRhb9OAEAADgBAAAKAAAAYS9kYXRhLnBrbIACY2NvbGxlY3Rpb25zCk9yZGVyZWREaWN0"
                    + "CilSKFgJAAAAZmMud2VpZ2h0Y3RvcmNoLl91dGlscwpfcmVidWlsZF90ZW5zb3JfdjIKKChYBwAAAHN0b3JhZ2Vj"
                    + "dG9yY2gKRmxvYXRTdG9yYWdlClgBAAAAMFgDAAAAY3B1SwR0UUsAKEsCSwJ0KEsCSwF0iWNjb2xsZWN0aW9ucwpP"
                    + "cmRlcmVkRGljdAopUnRSWAcAAABmYy5iaWFzY3RvcmNoLl91dGlscwpfcmVidWlsZF90ZW5zb3JfdjIKKChYBwAA"
                    + "AHN0b3JhZ2VjdG9yY2gKRmxvYXRTdG9yYWdlClgBAAAAMVgDAAAAY3B1SwJ0UUsAKEsCdChLAXSJY2NvbGxlY3Rp"
                    + "b25zCk9yZGVyZWREaWN0CilSdFJ1LlBLAwQUAAAAAAAAACEAVBSnixAAAAAQAAAACAAAAGEvZGF0YS8wAACAPwAA"
                    + "AEAAAEBAAACAQFBLAwQUAAAAAAAAACEAEADrmQgAAAAIAAAACAAAAGEvZGF0YS8xAACgQAAAwEBQSwECFAMUAAAA"
                    + "AAAAACEAHUYW/TgBAAA4AQAACgAAAAAAAAAAAAAAgAEAAAAAYS9kYXRhLnBrbFBLAQIUAxQAAAAAAAAAIQBUFKeL"
                    + "EAAAABAAAAAIAAAAAAAAAAAAAACAAWABAABhL2RhdGEvMFBLAQIUAxQAAAAAAAAAIQAQAOuZCAAAAAgAAAAIAAAA"
                    + "AAAAAAAAAACAAZYBAABhL2RhdGEvMVBLBQYAAAAAAwADAKQAAADEAQAAAAA=";
    private static final String LEGACY =
            "gAKKCmz8nEb5IGqoUBkugAJN6QMugAJ9WA0AAABsaXR0bGVfZW5kaWFuiHMugAJjY29sbGVjdGlvbnMKT3JkZXJl"
                    + "ZERpY3QKKVIoWAkAAABmYy53ZWlnaHRjdG9yY2guX3V0aWxzCl9yZWJ1aWxkX3RlbnNvcl92MgooKFgHAAAAc3Rv"
                    + "cmFnZWN0b3JjaApGbG9hdFN0b3JhZ2UKWAEAAAAwWAMAAABjcHVLBHRRSwAoSwJLAnQoSwJLAXSJY2NvbGxlY3Rp"
                    + "b25zCk9yZGVyZWREaWN0CilSdFJYBwAAAGZjLmJpYXNjdG9yY2guX3V0aWxzCl9yZWJ1aWxkX3RlbnNvcl92Mgoo"
                    + "KFgHAAAAc3RvcmFnZWN0b3JjaApGbG9hdFN0b3JhZ2UKWAEAAAAxWAMAAABjcHVLAnRRSwAoSwJ0KEsBdIljY29s"
                    + "bGVjdGlvbnMKT3JkZXJlZERpY3QKKVJ0UnUugAJdKFgBAAAAMFgBAAAAMWUuBAAAAAAAAAAAAIA/AAAAQAAAQEAA"
                    + "AIBAAgAAAAAAAAAAAKBAAADAQA==";

    @Override
    public void read(byte[] input) {
        for (Map.Entry<String, ForeignTensor> tensor :
                TorchFile.read(input, "input").entrySet()) {
            if (tensor.getValue().values().length != tensor.getValue().elements()) {
                throw new AssertionError(tensor.getKey() + " has another number of values than its shape");
            }
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(Base64.getDecoder().decode(ZIP), Base64.getDecoder().decode(LEGACY));
    }
}
