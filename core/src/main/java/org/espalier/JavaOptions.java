package org.espalier;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The options that Java needs for fast training: the module of the Vector API, and settings of the compiler C2 by processor.
 * Results are the same bits with and without them; without the module training is many times slower.
 *
 * <p>An option cannot be set from inside a running virtual machine, and a jar's manifest cannot add a module. An application has
 * three ways:
 *
 * <ul>
 *   <li>{@code java -cp ... org.espalier.Launch my.Main arguments}, which starts Java again with the options;
 *   <li>the options of {@link #list()} in the application's own start script, or in the variable {@code JDK_JAVA_OPTIONS};
 *   <li>{@link ProcessBuilder} with {@link #command}.
 * </ul>
 */
public final class JavaOptions {
    /** Set by the options themselves; missing where Java was started without them. */
    private static final String MARK = "jdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK";

    private JavaOptions() {}

    /** The options for this machine's processor, one each, without the limit of the heap. */
    public static List<String> list() {
        List<String> options = new ArrayList<>(read("java-options"));
        options.addAll(read("java-options-" + processor()));
        options.removeIf(option -> option.startsWith("-Xm"));
        return List.copyOf(options);
    }

    /** Whether this virtual machine was started with them. */
    public static boolean present() {
        return System.getProperty(MARK) != null;
    }

    /**
     * A command that starts a class in a new virtual machine of this Java with this class path, these options and those of
     * {@code more}.
     *
     * @param more further options of Java, such as {@code -Xmx2g}
     */
    public static List<String> command(List<String> more, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(list());
        command.addAll(more);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        return List.copyOf(command);
    }

    /** As bin/processor.sh, by the same file. */
    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("flags"))
                    .map(line -> line + " ")
                    .findFirst()
                    .filter(flags -> flags.contains(" avx2 ") && !flags.contains(" avx512f "))
                    .map(_ -> "avx2")
                    .orElse("other");
        } catch (IOException e) {
            return "other"; // another operating system: costs speed and no bit
        }
    }

    private static List<String> read(String name) {
        try (InputStream file =
                Objects.requireNonNull(JavaOptions.class.getResourceAsStream(name), () -> "the jar lacks " + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
