package org.espalier.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HomeDirectoryTest {
    @Test
    void theVariableComesBeforeTheListOfUsers() {
        assertThat(HomeDirectory.from(Map.of("HOME", "/elsewhere"), "/root")).isEqualTo("/elsewhere");
    }

    @Test
    void aRelativeOrEmptyVariableDoesNotCount() {
        assertThat(HomeDirectory.from(Map.of("HOME", "elsewhere"), "/root")).isEqualTo("/root");
        assertThat(HomeDirectory.from(Map.of("HOME", ""), "/root")).isEqualTo("/root");
        assertThat(HomeDirectory.from(Map.of(), "/root")).isEqualTo("/root");
    }
}
