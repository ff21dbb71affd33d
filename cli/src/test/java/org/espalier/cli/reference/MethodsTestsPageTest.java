package org.espalier.cli.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of the methods' tests names tests that exist. */
class MethodsTestsPageTest {
    @Test
    void allTestsThatThePageNamesExist() throws IOException {
        Path root = Path.of("..");
        Map<String, String> sources = new HashMap<>();
        for (String module : List.of("core", "lab", "report", "cli")) {
            try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src/test/java"))) {
                for (Path file : files.filter(each -> each.toString().endsWith("Test.java"))
                        .toList()) {
                    sources.merge(
                            file.getFileName().toString().replace(".java", ""), Files.readString(file), String::concat);
                }
            }
        }
        Matcher names = Pattern.compile("`(\\w+Test)\\.(\\w+)`")
                .matcher(Files.readString(root.resolve("docs/dev/methods-tests.md")));
        List<String> missing = new ArrayList<>();
        int count = 0;
        while (names.find()) {
            count++;
            if (!sources.getOrDefault(names.group(1), "").contains("void " + names.group(2) + "(")) {
                missing.add(names.group(1) + "." + names.group(2));
            }
        }
        assertThat(missing).isEmpty();
        assertThat(count).isGreaterThan(70);
    }
}
