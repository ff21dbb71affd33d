package org.espalier.lab.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.plan.Plan;
import org.espalier.lab.plan.Task;
import org.espalier.lab.robustness.SuiteChoice;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.runner.TinyData;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.setting.Plugins;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plug-in is compiled outside the project, put in a jar of its own, and used by an experiment. */
class PluginTest {
    private static final String[] SOURCES = {"Trades.java", "Saliency.java", "Jitter.java", "Corners.java"};
    private static final String OVERRIDE = "objectives=[{name: trades, method: {kind: trades-plain, beta: 3}}]";

    @TempDir
    private Path directory;

    private Path plugins;

    @BeforeEach
    void compile() throws IOException {
        plugins = Files.createDirectories(directory.resolve("plugins"));
        jar(plugins.resolve("example.jar"), "1");
    }

    @AfterEach
    void classPathOnly() {
        Plugins.useClassPath();
    }

    /** The plug-in with a version of its own. */
    private void jar(Path jar, String version) throws IOException {
        Path home = Files.createTempDirectory(directory, "plugin");
        Path classes = Files.createDirectories(home.resolve("classes"));
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "no compiler in this JDK");
        String[] arguments = Stream.concat(
                        Stream.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                        Stream.of(SOURCES)
                                .map(name -> source(home, name, version).toString()))
                .toArray(String[]::new);
        assertThat(compiler.run(null, null, null, arguments)).isZero();
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> found = Files.walk(classes)) {
            for (Path path : found.filter(Files::isRegularFile).sorted().toList()) {
                entry(out, classes.relativize(path).toString().replace('\\', '/'), Files.readAllBytes(path));
            }
            entry(out, "META-INF/services/org.espalier.train.ObjectiveKind", "org.example.Trades$Definition");
            entry(out, "META-INF/services/org.espalier.prune.CriterionKind", "org.example.Saliency$Definition");
            entry(out, "META-INF/services/org.espalier.attack.TrainingAttackKind", "org.example.Jitter$Definition");
            entry(
                    out,
                    "META-INF/services/org.espalier.attack.strong.EvaluationAttackKind",
                    "org.example.Corners$Definition");
        }
    }

    private static void entry(JarOutputStream out, String name, String text) throws IOException {
        entry(out, name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void entry(JarOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(bytes);
        out.closeEntry();
    }

    private static Path source(Path home, String name, String version) {
        try (InputStream in = PluginTest.class.getResourceAsStream(name + ".txt")) {
            String text = new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
            return Files.writeString(home.resolve(name), text.replace("VERSION", version));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Experiment experiment(String... more) {
        return TinyData.experiment(
                24,
                Stream.concat(
                                Stream.of(
                                        OVERRIDE,
                                        "pruning.criterion={kind: saliency, images: 40}",
                                        "attacks.jitter={kind: jitter, epsilon: 0.1}",
                                        "evaluation.attacks=[fgsm, jitter]",
                                        "trials=1",
                                        "strategies=[original]"),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    private static Map<String, Object> pruned(Experiment experiment) {
        Plan plan = new Plan(experiment, TinyData.data());
        Task task = plan.tasks().stream()
                .filter(each -> each.number() == 1)
                .findFirst()
                .orElseThrow();
        return task.determinedBy();
    }

    @Test
    void anExperimentTrainsPrunesAndMeasuresWithThem() {
        Plugins.use(plugins);
        Path store = directory.resolve("store");
        new Runner(
                        new RunRequest(experiment(), store, 1, Duration.ofSeconds(30), "test", List.of("run")),
                        RunObserver.NONE)
                .run(TinyData.data());
        Path magnitude = directory.resolve("magnitude");
        new Runner(
                        new RunRequest(
                                experiment("pruning.criterion=magnitude"),
                                magnitude,
                                1,
                                Duration.ofSeconds(30),
                                "test",
                                List.of("run")),
                        RunObserver.NONE)
                .run(TinyData.data());
        List<String> keys = Store.open(store).trials().getFirst().levels();
        assertThat(keys)
                .hasSize(3)
                .allSatisfy(key -> assertThat(level(store, key).state()).isEqualTo(LevelState.DONE));
        StoredLevel first = level(store, keys.get(1));
        StoredLevel other = level(
                magnitude, Store.open(magnitude).trials().getFirst().levels().get(1));
        assertThat(first.trained().orElseThrow().mask())
                .as("the gradient says something that the magnitude does not")
                .isNotEqualTo(other.trained().orElseThrow().mask());
        assertThat(level(store, keys.getFirst())
                        .trained()
                        .orElseThrow()
                        .weights()
                        .matrix(0))
                .isEqualTo(level(
                                magnitude,
                                Store.open(magnitude)
                                        .trials()
                                        .getFirst()
                                        .levels()
                                        .getFirst())
                        .trained()
                        .orElseThrow()
                        .weights()
                        .matrix(0));
    }

    private static StoredLevel level(Path store, String key) {
        return Store.open(store).level(key);
    }

    @Test
    void keysHaveProviderAndVersionAndFilesDoNot() throws IOException {
        Plugins.use(plugins);
        Experiment experiment = experiment();
        Map<String, Object> by = pruned(experiment);
        assertThat(by.toString())
                .contains("{kind=trades-plain, provider=org.example, version=1, beta=3.0")
                .contains("{kind=saliency, provider=org.example, version=1, images=40}")
                .contains("{kind=jitter, provider=org.example, version=1, epsilon=0.1}");
        String file = ExperimentFile.write(experiment);
        assertThat(file).contains("kind: trades-plain").doesNotContain("provider", "org.example");
        assertThat(ExperimentFile.parse(file, "written")).isEqualTo(experiment);

        Path newer = Files.createDirectories(directory.resolve("newer"));
        jar(newer.resolve("example.jar"), "2");
        Plugins.use(newer);
        assertThat(new TreeSet<>(pruned(experiment()).keySet())).isEqualTo(new TreeSet<>(by.keySet()));
        assertThat(pruned(experiment()).get("pruning")).isNotEqualTo(by.get("pruning"));
    }

    @Test
    void aSuiteAttacksWithThem() throws IOException {
        Plugins.use(plugins);
        Path suite = Files.writeString(directory.resolve("suite.yaml"), "name: mine\nattacks: [{kind: corners}]\n");
        assertThat(SuiteChoice.of(suite.toString(), Norm.LINF, 3).attacks())
                .singleElement()
                .satisfies(attack -> {
                    assertThat(attack.name()).isEqualTo("corners");
                    assertThat(attack.settings())
                            .isEqualTo(Map.of("restarts", 1, "provider", "org.example", "version", "1"));
                });
    }

    @Test
    void withoutThePluginTheKindsThatThereAreAreNamed() {
        assertThatThrownBy(() -> experiment())
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        "attacks.jitter.kind is jitter, expected one of corner-pgd, fgsm, pgd, or a plug-in's kind with --plugins");
    }

    @Test
    void settingsOfAPluginAreCheckedByItsRecord() {
        Plugins.use(plugins);
        assertThatThrownBy(() -> experiment("pruning.criterion={kind: saliency, images: 0}"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("pruning.criterion.images is 0, expected a whole number of at least 1");
        assertThatThrownBy(() -> experiment("pruning.criterion={kind: saliency, image: 3}"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("did you mean \"images\"?");
    }

    @Test
    void twoPluginsOfOneKindAreRefused() throws IOException {
        // The class loader hides the second copy of a class, so the second plug-in has another class of the same kind.
        Path jar = plugins.resolve("second.jar");
        Path home = Files.createTempDirectory(directory, "second");
        Path classes = Files.createDirectories(home.resolve("classes"));
        Path source = Files.writeString(
                home.resolve("Other.java"),
                Files.readString(source(home, "Saliency.java", "1")).replace("Saliency", "Other"));
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-d",
                                classes.toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                source.toString()))
                .isZero();
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> found = Files.walk(classes)) {
            for (Path path : found.filter(Files::isRegularFile).sorted().toList()) {
                entry(out, classes.relativize(path).toString().replace('\\', '/'), Files.readAllBytes(path));
            }
            entry(out, "META-INF/services/org.espalier.prune.CriterionKind", "org.example.Other$Definition");
        }
        Plugins.use(plugins);
        assertThatThrownBy(() -> experiment())
                .isInstanceOf(UserException.class)
                .hasMessageContaining("both have the kind \"saliency\"");
    }
}
