package org.espalier.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;

class CacheDirectoryTest {
    @Test
    void theProjectsOwnVariableComesFirst() {
        assertThat(CacheDirectory.from(Map.of("ESPALIER_CACHE", "/c", "XDG_CACHE_HOME", "/x"), "/home/u"))
                .isEqualTo(Path.of("/c"));
    }

    @Test
    void thenTheDesktopStandardsUnlessItIsRelative() {
        assertThat(CacheDirectory.from(Map.of("XDG_CACHE_HOME", "/x"), "/home/u"))
                .isEqualTo(Path.of("/x/espalier"));
        assertThat(CacheDirectory.from(Map.of("XDG_CACHE_HOME", "x"), "/home/u"))
                .isEqualTo(Path.of("/home/u/.cache/espalier"));
    }

    @Test
    void thenTheHomeDirectory() {
        assertThat(CacheDirectory.from(Map.of("ESPALIER_CACHE", ""), "/home/u"))
                .isEqualTo(Path.of("/home/u/.cache/espalier"));
        assertThatThrownBy(() -> CacheDirectory.from(Map.of(), "")).isInstanceOf(UserException.class);
    }
}
