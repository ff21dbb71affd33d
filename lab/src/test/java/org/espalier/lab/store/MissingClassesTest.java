package org.espalier.lab.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MissingClassesTest {
    /** An imported data set has validation images of its own: settings of the experiment do not change them. */
    @Test
    void theAdviceFitsTheOriginOfTheValidationImages() {
        assertThat(new MissingClasses("digits", "validation", List.of(3)).toString())
                .endsWith("data.split: stratified or shuffled takes validation images of every class");
        assertThat(new MissingClasses("pets", "validation", List.of(3), List.of("cat"), true).toString())
                .startsWith("data set pets: the validation split has no image of class cat, ")
                .endsWith("import the data again with a larger --validation, or with more pictures of it")
                .doesNotContain("data.split");
        assertThat(new MissingClasses("pets", "test", List.of(3), List.of("cat"), true).toString())
                .endsWith("no image of class cat");
    }
}
