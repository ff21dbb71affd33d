package org.espalier.lab.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;
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
        assertThatThrownBy(() -> Json.list(node, "object", "file")).hasMessage("file is damaged: object is not a list");
        assertThatThrownBy(() -> Json.list(node, "none", "file")).hasMessage("file is damaged: none is not a list");
        assertThatThrownBy(() -> Json.object(node, "list", "file"))
                .hasMessage("file is damaged: list is not an object");
        assertThatThrownBy(() -> Json.truth(node, "text", "file")).hasMessageContaining("neither true nor false");
        assertThatThrownBy(() -> Json.wide(node, "whole", "file")).hasMessageContaining("whole is not a whole number");
        assertThatThrownBy(() -> Json.strings(node, "list", "file"))
                .hasMessageContaining("list holds 1, expected strings");
        assertThatThrownBy(() -> Json.texts(node, "object", "file")).hasMessageContaining("a is not a string");
        assertThatThrownBy(() -> Json.wholes(node, "list", "file")).hasMessageContaining("list holds \"a\"");
        assertThatThrownBy(() -> Json.doubles(node, "list", "file"))
                .hasMessageContaining("list holds what is not a number");
    }

    /** Two processes order the members of Map.of differently; certificate.json had one inside. */
    @Test
    void aMapWithoutAnOrderIsWrittenByName() {
        assertThat(Json.write(Map.of("steps", 50, "kind", "pgd", "restarts", 5, "a", 1)))
                .isEqualTo("{\"a\":1,\"kind\":\"pgd\",\"restarts\":5,\"steps\":50}");
    }
}
