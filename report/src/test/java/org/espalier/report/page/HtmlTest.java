package org.espalier.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.espalier.report.table.Table;
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
    void sentencesAreSetAsPrintWould() {
        assertThat(
                        Html.sentence(
                                "certified <= true: -0.5 to +0.5 points, 92.7 +-0.5, 12.6 % of P_m, - not shown, PGD-40 of l-infinity"))
                .isEqualTo(
                        "certified &le; true: &minus;0.5 to +0.5 points, 92.7 &plusmn;0.5, 12.6&nbsp;% of P<sub>m</sub>, &ndash; not shown,"
                                + " PGD-40 of l-infinity");
    }

    @Test
    void namesAreLeftAsTheyAre() {
        assertThat(Html.sentence("MAP_mini at 12 % P_m")).isEqualTo("MAP_mini at 12&nbsp;% P<sub>m</sub>");
        Table table = new Table(
                "t",
                new Table.Block("", List.of("data set"), List.of(List.of("2024-10")), true),
                List.of(new Table.Block("", List.of("interval"), List.of(List.of("0.5-10")))),
                List.of());
        assertThat(Html.table(table)).contains(">2024-10<", ">0.5&ndash;10<");
    }

    @Test
    void wordsStandToTheLeftAndRowsOfOneKeyTogether() {
        Table table = new Table(
                "t",
                new Table.Block(
                        "",
                        List.of("trained for", "level"),
                        List.of(List.of("natural", "0"), List.of("natural", "1"), List.of("pgd", "0")),
                        Set.of(0)),
                List.of(new Table.Block(
                        "worst case",
                        List.of("interval", "rules"),
                        List.of(List.of("0.00-6.02", "pass"), List.of("-", "pass"), List.of("-1.5", "refused")),
                        Set.of(1))),
                List.of());

        assertThat(Html.table(table))
                .contains("<th scope=\"col\" class=\"word\">trained for</th><th scope=\"col\">level</th>")
                .contains(
                        "<tr><td class=\"word\">natural</td><td>0</td><td class=\"block\">0.00&ndash;6.02</td><td class=\"word\">pass</td></tr>")
                .contains("<tr><td class=\"word\">natural</td><td>1</td><td class=\"block\">&ndash;</td>")
                .contains(
                        "<tr class=\"group\"><td class=\"word\">pgd</td><td>0</td><td class=\"block\">&minus;1.5</td>");
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
