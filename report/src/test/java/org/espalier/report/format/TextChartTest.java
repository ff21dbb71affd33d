package org.espalier.report.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextChartTest {
    private static TextChart chart(double... accuracies) {
        var spots = new java.util.ArrayList<TextChart.Spot>();
        for (int i = 0; i < accuracies.length; i++) {
            spots.add(new TextChart.Spot(100 * Math.pow(0.5, i), accuracies[i]));
        }
        return new TextChart("pgd accuracy", List.of(new TextChart.Curve('o', "original", spots)), true, "weights");
    }

    @Test
    void drawsAStraightLineOnALogarithmicAxisFromDenseToSparse() {
        assertThat(String.join("\n", chart(90, 50, 10).lines(28, false)) + "\n").isEqualTo("""
            pgd accuracy
             94.0 +o.
                  | ...
                  |   ...
                  |      ...
                  |        ..o
             45.5 +          ...
                  |            ...
                  |               ...
                  |                 ...
              6.0 +                   .o
                  +---------------------
                   100.0 %        25.0 %
                   o original
            """);
    }

    @Test
    void hasBrailleDotsWhereTheTerminalHasThem() {
        assertThat(TextChart.braille(StandardCharsets.UTF_8)).isTrue();
        assertThat(TextChart.braille(StandardCharsets.US_ASCII)).isFalse();
        assertThat(TextChart.braille(StandardCharsets.ISO_8859_1)).isFalse();
        String drawn = String.join("", chart(90, 50, 10).lines(60, true));
        assertThat(drawn.chars().filter(c -> c > 0x2800 && c <= 0x28FF).count()).isGreaterThan(20);
        assertThat(String.join("", chart(90, 50, 10).lines(60, false))).matches("\\p{ASCII}*");
    }

    @Test
    void neverExceedsTheWidth() {
        for (int width : new int[] {20, 40, 79, 80, 120, 200}) {
            String text = TextChart.beside(List.of(chart(1, 99), chart(), chart(5)), width, true);
            assertThat(text.lines().mapToInt(String::length).max().orElseThrow())
                    .as("width %d", width)
                    .isLessThanOrEqualTo(width);
        }
    }

    @Test
    void nothingMeasuredIsSaid() {
        assertThat(chart().lines(40, false)).containsExactly("pgd accuracy", "  nothing measured yet");
    }

    @Test
    void aFlatCurveIsDrawnInTheMiddleOfItsScale() {
        List<String> lines = chart(50, 50, 50).lines(40, false);
        assertThat(lines.get(1)).startsWith(" 50.5 +");
        assertThat(lines.get(10)).startsWith(" 49.5 +");
    }
}
