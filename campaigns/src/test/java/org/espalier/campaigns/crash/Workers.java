package org.espalier.campaigns.crash;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.espalier.campaigns.TinyImages;

/**
 * How worker processes are started: from the classes as they are now, packed into jars, which a class-data archive needs. With
 * the archive a process starts in a third of the time, so that more of them can be killed.
 *
 * @param classPath of all workers
 * @param directory of the archives
 */
record Workers(String classPath, Path directory) {
    /** Scalar code that C1 compiles, which starts quickly. */
    private static final List<String> SCALAR = List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED");

    /** Vector code, as the command ships. */
    private static final List<String> VECTOR =
            List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED");

    /** Packs this process's class path into jars in a folder and makes the archives. */
    static Workers in(Path directory) throws IOException, InterruptedException {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry).toAbsolutePath();
            if (Files.isDirectory(path)) {
                Path jar = directory.resolve("classes-" + entries.size() + ".jar");
                pack(path, jar);
                path = jar;
            }
            entries.add(path.toString());
        }
        Workers workers = new Workers(String.join(File.pathSeparator, entries), directory);
        TinyImages.write(directory.resolve("images"), 6, 100, 40);
        Files.writeString(
                directory.resolve("search.yaml"), KillPhase.MEASURING.experiment(directory.resolve("images")));
        workers.archive("scalar", SCALAR);
        workers.archive("vector", VECTOR);
        return workers;
    }

    private void archive(String name, List<String> options) throws IOException, InterruptedException {
        Path log = directory.resolve(name + ".log");
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ArchiveClassesAtExit=" + directory.resolve(name + ".jsa"),
                "-XX:+UseSerialGC"));
        line.addAll(options);
        line.addAll(
                List.of("-cp", classPath, KillWorker.class.getName(), "run", "search.yaml", "--out", "work-" + name));
        int code = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException(Files.readString(log));
        }
    }

    /** Options of a process on vector or scalar code. */
    List<String> options(boolean vector) {
        List<String> options = new ArrayList<>(vector ? VECTOR : SCALAR);
        options.addAll(List.of(
                "-XX:SharedArchiveFile=" + directory.resolve(vector ? "vector.jsa" : "scalar.jsa"),
                "-Xshare:auto",
                "-Xlog:disable",
                "-XX:-UsePerfData"));
        return options;
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            out.setLevel(1);
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }
}
