package org.espalier.lab.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    private Path directory;

    @Test
    void replacesAFileAndLeavesNothingBeside() throws Exception {
        Path file = directory.resolve("file");
        // No process has this number.
        Files.writeString(directory.resolve("other.999999999-1-1.tmp"), "half of an attempt that was killed");
        AtomicFiles.write(file, new byte[] {1, 2});
        AtomicFiles.write(file, new byte[] {3});
        assertThat(file).hasBinaryContent(new byte[] {3});
        assertThat(directory).isDirectoryContaining("glob:**/file").isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void writersOfOneFileDoNotDisturbEachOther() throws Exception {
        Path file = directory.resolve("file");
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                byte[] content = new byte[10_000 + writer];
                writers.add(threads.submit(() -> {
                    for (int time = 0; time < 50; time++) {
                        AtomicFiles.writeRepeatable(file, content);
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        assertThat(Files.size(file)).isBetween(10_000L, 10_003L);
        assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void filesOfLiveWritersAndOfOthersStay() throws Exception {
        ProcessHandle self = ProcessHandle.current();
        long start = self.info().startInstant().orElseThrow().getEpochSecond();
        String live = "x." + self.pid() + "-" + start + "-7.tmp";
        String reused = "x." + self.pid() + "-" + (start - 1000) + "-7.tmp";
        for (String name : List.of(live, reused, "thesis.tmp")) {
            Files.writeString(directory.resolve(name), "half");
        }
        AtomicFiles.write(directory.resolve("file"), new byte[] {1});
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("file", live, "thesis.tmp");
        assertThat(AtomicFiles.withoutTemporary(live)).isEqualTo("x");
        assertThat(AtomicFiles.withoutTemporary("thesis.tmp")).isEqualTo("thesis");
        assertThat(AtomicFiles.withoutTemporary("thesis")).isEqualTo("thesis");
    }

    @Test
    void whatCannotBeWrittenIsSaidAndLeavesNothing() throws Exception {
        Path nowhere = directory.resolve("missing").resolve("file");
        assertThatThrownBy(() -> AtomicFiles.write(nowhere, new byte[1]))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(nowhere + " cannot be written");
        // A directory in the file's place: the rename fails after all bytes were written.
        Path taken = Files.createDirectories(directory.resolve("taken"));
        Files.writeString(taken.resolve("inside"), "kept");
        assertThatThrownBy(() -> AtomicFiles.write(taken, new byte[1])).isInstanceOf(UserException.class);
        assertThat(taken.resolve("inside")).hasContent("kept");
        assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void aSymbolicLinkStaysAndTheFileThatItNamesIsReplaced() throws Exception {
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        Path file = Files.writeString(elsewhere.resolve("file"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("elsewhere/file"));
        AtomicFiles.write(link, new byte[] {1});
        assertThat(link).isSymbolicLink().hasBinaryContent(new byte[] {1});
        assertThat(file).hasBinaryContent(new byte[] {1});
        Path nowhere = Files.createSymbolicLink(directory.resolve("nowhere"), Path.of("missing"));
        assertThatThrownBy(() -> AtomicFiles.write(nowhere, new byte[1]))
                .isInstanceOf(UserException.class)
                .hasMessage(nowhere + " cannot be written: it is a link to a file that is missing");
        assertThat(nowhere).isSymbolicLink();
        assertThat(directory.resolve("missing")).doesNotExist();
    }

    @Test
    void aDirectoryIsNoRegularFile() throws Exception {
        Path taken = Files.createDirectories(directory.resolve("taken"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), taken);
        for (Path each : List.of(taken, link)) {
            assertThatThrownBy(() -> AtomicFiles.write(each, new byte[1]))
                    .isInstanceOf(UserException.class)
                    .hasMessage(each + " cannot be written: it is no regular file but a directory");
        }
        assertThat(taken).isEmptyDirectory();
    }

    @Test
    void aPipeIsWrittenIntoAndStays() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Path link = Files.createSymbolicLink(directory.resolve("link"), pipe);
        for (Path each : List.of(pipe, link)) {
            Process reader = new ProcessBuilder("cat", pipe.toString()).start();
            try {
                AtomicFiles.write(each, new byte[] {7, 8});
                assertThat(reader.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(reader.getInputStream().readAllBytes()).containsExactly(7, 8);
            } finally {
                reader.destroy();
            }
        }
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("pipe", "link");
        assertThat(Files.isRegularFile(pipe)).isFalse();
    }
}
