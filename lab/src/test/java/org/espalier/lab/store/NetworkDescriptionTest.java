package org.espalier.lab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.lab.file.Json;
import org.espalier.network.Architecture;
import org.junit.jupiter.api.Test;

class NetworkDescriptionTest {
    private static Architecture read(String level) {
        return NetworkDescription.read(Json.parse(level.getBytes(StandardCharsets.UTF_8), "level.json"), "level.json");
    }

    @Test
    void whatIsWrittenIsRead() {
        Architecture architecture = new Architecture(List.of(5, 4, 3), true);
        String network = Json.write(NetworkDescription.write(architecture));
        assertThat(network).isEqualTo("{\"kind\":\"fully-connected\",\"widths\":[5,4,3],\"biases\":true}");
        assertThat(read(Json.write(Map.of("network", NetworkDescription.write(architecture)))))
                .isEqualTo(architecture);
    }

    @Test
    void aLevelOfBeforeIsReadFromWhatDeterminesIt() {
        assertThat(read("{\"determined-by\":{\"network\":{\"widths\":[5,3]}}}"))
                .isEqualTo(new Architecture(List.of(5, 3), false));
    }

    @Test
    void theMemberOfItsOwnWins() {
        assertThat(read("{\"network\":{\"kind\":\"fully-connected\",\"widths\":[5,3],\"biases\":false},"
                        + "\"determined-by\":{\"network\":{\"widths\":[9,9]}}}"))
                .isEqualTo(new Architecture(List.of(5, 3), false));
    }

    @Test
    void otherKindsAndDamageAreRefused() {
        assertThatThrownBy(() -> read("{\"network\":{\"kind\":\"tree\"}}"))
                .isInstanceOf(UserException.class)
                .hasMessage("level.json: network.kind is \"tree\", expected \"fully-connected\" or \"graph\"");
        assertThatThrownBy(() -> read("{\"network\":{\"kind\":\"fully-connected\",\"widths\":[5]}}"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("level.json is damaged");
        assertThatThrownBy(() -> read("{}"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("determined-by is not an object");
    }
}
