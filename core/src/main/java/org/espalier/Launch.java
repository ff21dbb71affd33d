package org.espalier;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Starts an application with the options of Java that fast training needs: {@code java -cp ... org.espalier.Launch [-Xmx2g ...]
 * my.Main arguments}. Options that begin with {@code -} and stand before the class go to Java. Input, output and the exit code
 * are the application's.
 */
public final class Launch {
    private Launch() {}

    /** Starts Java again and waits for it. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> options = Stream.of(arguments)
                .takeWhile(argument -> argument.startsWith("-"))
                .toList();
        if (options.size() == arguments.length) {
            throw new UserException(
                    "org.espalier.Launch got no class to start, expected [options of Java] CLASS [arguments]");
        }
        List<String> rest = Arrays.asList(arguments).subList(options.size() + 1, arguments.length);
        Process process = new ProcessBuilder(JavaOptions.command(options, arguments[options.size()], rest))
                .inheritIO()
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy)); // what ends this process ends that one
        System.exit(process.waitFor());
    }
}
