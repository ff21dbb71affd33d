package org.espalier.campaigns.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.campaigns.disk.SimulatedDisk;

/** One file on a disk in memory. */
final class MemoryFile {
    private final Path path = new SimulatedDisk().rootDirectory().resolve("input");

    Path of(byte[] content) throws IOException {
        Files.write(path, content);
        return path;
    }
}
