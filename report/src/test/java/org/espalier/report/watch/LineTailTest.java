package org.espalier.report.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineTailTest {
    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("lines");
    }

    private void append(String text) throws IOException {
        Files.writeString(file(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static LineTail.News news(String... lines) {
        return new LineTail.News(false, List.of(lines), false);
    }

    private static LineTail.News restarted(String... lines) {
        return new LineTail.News(true, List.of(lines), false);
    }

    @Test
    void eachLineIsToldOnceAndATornOneWhenItIsWhole() throws IOException {
        var tail = new LineTail(file());
        assertThat(tail.read()).isEqualTo(news());
        append("one\ntw");
        assertThat(tail.read()).isEqualTo(news("one"));
        assertThat(tail.read()).isEqualTo(news());
        append("o\nthree\n");
        assertThat(tail.read()).isEqualTo(news("two", "three"));
        assertThat(tail.read()).isEqualTo(news());
    }

    @Test
    void aFileThatIsCutBackIsReadAgain() throws IOException {
        var tail = new LineTail(file());
        append("one\ntwo\nthree\n");
        tail.read();
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.truncate("one\n".length());
        }
        assertThat(tail.read()).isEqualTo(restarted("one"));
        append("zwei\n");
        assertThat(tail.read()).isEqualTo(news("zwei"));
    }

    @Test
    void aFileThatIsCutBackAndHasGrownPastWhereItWasIsReadAgain() throws IOException {
        var tail = new LineTail(file());
        append("one\ntwo\nthree\n");
        tail.read();
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.truncate("one\n".length());
        }
        append("zwei\ndrei\nvier\nfünf\n");
        assertThat(tail.read()).isEqualTo(restarted("one", "zwei", "drei", "vier", "fünf"));
    }

    @Test
    void aFileOfTheSameNameIsAnotherFile() throws IOException {
        var tail = new LineTail(file());
        append("one\ntwo\n");
        tail.read();
        Files.move(file(), directory.resolve("away")); // kept, so that its number is not used again
        append("one\ntwo\nthree\n");
        assertThat(tail.read()).isEqualTo(restarted("one", "two", "three"));
    }

    @Test
    void aFileThatIsGoneIsToldOnce() throws IOException {
        var tail = new LineTail(file());
        append("one\n");
        tail.read();
        Files.delete(file());
        assertThat(tail.read()).isEqualTo(restarted());
        assertThat(tail.read()).isEqualTo(news());
        append("one\n");
        assertThat(tail.read()).isEqualTo(news("one"));
    }

    @Test
    void aLongFileIsReadInPieces() throws IOException {
        String line = "x".repeat(999);
        append((line + "\n").repeat(2500));
        var tail = new LineTail(file());
        var lines = new ArrayList<String>();
        int readings = 0;
        LineTail.News news;
        do {
            news = tail.read();
            lines.addAll(news.lines());
            readings++;
        } while (news.more());
        assertThat(readings).isEqualTo(3);
        assertThat(lines).hasSize(2500).containsOnly(line);
    }

    @Test
    void aFileWithoutLinesIsRefused() throws IOException {
        append("x".repeat(1 << 20));
        var tail = new LineTail(file());
        assertThatThrownBy(tail::read)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("lines is damaged: a line");
    }

    @Property(tries = 50)
    void howeverAFileGrowsItsLinesAreToldOnceInOrder(@ForAll @Size(max = 20) List<@IntRange(max = 30) Integer> pieces)
            throws IOException {
        Path path = Files.createTempFile("tail", ".jsonl");
        try {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                all.append("line ").append(i).append('\n');
            }
            var tail = new LineTail(path);
            var lines = new ArrayList<String>();
            int at = 0;
            for (int piece : pieces) {
                Files.writeString(path, all.substring(at, at + piece), StandardOpenOption.APPEND);
                at += piece;
                LineTail.News news = tail.read();
                assertThat(news.restarted()).isFalse();
                lines.addAll(news.lines());
            }
            String whole = all.substring(0, at);
            assertThat(lines)
                    .isEqualTo(whole.substring(0, whole.lastIndexOf('\n') + 1)
                            .lines()
                            .toList());
        } finally {
            Files.delete(path);
        }
    }
}
