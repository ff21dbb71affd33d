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
 * @param archive of their classes
 */
record Workers(String classPath, Path archive) {
    /** Packs this process's class path into jars in a folder and makes the archive. */
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
        Workers workers = new Workers(String.join(File.pathSeparator, entries), directory.resolve("classes.jsa"));
        TinyImages.write(directory.resolve("images"), 6, 100, 40);
        Files.writeString(
                directory.resolve("search.yaml"), KillPhase.MEASURING.experiment(directory.resolve("images")));
        int code = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:ArchiveClassesAtExit=" + workers.archive,
                        "-XX:+UseSerialGC",
                        "-cp",
                        workers.classPath,
                        KillWorker.class.getName(),
                        "run",
                        "search.yaml",
                        "--out",
                        "work")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("archive.log").toFile())
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException(Files.readString(directory.resolve("archive.log")));
        }
        return workers;
    }

    /** Options with which a process starts quickly, on scalar code that C1 compiles. */
    List<String> quickStart() {
        return List.of(
                "-XX:SharedArchiveFile=" + archive,
                "-Xshare:auto",
                "-Xlog:disable",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED");
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
