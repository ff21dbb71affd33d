package org.espalier.lab.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JsonTest {
    @Test
    void writesEveryKindOfValueOnOneLine() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "a \"quoted\" \\ line\n\u0001\ud83c\udf31 ü");
        map.put("numbers", List.of(1, -2L, 0.1, 1e-7, 0.3f));
        map.put("infinite", List.of(Double.NaN, Float.POSITIVE_INFINITY));
        map.put("yes", true);
        assertThat(Json.write(map))
                .isEqualTo("{\"text\":\"a \\\"quoted\\\" \\\\ line\\u000a\\u0001\\ud83c\\udf31 ü\","
                        + "\"numbers\":[1,-2,0.1,1.0E-7,0.3],\"infinite\":[null,null],\"yes\":true}");
        assertThat(Json.parse(Json.write(map), "test").path("text").stringValue())
                .isEqualTo("a \"quoted\" \\ line\n\u0001\ud83c\udf31 ü");
    }

    @Test
    void canonicalTextSortsNamesAtEveryDepth() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("b", List.of(Map.of("z", 1), 2));
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("y", 1);
        inner.put("x", 2);
        map.put("a", inner);
        assertThat(Json.canonical(map)).isEqualTo("{\"a\":{\"x\":2,\"y\":1},\"b\":[{\"z\":1},2]}");
    }

    @Test
    void damageIsSaidInOneSentence() {
        for (String text : List.of("", "{", "[1]", "{\"a\":1,\"a\":2}", "\u0000")) {
            assertThatThrownBy(() -> Json.parse(text.getBytes(StandardCharsets.UTF_8), "f.json"))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("f.json is damaged")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
        }
    }

    private static List<Double> numbers(String text) {
        return Json.numbers(text.getBytes(StandardCharsets.UTF_8), "seconds", "file");
    }

    @Test
    void readsALongListWithoutATree() {
        assertThat(numbers("{\"later\":{\"seconds\":[9]},\"seconds\":[1,2.5,1.0E-7]}"))
                .containsExactly(1.0, 2.5, 1e-7);
        assertThat(numbers("{}")).isEmpty();
        assertThat(numbers("{\"seconds\":7}")).isEmpty();
        for (String damaged :
                List.of("", "[1]", "{\"seconds\":[1,", "{\"seconds\":[1,\"2\"]}", "{\"seconds\":[1]} {}")) {
            assertThatThrownBy(() -> numbers(damaged))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("file is damaged: ");
        }
    }

    @Test
    void typesAreChecked() {
        JsonNode node = Json.parse("{\"list\":[1,\"a\"],\"object\":{\"a\":1},\"text\":\"true\",\"whole\":1.5}", "file");
        assertThatThrownBy(() -> Json.list(node, "object", "file"))
                .hasMessage("file is damaged: object is not a list, found {\"a\":1}");
        assertThatThrownBy(() -> Json.list(node, "none", "file"))
                .hasMessage("file is damaged: none is not a list, found nothing");
        assertThatThrownBy(() -> Json.object(node, "list", "file"))
                .hasMessage("file is damaged: list is not an object, found [1,\"a\"]");
        assertThatThrownBy(() -> Json.truth(node, "text", "file")).hasMessageContaining("neither true nor false");
        assertThatThrownBy(() -> Json.wide(node, "whole", "file")).hasMessageContaining("whole is not a whole number");
        assertThatThrownBy(() -> Json.strings(node, "list", "file"))
                .hasMessageContaining("list holds 1, expected strings");
        assertThatThrownBy(() -> Json.texts(node, "object", "file")).hasMessageContaining("a is not a string");
        assertThatThrownBy(() -> Json.wholes(node, "list", "file")).hasMessageContaining("list holds \"a\"");
        assertThatThrownBy(() -> Json.doubles(node, "list", "file"))
                .hasMessageContaining("list holds what is not a number");
    }

    @Test
    void messagesNameAShortValueThatWasFound() {
        JsonNode node = Json.parse("{\"short\":1.5,\"long\":\"" + "a".repeat(50) + "\"}", "file");
        assertThatThrownBy(() -> Json.whole(node, "short", "file"))
                .hasMessage("file is damaged: short is not a whole number, found 1.5");
        assertThatThrownBy(() -> Json.string(node, "short", "file"))
                .hasMessage("file is damaged: short is not a string, found 1.5");
        assertThatThrownBy(() -> Json.whole(node, "long", "file"))
                .hasMessage("file is damaged: long is not a whole number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9", "-9", "1e999"})
    void aNumberOutOfRangeIsDamage(String begin) {
        String number = begin.contains("e") ? begin : begin + "0".repeat(400);
        String text = "{\"a\":" + number + ",\"seconds\":[" + number + "]}";
        JsonNode node = Json.parse(text, "file");
        List<ThrowingCallable> reads = List.of(
                () -> Json.number(node, "a", "file"),
                () -> Json.whole(node, "a", "file"),
                () -> Json.wide(node, "a", "file"),
                () -> Json.doubles(node, "seconds", "file"),
                () -> Json.wholes(node, "seconds", "file"),
                () -> numbers(text));
        for (ThrowingCallable read : reads) {
            assertThatThrownBy(read)
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("file is damaged: ")
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
        }
        assertThatThrownBy(() -> Json.number(node, "a", "file")).hasMessageContaining("a is not a number");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1} {}",
                "{\"a\":1,}",
                "{\"a\":[1}",
                "{\"a\":1",
                "{\"a\":NaN}",
                "{\"a\":01}",
                "{\"a\":\"",
                "{\"a\":1}]",
                "{/* */}",
                "nonsense"
            })
    void theParsersInternalsAreNotSaid(String text) {
        assertThatThrownBy(() -> Json.parse(text, "file"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("file is damaged: not JSON: ")
                .hasMessageNotContainingAny("Source", "UNKNOWN", "JsonToken", "Feature", "FEATURE", "jackson", "`");
    }

    @Test
    void theFaultAndItsPlaceAreSaid() {
        assertThatThrownBy(() -> Json.parse("{\"a\":1} {}", "file"))
                .hasMessageStartingWith("file is damaged: not JSON: something follows the value");
        assertThatThrownBy(() -> Json.parse("{\"a\":[1", "file"))
                .hasMessage("file is damaged: not JSON: Unexpected end-of-input, it ends too early");
        assertThatThrownBy(() -> Json.parse("{\"a\":1,\n\"b\":nonsense}", "file"))
                .hasMessageContaining(" (line 2, column ");
        assertThatThrownBy(() -> Json.parse("{\"a\":" + "[".repeat(3000) + "]".repeat(3000) + "}", "file"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("nesting depth")
                .hasMessageNotContaining("`");
    }

    /** Two processes order the members of Map.of differently; certificate.json had one inside. */
    @Test
    void aMapWithoutAnOrderIsWrittenByName() {
        assertThat(Json.write(Map.of("steps", 50, "kind", "pgd", "restarts", 5, "a", 1)))
                .isEqualTo("{\"a\":1,\"kind\":\"pgd\",\"restarts\":5,\"steps\":50}");
    }
}
