package org.espalier.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.report.Table;
import org.junit.jupiter.api.Test;

class HtmlTest {
    @Test
    void textIsShownAsItIs() {
        assertThat(Html.text("<img src=x onerror=\"alert('1')\"> & more"))
                .isEqualTo("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; more");
    }

    @Test
    void jsonInAScriptElementCannotEndIt() {
        assertThat(Html.json("{\"name\":\"</script><!-- <script>\"}"))
                .isEqualTo("{\"name\":\"\\u003c/script\\u003e\\u003c!-- \\u003cscript\\u003e\"}");
    }

    @Test
    void tablesKeepBlocksApartAndEscapeTheirCells() {
        Table table = new Table(
                "a < b",
                new Table.Block("", List.of("level"), List.of(List.of("0"))),
                List.of(new Table.Block("original", List.of("natural"), List.of(List.of("<1")))),
                List.of("x & y"));

        assertThat(Html.table(table))
                .contains("<p class=\"table-title\">a &lt; b</p>")
                .contains("<th class=\"block\" scope=\"colgroup\" colspan=\"1\">original</th>")
                .contains("<tr><td>0</td><td class=\"block\">&lt;1</td></tr>")
                .contains("x &amp; y");
    }
}
