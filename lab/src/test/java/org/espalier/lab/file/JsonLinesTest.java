package org.espalier.lab.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

class JsonLinesTest {
    /** The number n of each line; -1 where it has none. */
    private static int n(JsonParser object, Supplier<String> source) {
        int n = -1;
        while (object.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean wanted = object.currentName().equals("n");
            if (object.nextToken() == JsonToken.VALUE_NUMBER_INT && wanted) {
                n = object.getIntValue();
            } else if (wanted) {
                throw new UserException(source.get() + " is damaged: n is not a whole number");
            }
            object.skipChildren();
        }
        return n;
    }

    private static List<Integer> read(String text) {
        return JsonLines.read(text.getBytes(StandardCharsets.UTF_8), "file", JsonLinesTest::n);
    }

    private static List<Integer> whole(String text) {
        return JsonLines.readWhole(text.getBytes(StandardCharsets.UTF_8), "file", JsonLinesTest::n);
    }

    @Test
    void readsEachLineAndSkipsWhatItDoesNotKnow() {
        assertThat(read("{\"n\":1}\n{\"later\":{\"n\":[7,{\"n\":8}]},\"n\":2,\"ü\":null}\n {\"n\":3} \t\r\n{}\n"))
                .containsExactly(1, 2, 3, -1);
        assertThat(read("")).isEmpty();
    }

    @Test
    void theLastLineMayHaveNoLineFeedOrBeStillInWork() {
        assertThat(read("{\"n\":1}\n{\"n\":2}")).containsExactly(1, 2);
        assertThat(whole("{\"n\":1}\n{\"n\":2}")).containsExactly(1);
        assertThat(whole("{\"n\":1}\n{\"n\":")).containsExactly(1);
        assertThat(whole("{\"n\":1")).isEmpty();
    }

    @Test
    void saysWhatAReaderFoundWrongInALineThatIsJson() {
        assertThatThrownBy(() -> read("{\"n\":1}\n{\"n\":4294967296}\n"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("file, line 2, is damaged")
                .hasMessageContaining("out of range");
    }

    @Test
    void textInAnotherEncodingIsDamaged() {
        byte[] content = "{\"n\":1}\n{\"n\":2}\n".getBytes(StandardCharsets.UTF_16LE);
        assertThatThrownBy(() -> JsonLines.read(content, "file", JsonLinesTest::n))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("file, line 1, is damaged");
    }

    @Test
    void readsOneLine() {
        byte[] line = "{\"n\":5}".getBytes(StandardCharsets.UTF_8);
        assertThat(JsonLines.<Integer>readOne(line, "file, line 7,", JsonLinesTest::n))
                .isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"n\":",
                "{\"n\":2",
                "{\"n\":2,\"text\":\"never ended}",
                "{\"n\":2}}",
                "{\"n\":2} {\"n\":3}",
                "[2]",
                "2",
                "",
                " ",
                "nonsense",
                "{\"n\":\"two\"}",
                "{\"n\":2,}",
            })
    void aDamagedLineIsNamed(String damaged) {
        String message = "file, line 2, is damaged: ";
        assertThatThrownBy(() -> read("{\"n\":1}\n" + damaged + "\n{\"n\":3}\n"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(message);
        assertThatThrownBy(() -> whole("{\"n\":1}\n" + damaged + "\n"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void anObjectDoesNotGoOnInTheNextLine() {
        assertThatThrownBy(() -> read("{\"n\":\n1}\n"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("file, line 1, is damaged: not JSON: Unexpected end-of-input");
        assertThatThrownBy(() -> read("{\"n\":1\n}\n"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("file, line 1, is damaged: not JSON: Unexpected end-of-input");
    }

    /** Found by hostile input: the parser takes zero bytes for UTF-32 and throws an exception of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"\0\b\0\0", "\0\0\0{", "{\0\0\0", "\0{\0}", "{\0}\0"})
    void anotherEncodingIsRefused(String text) {
        byte[] content = text.getBytes(StandardCharsets.ISO_8859_1);
        String message = "file is damaged: not JSON in UTF-8";
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(UserException.class)
                .hasMessage("file, line 1, is damaged: not JSON in UTF-8");
        assertThatThrownBy(() -> JsonLines.readOne(content, "file", JsonLinesTest::n))
                .hasMessage(message);
        assertThatThrownBy(() -> Json.parse(content, "file")).hasMessage(message);
        assertThatThrownBy(() -> Json.numbers(content, "seconds", "file")).hasMessage(message);
    }

    @Test
    void anotherByteOrderMarkIsRefused() {
        byte[] content = "\uFEFF{\"n\":1}".getBytes(StandardCharsets.UTF_16BE);
        assertThatThrownBy(() -> JsonLines.readOne(content, "file", JsonLinesTest::n))
                .hasMessage("file is damaged: not JSON in UTF-8");
    }
}
