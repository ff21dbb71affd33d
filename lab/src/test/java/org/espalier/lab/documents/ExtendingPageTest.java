package org.espalier.lab.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.runner.TinyData;
import org.espalier.lab.store.Store;
import org.espalier.network.Mask;
import org.espalier.setting.Plugins;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/dev/extending.md compiles, registers as the page says, and prunes. */
class ExtendingPageTest {
    private static final Path PAGE = Path.of("..", "docs", "dev", "extending.md");
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(package org\\.example;.*?)```", Pattern.DOTALL);
    private static final Pattern REGISTRATION = Pattern.compile("echo '(\\S+)' > plugin/(META-INF/services/\\S+)");

    @TempDir
    private Path directory;

    @AfterEach
    void classPathOnly() {
        Plugins.useClassPath();
    }

    @Test
    void theCriterionPrunesWeightsOfItsOwnChoice() throws Exception {
        String page = Files.readString(PAGE);
        Path classes = directory.resolve("plugin");
        Path source = Files.writeString(directory.resolve("Signed.java"), group(EXAMPLE, page, 1));
        run("javac", "-proc:none", "-d", classes.toString(), "-cp", classPath(), source.toString());
        Path services = classes.resolve(group(REGISTRATION, page, 2));
        Files.createDirectories(Objects.requireNonNull(services.getParent()));
        Files.writeString(services, group(REGISTRATION, page, 1));
        Path plugins = Files.createDirectories(directory.resolve("plugins"));
        run("jar", "--create", "--file", plugins.resolve("signed.jar").toString(), "-C", classes.toString(), ".");

        Plugins.use(plugins);
        assertThat(mask("{kind: signed, factor: 0.2}", "signed")).isNotEqualTo(mask("magnitude", "magnitude"));
        assertThat(mask("{kind: signed, factor: 1}", "same")).isEqualTo(mask("magnitude", "again"));
    }

    private Mask mask(String criterion, String name) {
        Experiment experiment = TinyData.experiment(
                24, "pruning.criterion=" + criterion, "pruning.levels=1", "trials=1", "strategies=[original]");
        Path store = directory.resolve(name);
        new Runner(
                        new RunRequest(experiment, store, 1, Duration.ofSeconds(30), "test", List.of("run")),
                        RunObserver.NONE)
                .run(TinyData.data());
        String key = Store.open(store).trials().getFirst().levels().get(1);
        return Store.open(store).level(key).trained().orElseThrow().mask();
    }

    private static String group(Pattern pattern, String page, int group) {
        Matcher found = pattern.matcher(page);
        assertThat(found.find()).as(pattern.pattern()).isTrue();
        return found.group(group);
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    private static void run(String tool, String... arguments) {
        assertThat(ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, arguments))
                .isZero();
    }
}
