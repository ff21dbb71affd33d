package org.espalier.lab.certification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.evaluate.certify.Decision;
import org.espalier.lab.file.JsonLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageLineTest {
    private static final ImageCertificate REFUTED = new ImageCertificate(
            3, 7, 7, 7, Decision.FALSIFIED, Optional.empty(), 0, 41, Optional.of(new float[] {0, 0.1f, 1e-7f, 1}));

    private static final ImageCertificate BOUNDED = new ImageCertificate(
            4, 2, 2, 5, Decision.UNKNOWN, Optional.of(-0.123456789012345), 12, 0, Optional.empty());

    private static ImageLine read(String line) {
        return JsonLines.readWhole(line.getBytes(StandardCharsets.UTF_8), "file", ImageLine::read)
                .getFirst();
    }

    @Test
    void readsWhatIsWritten() {
        for (ImageCertificate written : new ImageCertificate[] {REFUTED, BOUNDED}) {
            ImageLine read = read(written.line());
            assertThat(read.seconds()).isEmpty();
            assertThat(read.certificate()).usingRecursiveComparison().isEqualTo(written);
            assertThat(read(written.line(0.25)).seconds()).hasValue(0.25);
        }
    }

    @Test
    void skipsWhatALaterVersionMayAdd() {
        String line = BOUNDED.line().replace("{", "{\"proof\":{\"image\":[9,{\"verdict\":1}]},");
        assertThat(read(line).certificate()).usingRecursiveComparison().isEqualTo(BOUNDED);
    }

    @Test
    void aBoundThatIsNotFiniteIsNoNumber() {
        assertThat(read(BOUNDED.line().replace("-0.123456789012345", "null"))
                        .certificate()
                        .lower())
                .hasValue(Double.NaN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"image\":4        | \"image\":\"4\"      | image is not a whole number",
                "\"image\":4        | \"image\":4.5        | image is not a whole number",
                "\"image\":4        | \"image\":4294967296 | image is not a whole number",
                "\"nodes\":0        | \"nodes\":[0]        | nodes is not a whole number",
                "\"label\":2        | \"image\":4          | image is there twice",
                "\"label\":2        | \"class\":2          | label is not a whole number",
                "\"unknown\"        | \"maybe\"            | verdict is maybe",
                "\"unknown\"        | 1                    | verdict is not a string",
                "\"verdict\"        | \"decision\"         | verdict is not a string",
                "-0.123456789012345 | \"low\"              | lower is not a number",
                "\"label\":2        | \"label\":2,\"counterexample\":0.5       | counterexample is not a list of numbers",
                "\"label\":2        | \"label\":2,\"counterexample\":[0.5,\"\"] | counterexample is not a list of numbers",
                "\"nodes\":0}       | \"nodes\":           | not JSON: Unexpected end-of-input",
            })
    void damageIsNamed(String right, String wrong, String what) {
        String line = BOUNDED.line();
        assertThat(line).contains(right);
        assertThatThrownBy(() -> read(line.replace(right, wrong)))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("file, line 1, is damaged: " + what);
    }
}
