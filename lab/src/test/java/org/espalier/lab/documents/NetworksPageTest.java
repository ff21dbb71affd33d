package org.espalier.lab.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.network.Architecture;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.junit.jupiter.api.Test;

/** The guide on networks says what the program does. */
class NetworksPageTest {
    private static final Path PAGE = Path.of("..", "docs", "guides", "networks.md");
    private static final Shape DIGITS = Shape.of(1, 28, 28);

    private static List<String> examples() throws IOException {
        return Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static Architecture network(Experiment experiment) {
        return ExperimentTranslator.architecture(experiment.network(), DIGITS, 10);
    }

    @Test
    void everyExampleIsAnExperimentWhoseNetworkFitsDigits() throws IOException {
        assertThat(examples()).hasSize(4);
        for (String example : examples()) {
            assertThat(network(ExperimentFile.parse(example, "example.yaml")).classes())
                    .isEqualTo(10);
        }
    }

    @Test
    void theMessageShownIsTheProgramsOfTheExampleWithItsStrideMoved() throws IOException {
        String residual = examples().get(1).replace("stride: 2, ", "");
        int branch = residual.indexOf("- batch-norm: {name: branch}");
        int conv = residual.lastIndexOf("padding: 1", branch);
        String moved = residual.substring(0, conv) + "stride: 2, " + residual.substring(conv);
        assertThatThrownBy(() -> network(ExperimentFile.parse(moved, "residual.yaml")))
                .hasMessage(
                        "layer add1 adds inputs of one shape, branch gives 16 x 14 x 14 and start gives 16 x 28 x 28");
        assertThat(Files.readString(PAGE))
                .contains(
                        "layer add1 adds inputs of one shape, branch gives 16 x 14 x 14 and start gives 16 x 28 x 28");
    }

    /** Frankle and Carbin, figure 2: convolutions 10 %, hidden layers 20 %, the output layer 10 %. */
    @Test
    void theFractionsOfConv2AreFrankleAndCarbins() throws IOException {
        Experiment experiment = ExperimentFile.parse(examples().get(2), "example.yaml");
        assertThat(ExperimentTranslator.pruningSchedule(experiment, network(experiment))
                        .fractions(1))
                .isEqualTo(List.of(0.1, 0.1, 0.2, 0.2, 0.1));
    }

    @Test
    void everyNamedNetworkIsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        NamedNetworks.all().keySet().forEach(name -> assertThat(page).contains("`" + name + "`"));
    }
}
