package org.espalier.data.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.espalier.data.DataProgress;

/** A command of the system, run within a time limit in a directory of its own. */
record Tool(List<String> command, Map<String, String> environment, Path work, Duration limit) {
    /**
     * Runs it to its end. Its progress is the bytes in its directory, under the command's name.
     *
     * @throws SourceException if it is not installed, takes too long, or ends with anything but 0
     * @throws IOException if the directory cannot be written
     */
    void run(DataProgress progress) throws SourceException, IOException {
        Path log = work.resolve("log");
        Process process = start(log);
        try {
            long started = System.nanoTime();
            while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
                progress.transferred(command.getFirst(), bytesInWork(), -1);
                if (System.nanoTime() - started > limit.toNanos()) {
                    throw SourceException.failed(command.getFirst() + " is too slow: expected it to end within "
                            + TimeLimits.text(limit) + ", found it still running");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SourceException.failed(command.getFirst() + " was interrupted");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            progress.transferEnded(command.getFirst());
        }
        if (process.exitValue() != 0) {
            throw SourceException.failed(
                    command.getFirst() + " ended with " + process.exitValue() + ", expected 0: " + complaint(log));
        }
    }

    private Process start(Path log) throws SourceException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw SourceException.absent(command.getFirst() + " is not on this machine");
        }
    }

    /** The last line that says what went wrong: an error line if there is one. */
    private static String complaint(Path log) throws IOException {
        List<String> lines = new String(Files.readAllBytes(log), Charset.defaultCharset())
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return lines.reversed().stream()
                .filter(line -> line.startsWith("E: ") || line.contains("error"))
                .findFirst()
                .orElse(lines.isEmpty() ? "it said nothing" : lines.getLast());
    }

    private long bytesInWork() {
        try (Stream<Path> files = Files.walk(work)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // Files come and go while the command works.
        }
    }
}
