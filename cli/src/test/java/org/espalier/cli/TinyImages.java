package org.espalier.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.fixtures.BrightColumns;

/** A data set that trains in milliseconds: images of 3 x 3 pixels, of which column {@code label} is bright. */
public final class TinyImages {
    private TinyImages() {}

    /** Writes 60 training and 30 test images of three classes as four IDX files. */
    public static void write(Path directory) {
        try {
            BrightColumns.write(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes images and the experiment on them below a directory, and runs it: the search's directory. */
    public static Path search(Path home) {
        Path out = home.resolve("out");
        CommandLineRun.done("run", file(home).toString(), "--out", out.toString());
        return out;
    }

    /** Writes images and the experiment on them below a directory: the experiment's file. */
    public static Path file(Path home) {
        Path images = home.resolve("images");
        write(images);
        try {
            return Files.writeString(home.resolve("tiny.yaml"), experiment(images));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command on a ticket's file, with the images that {@link #file} writes. */
    static CommandLineRun onData(Path home, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--data", "tiny", "--data-directory", home.resolve("images").toString()));
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    /** An experiment on them: two strategies, two trials, two levels, a few updates each. */
    public static String experiment(Path directory) {
        return """
                name: tiny
                seed: 7
                trials: 2
                data:
                  sets: [{name: tiny, directory: "%s"}]
                  validation: 20
                network:
                  hidden: [6]
                training:
                  iterations: 20
                  batch: 10
                attacks:
                  fgsm: {kind: fgsm, epsilon: 0.1}
                objectives: [fgsm]
                evaluation:
                  every: 10
                  attacks: [fgsm]
                pruning:
                  levels: 1
                strategies: [original, random]
                report:
                  iteration: 10
                """.formatted(directory);
    }
}
