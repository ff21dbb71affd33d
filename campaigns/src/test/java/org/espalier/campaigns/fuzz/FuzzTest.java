package org.espalier.campaigns.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of the fuzz campaign: all inputs that ever mattered, then some seconds of random changes of them. */
class FuzzTest {
    private static final long NANOS = 2_000_000_000L;

    @ParameterizedTest
    @EnumSource
    void everyInputIsReadOrRefused(FuzzTarget target) throws Exception {
        FuzzTarget.Reader reader = target.reader();
        List<byte[]> corpus = new ArrayList<>(reader.seeds());
        corpus.addAll(kept(target));
        for (byte[] input : corpus) {
            check(reader, input, target + ", an input of the corpus");
        }
        long seed = System.nanoTime();
        Mutator mutator = new Mutator(new Random(seed), corpus);
        int inputs = 0;
        for (long end = System.nanoTime() + NANOS; System.nanoTime() < end; inputs++) {
            check(reader, mutator.next(), target + ", seed " + seed + ", input " + inputs);
        }
        assertThat(inputs).isPositive();
    }

    private static void check(FuzzTarget.Reader reader, byte[] input, String what) {
        try {
            Property.check(reader, input);
        } catch (AssertionError e) {
            fail(what + ", in base 64 " + Base64.getEncoder().encodeToString(input), e);
        }
    }

    /**
     * Inputs in the resources beside this class: those that broke a reader, one a file, in a folder for each target, and those
     * that the long form keeps because they reach further code, in one archive for each target.
     */
    static List<byte[]> kept(FuzzTarget target) throws Exception {
        List<byte[]> kept = new ArrayList<>();
        var archive = FuzzTest.class.getResourceAsStream("corpus/" + target.lowerCase() + ".zip");
        if (archive != null) {
            try (var zip = new ZipInputStream(archive)) {
                while (zip.getNextEntry() != null) {
                    kept.add(zip.readAllBytes());
                }
            }
        }
        var folder = FuzzTest.class.getResource(target.lowerCase());
        if (folder == null) {
            return kept;
        }
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            for (Path file : files.sorted().toList()) {
                kept.add(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return kept;
    }
}
