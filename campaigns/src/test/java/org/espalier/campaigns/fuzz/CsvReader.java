package org.espalier.campaigns.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.espalier.data.ImageShape;
import org.espalier.lab.dataset.read.ArrayOptions;
import org.espalier.lab.dataset.read.Examples;
import org.espalier.lab.dataset.read.Found;
import org.espalier.lab.dataset.read.TableFiles;
import org.espalier.lab.dataset.read.Tables;

/** CSV tables: of features, and of pixels where the first column beside the label is called {@code p}. */
final class CsvReader implements FuzzTarget.Reader {
    @Override
    public void read(byte[] input) {
        boolean pixels = new String(input, StandardCharsets.ISO_8859_1).startsWith("label,p");
        ArrayOptions arrays = new ArrayOptions(
                Optional.empty(),
                pixels ? Optional.of(new ImageShape(1, 2)) : Optional.empty(),
                ArrayOptions.Order.AUTO,
                false);
        Found found = new Found();
        TableFiles.readCsv(input, "input", new Tables.Options(arrays, true, List.of()), found);
        Tables.finish(found);
        found.labels().classes(false);
        for (Examples examples : found.parts().values()) {
            for (int e = 0; examples.isTable() && e < examples.size(); e++) {
                for (int i = 0; i < examples.shape().features(); i++) {
                    if (!Double.isFinite(examples.value(e, i))) {
                        throw new AssertionError("a value that is no number was taken");
                    }
                }
            }
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                "a,b,label\n1,2,0\n-3.5e2,4,1\n".getBytes(StandardCharsets.UTF_8),
                "a;\"b;\"\"x\"\"\";class\r\n1;2;cat\r\n3;4;dog\r\n".getBytes(StandardCharsets.UTF_8),
                "label,p1,p2\n0,255,3\n1,0,1\n".getBytes(StandardCharsets.UTF_8),
                "label,p1,p2\n0,0.5,1\n1,0,0.25\n".getBytes(StandardCharsets.UTF_8));
    }
}
