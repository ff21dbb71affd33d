package org.espalier.lab.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may stand in a lock's place. */
class StoreLockTest {
    @TempDir
    private Path directory;

    @Test
    void aLinkIsNoLockAndTheFileThatItNamesStays() throws IOException {
        Path notes = Files.writeString(directory.resolve("notes"), "12");
        Path lock = Files.createSymbolicLink(directory.resolve(StoreLock.FILE), notes);
        assertThatThrownBy(() -> StoreLock.acquire(directory))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(lock + " is no regular file");
        assertThatThrownBy(() -> StoreLock.share(directory))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(lock + " is no regular file");
        assertThat(StoreLock.holder(directory)).isEmpty();
        assertThat(notes).hasContent("12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"my notes", "7 and more", "123456789012345678901"})
    void aFileOfAnotherContentIsNoLockAndStays(String content) throws IOException {
        Path lock = Files.writeString(directory.resolve(StoreLock.FILE), content);
        assertThatThrownBy(() -> StoreLock.acquire(directory))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(lock + " is no lock of Espalier");
        assertThat(lock).hasContent(content);
        // Nothing stays locked.
        Files.delete(lock);
        StoreLock.acquire(directory).close();
    }

    /** Zeros are what some file systems have of a file after a power cut. */
    @ParameterizedTest
    @ValueSource(strings = {"", "4711\n", "4711", "47\0\0\0", "\0\0"})
    void theLockOfAnEarlierRunIsTaken(String content) throws IOException {
        Path lock = Files.writeString(directory.resolve(StoreLock.FILE), content);
        try (StoreLock held = StoreLock.acquire(directory)) {
            assertThat(held).isNotNull();
            assertThat(lock).hasContent(ProcessHandle.current().pid() + "\n");
        }
    }
}
