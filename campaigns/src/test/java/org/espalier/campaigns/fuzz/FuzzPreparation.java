package org.espalier.campaigns.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** {@code TARGET SEEDS CLASSES FROM...}: writes a target's sound inputs, and copies classes in a form that Jazzer takes. */
final class FuzzPreparation {
    /** Class files of Java 23, the newest that Jazzer 0.24.0 instruments. Nothing of theirs has changed but the number. */
    private static final int NEWEST = 67;

    private FuzzPreparation() {}

    public static void main(String[] arguments) throws Exception {
        Path seeds = Files.createDirectories(Path.of(arguments[1]));
        int number = 0;
        for (byte[] seed : FuzzTarget.named(arguments[0]).reader().seeds()) {
            Files.write(seeds.resolve("seed-" + number++), seed);
        }
        Path classes = Path.of(arguments[2]);
        // Each to a folder of its own: modules have files of the same name, which list their services.
        for (int i = 3; i < arguments.length; i++) {
            copy(Path.of(arguments[i]), classes.resolve(Integer.toString(i - 3)));
        }
        System.exit(0); // a reader may have started threads
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] content = Files.readAllBytes(file);
                if (file.toString().endsWith(".class") && content[7] > NEWEST) {
                    content[7] = NEWEST;
                }
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.write(target, content);
            }
        }
    }
}
