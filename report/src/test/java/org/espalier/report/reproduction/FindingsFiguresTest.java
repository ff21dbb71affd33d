package org.espalier.report.reproduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.UserException;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures of the documents show what their CSV files say. */
class FindingsFiguresTest {
    private static final String CERTIFICATES = "trial,level,density,images,natural,attacked,certified,seconds";

    @TempDir
    private Path folder;

    private void file(String name, String... lines) throws IOException {
        Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    private Figure only() {
        List<Figure> all = FindingsFigures.all(folder);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private static Curve curve(Figure figure, int panel, String... keys) {
        return ((Panel.Lines) figure.panels().get(panel))
                .lines().stream()
                        .filter(line -> line.keys().equals(List.of(keys)))
                        .map(Line::curve)
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void anEmptyFolderHasNoFigure() {
        assertThat(FindingsFigures.drawn(folder)).isEmpty();
    }

    @Test
    void certifiedAccuracyIsTheMeanOverTrials() throws IOException {
        file(
                "certified-curve-certificates.csv",
                CERTIFICATES,
                "1,0,1,1000,0.95,0.88,0.86,0.002",
                "2,0,1,1000,0.97,0.90,0.88,0.004",
                "1,1,0.25,1000,0.9,0.8,0.7,0.001",
                "1,1,0.25,10000,0.1,0.1,0.1,0.001");
        Figure figure = only();
        assertThat(figure.id()).isEqualTo("certified-curve");
        Curve certified = curve(figure, 0, "certified");
        assertThat(certified.x()).containsExactly(100, 25);
        assertThat(certified.y()).containsExactly(new double[] {87, 70}, within(1e-9));
        assertThat(certified.deviation()[0]).isCloseTo(Math.sqrt(2), within(1e-9));
        assertThat(certified.count()).containsExactly(2, 1);
        assertThat(curve(figure, 1, "certified").y()).containsExactly(new double[] {3, 1}, within(1e-9));
        assertThat(FindingsFigures.drawn(folder).get("certified-curve.svg")).startsWith("<svg");
    }

    @Test
    void aControlStandsAboveThePrunedNetworksOfItsLevels() throws IOException {
        file(
                "certified-continued-certificates.csv",
                CERTIFICATES,
                "1,0,1,1000,0.9,0.8,0.7,0.002",
                "1,1,0.25,1000,0.9,0.8,0.6,0.001",
                "1,2,0.01,1000,0.2,0.1,0.1,0.001");
        assertThat(FindingsFigures.all(folder)).isEmpty();
        file(
                "certified-unpruned-certificates.csv",
                CERTIFICATES,
                "1,0,1,1000,0.9,0.8,0.7,0.002",
                "1,1,0.99,1000,0.9,0.8,0.75,0.002",
                "2,1,0.99,1000,0.9,0.8,0.77,0.002",
                "2,1,0.99,500,0.9,0.8,0.1,0.002");
        Figure figure = only();
        Curve control = curve(figure, 0, "certified, not pruned");
        assertThat(control.x()).containsExactly(100, 25);
        assertThat(control.y()).containsExactly(new double[] {70, 76}, within(1e-9));
        assertThat(curve(figure, 0, "certified").y()).containsExactly(new double[] {70, 60}, within(1e-9));
    }

    @Test
    void bothKindsOfTrainingStandInOneFigure() throws IOException {
        String heading = "strategy,trial,density,purpose,after";
        file("certified-robustness.csv", heading, "original,1,1,worst-case,0.86", "original,1,1,suite,0.99");
        assertThat(FindingsFigures.all(folder)).isEmpty();
        file("robust-tenth-robustness.csv", heading, "continued,1,1,worst-case,0.88", "original,1,0.1,worst-case,0.84");
        Figure figure = only();
        assertThat(curve(figure, 0, "trained for certificates").y()).containsExactly(new double[] {86}, within(1e-9));
        assertThat(curve(figure, 0, "trained on PGD, continued").y()).containsExactly(new double[] {88}, within(1e-9));
        assertThat(curve(figure, 0, "trained on PGD, original").x()).containsExactly(10);
    }

    @Test
    void theFourMethodsWithTheHighestMeanAreShown() throws IOException {
        file(
                "benchmark-digits-mlp.csv",
                "pruned,sparsity,method,robust",
                "weights,0,dense,0.99",
                "weights,0.9,a,0.5",
                "weights,0.9,b,0.7",
                "weights,0.9,c,0.6",
                "weights,0.9,d,0.8",
                "weights,0.9,e,0.4",
                "weights,0.99,d,0.2",
                "units,0.5,f,0.3");
        Figure figure = only();
        List<List<String>> weights = ((Panel.Lines) figure.panels().getFirst())
                .lines().stream().map(Line::keys).toList();
        assertThat(weights).containsExactly(List.of("b"), List.of("c"), List.of("a"), List.of("d"));
        assertThat(curve(figure, 0, "d").x()).containsExactly(new double[] {10, 1}, within(1e-9));
        assertThat(curve(figure, 1, "f").y()).containsExactly(new double[] {30}, within(1e-9));
    }

    @Test
    void aBenchmarkHasALineForEachMethod() throws IOException {
        file(
                "benchmark-certified-methods.csv",
                "sparsity,method,prunes,certified",
                "0,dense,none,0.7",
                "0.9,a,after,0.5",
                "0.9,a,after,0.6",
                "0.99,a,after,0.2",
                "0.9,b,before,0.4");
        Figure figure = only();
        assertThat(figure.id()).isEqualTo("certified-methods");
        assertThat(((Panel.Lines) figure.panels().getFirst()).lines()).hasSize(1);
        assertThat(curve(figure, 1, "b").y()).containsExactly(new double[] {40}, within(1e-9));
        assertThat(curve(figure, 0, "a").x()).containsExactly(new double[] {10, 1}, within(1e-9));
        assertThat(curve(figure, 0, "a").y()).containsExactly(new double[] {55, 20}, within(1e-9));
    }

    @Test
    void trainingFromCornersStandsBesideTheSameMethodsTrainedInside() throws IOException {
        file(
                "benchmark-robust-methods.csv",
                "sparsity,method,prunes,robust,white-box",
                "0,dense,none,0.7,0.9",
                "0.9,a,after,0.5,0.8",
                "0.9,b,during,0.4,0.4");
        file(
                "benchmark-corner-starts.csv",
                "sparsity,method,prunes,robust,white-box",
                "0,dense,none,0.7,0.9",
                "0.9,a,after,0.6,0.7",
                "0.9,a,after,0.8,0.9");
        Figure figure = only();
        assertThat(figure.id()).isEqualTo("corner-starts");
        assertThat(((Panel.Lines) figure.panels().getFirst()).lines()).hasSize(2);
        assertThat(curve(figure, 0, "a", "all of standard").y()).containsExactly(new double[] {50}, within(1e-9));
        assertThat(curve(figure, 1, "a", "all of standard").y()).containsExactly(new double[] {70}, within(1e-9));
        assertThat(curve(figure, 1, "a", "with gradients").y()).containsExactly(new double[] {80}, within(1e-9));
    }

    @Test
    void publishedFiguresStandBesideOurs() throws IOException {
        file(
                "paper-differences.csv",
                "setting,dataset,training,measured,density,published,published-deviation,published-trials,ours,"
                        + "ours-deviation,ours-trials",
                "as-published,digits,fgsm,fgsm,100,94.3,0.84,5,95.48,,1",
                "as-published,digits,fgsm,fgsm,51.3,97.09,0.24,5,,,0",
                "as-described,digits,fgsm,fgsm,100,94.3,0.84,5,87.72,,1");
        Figure figure = only();
        assertThat(figure.id()).isEqualTo("paper-fgsm");
        assertThat(curve(figure, 0, "fgsm", "ours").y()).containsExactly(95.48);
        Curve published = curve(figure, 0, "fgsm", "published");
        assertThat(published.y()).containsExactly(94.3);
        assertThat(published.deviation()).containsExactly(0.84);
        assertThat(published.count()).containsExactly(5);
    }

    @Test
    void naturalTrainingHasOneNaturalAccuracyAtADensity() throws IOException {
        file(
                "paper-differences.csv",
                "setting,dataset,training,measured,density,published,published-deviation,published-trials,ours,"
                        + "ours-deviation,ours-trials",
                "as-published,digits,natural,natural,100,98.33,0.33,5,98.4,,1",
                "as-published,digits,natural,natural,100,98.37,0.03,5,98.4,,1",
                "as-published,digits,natural,natural,51.3,98.35,0.07,5,98.25,,1");
        Figure figure = only();
        assertThat(curve(figure, 0, "natural", "published").x()).containsExactly(100, 51.3);
        assertThat(curve(figure, 0, "natural", "published").y()).containsExactly(98.33, 98.35);
        assertThat(curve(figure, 0, "natural", "ours").y()).containsExactly(98.4, 98.25);
    }

    @Test
    void whatCannotBeDrawnNamesTheFileAndTheColumn() throws IOException {
        file("benchmark-digits-mlp.csv", "pruned,sparsity,method,robust", "weights,many,a,0.5");
        assertThatThrownBy(() -> FindingsFigures.drawn(folder))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("benchmark-digits-mlp.csv cannot be drawn: column \"sparsity\" has \"many\"");
        file("benchmark-digits-mlp.csv", "pruned,method", "weights,a");
        assertThatThrownBy(() -> FindingsFigures.drawn(folder))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no column \"sparsity\", found pruned, method");
    }
}
