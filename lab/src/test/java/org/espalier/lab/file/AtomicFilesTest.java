package org.espalier.lab.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    private Path directory;

    @Test
    void replacesAFileAndLeavesNothingBeside() throws Exception {
        Path file = directory.resolve("file");
        Files.writeString(directory.resolve("file.tmp"), "half of an earlier attempt that was longer");
        AtomicFiles.write(file, new byte[] {1, 2});
        AtomicFiles.write(file, new byte[] {3});
        assertThat(file).hasBinaryContent(new byte[] {3});
        assertThat(directory).isDirectoryContaining("glob:**/file").isDirectoryNotContaining("glob:**.tmp");
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
}
