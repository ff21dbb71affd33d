package org.espalier.lab.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.data.Digests;
import org.espalier.data.ImageShape;
import org.espalier.lab.counterexample.KeptExamples;
import org.espalier.lab.counterexample.KeptFile;
import org.espalier.lab.file.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stored checks that were edited by hand. */
class StoredChecksTest {
    @TempDir
    private Path results;

    private final List<UserException> damaged = new ArrayList<>();

    @BeforeEach
    void directory() throws IOException {
        Files.createDirectories(results.resolve(StoredChecks.DIRECTORY));
    }

    private List<KnownResults.Attacked> read(int image) throws IOException {
        byte[] examples = KeptFile.encode(new KeptExamples(
                new ImageShape(1, 2),
                new ThreatModel(Norm.LINF, 0.5f),
                List.of(new KeptExamples.Row(
                        image, 1, 1, 0, "square", new float[] {0.1f, 0.2f}, new float[] {0.3f, 0.4f}))));
        Path directory = results.resolve(StoredChecks.DIRECTORY);
        Files.write(directory.resolve("one.npz"), examples);
        Map<String, Object> check = new LinkedHashMap<>();
        check.put("format", 1);
        check.put("id", "one");
        check.put("from", "x.npz");
        check.put("numerics", 1);
        check.put("network", "network");
        check.put("data", "data");
        check.put("split", "test");
        check.put("examples", Digests.sha256(examples));
        Files.writeString(directory.resolve("one.json"), Json.write(check));
        return StoredChecks.in(results, damaged::add);
    }

    @Test
    void anIndexThatNoImageHasIsDamage() throws IOException {
        assertThat(read(3)).hasSize(1);
        assertThat(damaged).isEmpty();
        for (int image : new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE - 1, 1 << 24}) {
            damaged.clear();
            assertThat(read(image)).isEmpty();
            assertThat(damaged)
                    .singleElement()
                    .satisfies(e -> assertThat(e.getMessage())
                            .contains("one.npz is damaged: its index has image " + image + ", expected one below"));
        }
    }
}
