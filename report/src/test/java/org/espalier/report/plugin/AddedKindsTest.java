package org.espalier.report.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.espalier.report.ReportFolder;
import org.espalier.report.SyntheticStore;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.content.Report;
import org.espalier.report.figure.FigureKind;
import org.espalier.report.result.Cell;
import org.espalier.report.table.Table;
import org.espalier.report.table.TableKind;
import org.espalier.report.verdict.Terms;
import org.espalier.setting.Plugins;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table and a figure of a plug-in: one class and one line each, and page and files show them. */
class AddedKindsTest {
    /** How many trials each run has. */
    public static final class TrialCounts implements TableKind {
        @Override
        public List<Named> ofRun(Report.Run run, OptionalInt iteration) {
            String trials = Integer.toString(run.store().experiment().trials());
            return List.of(new Named(
                    run.label() + "-trials",
                    new Table(
                            "Trials of the added table",
                            new Table.Block("", List.of("run"), List.of(List.of(run.label())), Set.of(0)),
                            List.of(new Table.Block("", List.of("trials"), List.of(List.of(trials)))),
                            List.of())));
        }
    }

    /** The planned densities of a cell. */
    public static final class Densities implements FigureKind {
        @Override
        public Made ofCell(String prefix, Report.Run run, Cell cell) {
            return new Made(List.of(FigureGroup.of("An added figure", figure(prefix + "-added"))));
        }

        private static Figure figure(String id) {
            Line line =
                    new Line(Curve.plain(new double[] {1, 2}, new double[] {100, 50}), List.of(), List.of(), List.of());
            return new Figure(
                    id,
                    "An added figure",
                    "",
                    List.of(),
                    List.of(new Panel.Lines(
                            "",
                            Axis.of("level", Axis.Scale.LINEAR),
                            Axis.of("density, %", Axis.Scale.LINEAR),
                            List.of(line),
                            true)));
        }
    }

    @TempDir
    private Path folder;

    @AfterEach
    void classPathOnly() {
        Plugins.useClassPath();
    }

    @Test
    void pageAndFilesShowThem() throws IOException {
        Path plugins = Files.createDirectories(folder.resolve("plugins"));
        // The classes are on the class path; the jar registers them.
        try (OutputStream file = Files.newOutputStream(plugins.resolve("added.jar"));
                JarOutputStream jar = new JarOutputStream(file)) {
            register(jar, TableKind.class, TrialCounts.class);
            register(jar, FigureKind.class, Densities.class);
        }
        Path store = SyntheticStore.write(
                folder.resolve("store"), "quick-mlp", "trials=2", "network.hidden=[6, 5]", "pruning.levels=2");
        write(store, "before");
        Plugins.use(plugins);
        write(store, "after");

        assertThat(Files.readString(folder.resolve("after/index.html")))
                .contains("Trials of the added table", "An added figure");
        assertThat(folder.resolve("after/tables/quick-mlp-trials.csv")).exists();
        assertThat(folder.resolve("after/figures/digits-pgd-added.pdf")).exists();
        assertThat(folder.resolve("before/figures/digits-pgd-added.pdf")).doesNotExist();
        assertThat(names("after/tables")).containsAll(names("before/tables"));
        assertThat(names("after/figures")).containsAll(names("before/figures"));
    }

    private void write(Path store, String out) {
        ReportFolder.write(Report.read(List.of(store), Terms.USUAL), OptionalInt.empty(), folder.resolve(out));
    }

    private List<String> names(String within) throws IOException {
        try (var files = Files.list(folder.resolve(within))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static void register(JarOutputStream jar, Class<?> type, Class<?> kind) throws IOException {
        jar.putNextEntry(new JarEntry("META-INF/services/" + type.getName()));
        jar.write(kind.getName().getBytes(StandardCharsets.UTF_8));
        jar.closeEntry();
    }
}
