package org.espalier.campaigns.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.espalier.UserException;
import org.espalier.lab.file.AtomicFiles;
import org.junit.jupiter.api.Test;

/** The short form of the disk campaign, and that its disk forgets what POSIX lets a disk forget. */
class DiskTest {
    private static final int FAULTS = 24;

    private final SimulatedDisk disk = new SimulatedDisk();
    private final Path root = disk.rootDirectory();

    @Test
    void workOnADiskThatFailsOnceEndsWithTheSameBytes() throws IOException {
        long seed = System.nanoTime() & 0xffffff;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int findings = DiskCampaign.run(new PrintStream(said, true, StandardCharsets.UTF_8), seed, FAULTS, "all");
        assertThat(findings).as(said.toString(StandardCharsets.UTF_8)).isZero();
    }

    @Test
    void whatIsNotFlushedIsLost() throws IOException {
        Files.writeString(root.resolve("unflushed"), "a");
        try (FileChannel file =
                FileChannel.open(root.resolve("flushed"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(java.nio.ByteBuffer.wrap(new byte[] {1}));
            file.force(true);
            assertThat(Files.exists(flushed("flushed"))).isFalse(); // its name is not
        }
        try (FileChannel directory = FileChannel.open(root, StandardOpenOption.READ)) {
            directory.force(true);
        }
        assertThat(Files.readAllBytes(flushed("flushed"))).containsExactly(1);
        assertThat(Files.readAllBytes(flushed("unflushed"))).isEmpty(); // its content is not
    }

    @Test
    void aFileWrittenWholeInANewDirectorySurvivesAPowerCut() throws IOException {
        Path directory = root.resolve("a/b/c");
        AtomicFiles.makeDirectory(directory);
        AtomicFiles.write(directory.resolve("file"), new byte[] {7});
        assertThat(Files.readAllBytes(flushed("a/b/c/file"))).containsExactly(7);
    }

    @Test
    void aDirectoryThatCannotBeFlushedIsSaid() {
        AtomicFiles.makeDirectory(root.resolve("a"));
        disk.expect(new Fault(Fault.Kind.FLUSH_DIRECTORY_FAILS, 0));
        assertThatThrownBy(() -> AtomicFiles.write(root.resolve("a/file"), new byte[] {7}))
                .isInstanceOf(UserException.class)
                .hasMessage("/a/file cannot be written: Input/output error");
    }

    private Path flushed(String file) {
        return disk.flushedOnly().rootDirectory().resolve(file);
    }
}
