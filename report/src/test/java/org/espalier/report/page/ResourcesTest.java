package org.espalier.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ResourcesTest {
    @Test
    void vendoredScriptsAreTheOnesThatTheirTableNames() throws Exception {
        String table = Resources.text("vendor/README.md");
        var row = Pattern.compile("\\| `([^`]+)` \\| `[^`]+` \\| [0-9.]+ \\|.*\\(`([^`]+)`\\) \\| `([0-9a-f]{64})` \\|")
                .matcher(table);
        int rows = 0;
        while (row.find()) {
            rows++;
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Resources.bytes("vendor/" + row.group(1)));
            assertThat(HexFormat.of().formatHex(digest)).as(row.group(1)).isEqualTo(row.group(3));
            assertThat(Resources.text("vendor/" + row.group(2))).contains("Redistribution and use");
        }
        assertThat(rows).isEqualTo(3);
    }

    @Test
    void scriptsCannotEndTheirElement() {
        assertThat(Html.script("a='</script><!--';\n//# sourceMappingURL=x.map\n"))
                .doesNotContain("</script", "<!--", "sourceMappingURL");
    }

    @Test
    void lightAndDarkColoursOfTheScriptAreThoseOfTheStyle() {
        String style = Resources.text(Resources.STYLE);
        String script = Resources.text(Resources.FIGURES);
        assertThat(script).contains("colors: [\"" + String.join("\", \"", org.espalier.report.chart.Palette.COLORS));
        var colors = Pattern.compile("colors: \\[([^]]+)]").matcher(script);
        int themes = 0;
        while (colors.find()) {
            themes++;
            String[] all = colors.group(1).replace("\"", "").split(", ");
            var properties = new StringBuilder();
            for (int i = 0; i < all.length; i++) {
                properties
                        .append(i == 0 ? "" : " ")
                        .append("--c")
                        .append(i)
                        .append(": ")
                        .append(all[i])
                        .append(';');
            }
            assertThat(style).contains(properties);
        }
        assertThat(themes).isEqualTo(2);
    }
}
