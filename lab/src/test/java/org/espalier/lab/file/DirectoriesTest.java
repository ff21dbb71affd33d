package org.espalier.lab.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {
    @TempDir
    private Path home;

    @Test
    void entriesAreInTheOrderOfTheirNames() throws IOException {
        Files.createFile(home.resolve("b"));
        Files.createDirectory(home.resolve("c"));
        Files.createFile(home.resolve("a"));
        assertThat(Directories.list(home)).containsExactly(home.resolve("a"), home.resolve("b"), home.resolve("c"));
        assertThatThrownBy(() -> Directories.list(home.resolve("none"))).isInstanceOf(IOException.class);
    }

    @Test
    void aTreeIsDeletedAndLinksAreNotFollowed() throws IOException {
        Path outside = Files.createFile(home.resolve("outside"));
        Path tree = Files.createDirectories(home.resolve("tree/deep/deeper"));
        Files.createFile(tree.resolve("file"));
        Files.createSymbolicLink(tree.resolve("link"), outside);
        Directories.delete(home.resolve("tree"));
        assertThat(home.resolve("tree")).doesNotExist();
        assertThat(outside).exists();
        Directories.delete(home.resolve("tree"));
        Directories.delete(outside);
        assertThat(outside).doesNotExist();
    }

    @Test
    void whatCannotBeDeletedIsNoErrorWhereItIsTemporary() throws IOException {
        Directories.discard(home.resolve("none"));
        Path file = Files.createFile(home.resolve("file"));
        Directories.discard(file);
        assertThat(file).doesNotExist();
    }
}
