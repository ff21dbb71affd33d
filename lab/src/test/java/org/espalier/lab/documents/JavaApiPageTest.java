package org.espalier.lab.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.data.Splits;
import org.espalier.evaluate.rules.Assessment;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.store.NetworkFile;
import org.espalier.random.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/api.md compiles, and its example runs on made-up images. */
class JavaApiPageTest {
    private static final Path PAGE = Path.of("..", "docs", "api.md");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("public class (\\w+)");
    private static final int CLASSES = 10;
    private static final ImageShape SHAPE = new ImageShape(2, CLASSES);

    @TempDir
    private Path directory;

    private final List<String> blocks = new ArrayList<>();

    @BeforeEach
    void read() throws IOException {
        Matcher found = BLOCK.matcher(Files.readString(PAGE));
        while (found.find()) {
            blocks.add(found.group(1));
        }
    }

    /** Two rows of ten pixels, of which the column of the label is bright. */
    private static Split split(String name, int size) {
        Stream stream = Stream.root(3).child(name);
        float[][] images = new float[size][SHAPE.features()];
        int[] labels = new int[size];
        for (int image = 0; image < size; image++) {
            labels[image] = stream.below(CLASSES, image);
            for (int input = 0; input < SHAPE.features(); input++) {
                float noise = 0.3f * stream.child("noise").child(image).uniform(input);
                images[image][input] = input % CLASSES == labels[image] ? 1 - noise : noise;
            }
        }
        return Split.of(name, SHAPE, images, labels);
    }

    @Test
    void theExampleSearchesAttacksCertifiesAndSavesATicket() throws Exception {
        Path classes = compile();
        Path file = directory.resolve("ticket.safetensors");
        Assessment result;
        try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            result = (Assessment) loader.loadClass("Tickets")
                    .getMethod("search", Splits.class, int.class, Path.class)
                    .invoke(
                            null,
                            new Splits(split("train", 300), split("validation", 50), split("test", 40)),
                            100,
                            file);
        }
        assertThat(result.clean().accuracy()).isGreaterThan(0.9);
        assertThat(result.interval().lower()).isBetween(0.3, result.interval().upper());
        assertThat(result.findings())
                .filteredOn(finding -> finding.rule() == Rule.CERTIFIED)
                .extracting(Finding::verdict)
                .containsExactly(Verdict.PASS);
        NetworkFile saved = NetworkFile.read(file);
        assertThat(saved.network().mask().density()).isBetween(0.24, 0.26);
    }

    /** Compiles all blocks; each is a class of its own. */
    private Path compile() throws IOException {
        Path classes = Files.createDirectories(directory.resolve("classes"));
        List<String> arguments = new ArrayList<>(List.of(
                "-proc:none",
                "-Xlint:all,-path",
                "-Werror",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path")));
        for (String block : blocks) {
            Matcher name = CLASS.matcher(block);
            assertThat(name.find()).as(block).isTrue();
            arguments.add(Files.writeString(directory.resolve(name.group(1) + ".java"), block)
                    .toString());
        }
        assertThat(blocks).hasSize(3);
        var compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "no compiler in this JDK");
        assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        return classes;
    }

    @Test
    void theExampleHasAtMost25LinesBesideImports() {
        assertThat(blocks.getFirst().lines().filter(line -> !line.isBlank() && !line.startsWith("import ")))
                .hasSizeLessThanOrEqualTo(25);
    }

    @Test
    void theCoordinatesAreThoseOfThePom() throws IOException {
        Matcher version = Pattern.compile("<artifactId>espalier</artifactId>\\s*<version>([^<]+)")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(Files.readString(PAGE))
                .contains("<groupId>org.espalier</groupId>", "<version>" + version.group(1) + "</version>");
    }
}
