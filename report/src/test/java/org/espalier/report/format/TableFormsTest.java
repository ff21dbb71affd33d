package org.espalier.report.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.espalier.report.table.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A table as LaTeX and CSV. */
class TableFormsTest {
    private static final Table TABLE = new Table(
            "digits_1, accuracy in %",
            new Table.Block(
                    "", List.of("P_m %", "run"), List.of(List.of("100.0", "a&b"), List.of("51.3", "{c}")), true),
            List.of(
                    new Table.Block(
                            "original",
                            List.of("stopped at", "natural", "pgd"),
                            List.of(
                                    List.of("2,417 (144)", "98.33 (-)", "..."),
                                    List.of("950 (0)", "98.10 (0.20)", "45.00 [44.00, 46.00]"))),
                    new Table.Block("ticket", List.of("change"), List.of(List.of("-0.25"), List.of("-")))),
            List.of("[ ]: 95 % interval, <p> +- ~"));

    @Test
    void latexHasBooktabsRulesAndShowsEveryCharacterAsText() {
        assertThat(LatexTable.of(TABLE, "x-1")).isEqualTo("""
            % needs \\usepackage{booktabs,graphicx}
            \\begin{table}
              \\centering
              \\caption{digits\\_1, accuracy in \\%}
              \\label{tab:x-1}
              \\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%
              \\begin{tabular}{llrrrr}
                \\toprule
                & & \\multicolumn{3}{c}{original} & \\multicolumn{1}{c}{ticket} \\\\
                \\cmidrule(lr){3-5} \\cmidrule(lr){6-6}
                $P_m$ \\% & run & stopped at & natural & pgd & change \\\\
                \\midrule
                100.0 & a\\&b & 2,417 (144) & 98.33 (--) & \\ldots & $-$0.25 \\\\
                51.3 & \\{c\\} & 950 (0) & 98.10 (0.20) & 45.00 {[}44.00, 46.00{]} & -- \\\\
                \\bottomrule
              \\end{tabular}}

              \\smallskip
              \\begin{minipage}{\\linewidth}\\footnotesize
                {[} {]}: 95 \\% interval, $<$p$>$ $\\pm$ \\textasciitilde{}.
              \\end{minipage}
            \\end{table}
            """);
    }

    @Test
    void latexSetsBlocksThatNoPageHoldsSideBySideBelowEachOther() {
        var blocks = new ArrayList<Table.Block>();
        for (String strategy : List.of("original", "random", "continued")) {
            blocks.add(new Table.Block(
                    strategy,
                    List.of("natural", "fgsm", "pgd", "trials"),
                    List.of(
                            List.of("98.10 (0.20)", "45.00 (1.00)", "40.00 (1.00)", "3/3"),
                            List.of("97.10 (0.20)", "44.00 (1.00)", "39.00 (1.00)", "2/3"))));
        }
        Table wide = new Table(
                "wide",
                new Table.Block("", List.of("P_m %"), List.of(List.of("100.0"), List.of("51.3"))),
                blocks,
                List.of());
        assertThat(LatexTable.of(wide, "wide")).isEqualTo("""
            % needs \\usepackage{booktabs,graphicx}
            \\begin{table}
              \\centering
              \\caption{wide}
              \\label{tab:wide}
              \\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%
              \\begin{tabular}{rrrrr}
                \\toprule
                $P_m$ \\% & natural & fgsm & pgd & trials \\\\
                \\midrule
                \\multicolumn{5}{c}{original} \\\\
                100.0 & 98.10 (0.20) & 45.00 (1.00) & 40.00 (1.00) & 3/3 \\\\
                51.3 & 97.10 (0.20) & 44.00 (1.00) & 39.00 (1.00) & 2/3 \\\\
                \\addlinespace
                \\multicolumn{5}{c}{random} \\\\
                100.0 & 98.10 (0.20) & 45.00 (1.00) & 40.00 (1.00) & 3/3 \\\\
                51.3 & 97.10 (0.20) & 44.00 (1.00) & 39.00 (1.00) & 2/3 \\\\
                \\addlinespace
                \\multicolumn{5}{c}{continued} \\\\
                100.0 & 98.10 (0.20) & 45.00 (1.00) & 40.00 (1.00) & 3/3 \\\\
                51.3 & 97.10 (0.20) & 44.00 (1.00) & 39.00 (1.00) & 2/3 \\\\
                \\bottomrule
              \\end{tabular}}
            \\end{table}
            """);
    }

    @Test
    void latexSetsUnlikeBlocksInTablesOfTheirOwnWhereALineDoesNotHoldThem() {
        String latex = LatexTable.of(unlike(3, List.of("a note")), "unlike");
        assertThat(latex)
                .containsSubsequence(
                        "\\begin{table}",
                        "\\begin{tabular}{lrr}",
                        "trained for & dense & best \\\\",
                        "\\end{tabular}}\n\n  \\medskip\n",
                        "\\begin{tabular}{lrl}",
                        "trained for & left & rules \\\\",
                        "\\end{tabular}}",
                        "a note.",
                        "\\end{table}")
                .doesNotContain("continued");
        assertThat(latex.split("begin.table.", -1)).hasSize(2);
    }

    @Test
    void latexGoesOnInAnotherFloatWhereAPageDoesNotHoldTheLines() {
        assertThat(LatexTable.of(unlike(40, List.of("a note")), "unlike"))
                .containsSubsequence(
                        "\\caption{unlike}",
                        "\\label{tab:unlike}",
                        "\\end{table}\n\\begin{table}",
                        "\\addtocounter{table}{-1}",
                        "\\caption{unlike (continued)}",
                        "a note.")
                .containsOnlyOnce("\\label{");
    }

    @Test
    void latexGoesOnInAnotherFloatBetweenAlikeBlocksToo() {
        var blocks = new ArrayList<Table.Block>();
        for (String strategy : List.of("original", "random", "continued")) {
            blocks.add(new Table.Block(
                    strategy,
                    List.of("natural", "fgsm", "pgd"),
                    Collections.nCopies(21, List.of("98.10 (0.20)", "45.00 (1.00)", "40.00 (1.00)"))));
        }
        String latex = LatexTable.of(
                new Table(
                        "long",
                        new Table.Block("", List.of("P_m %"), Collections.nCopies(21, List.of("100.0"))),
                        blocks,
                        List.of("a note")),
                "long");
        assertThat(latex)
                .containsSubsequence(
                        "\\caption{long}",
                        "\\footnotesize",
                        "{original}",
                        "{random}",
                        "\\end{table}\n\\begin{table}",
                        "\\addtocounter{table}{-1}",
                        "\\caption{long (continued)}",
                        "\\footnotesize",
                        "$P_m$ \\% & natural & fgsm & pgd",
                        "{continued}",
                        "a note.")
                .containsOnlyOnce("\\label{");
        assertThat(latex.split("begin.table.", -1)).hasSize(3);
    }

    @Test
    void textBreaksABlockThatIsWiderThanTheLineBetweenItsColumns() {
        Table table = new Table(
                "wide",
                new Table.Block("", List.of("key"), List.of(List.of("a")), true),
                List.of(new Table.Block(
                        "block",
                        List.of("number", "word", "another number"),
                        List.of(List.of("1", "w", "2")),
                        Set.of(1))),
                List.of());
        assertThat(TextTable.of(table, 24)).isEqualTo("""
            wide

                | block
            key | number  word
            ----+-------------
            a   |      1  w

                | block
            key | another number
            ----+---------------
            a   |              2
            """);
    }

    /** Two blocks of numbers, the second with a word, which no line of a page holds side by side. */
    private static Table unlike(int rows, List<String> notes) {
        String wide = "23.78 [17.90, 29.65] and as much again";
        return new Table(
                "unlike",
                new Table.Block("", List.of("trained for"), Collections.nCopies(rows, List.of("pgd")), true),
                List.of(
                        new Table.Block(
                                "accuracy", List.of("dense", "best"), Collections.nCopies(rows, List.of(wide, "1"))),
                        new Table.Block(
                                "beyond",
                                List.of("left", "rules"),
                                Collections.nCopies(rows, List.of(wide, "pass")),
                                Set.of(1))),
                notes);
    }

    @ParameterizedTest
    @CsvSource({
        "-0.5, $-$0.5",
        "'[-0.30, -0.10]', '{[}$-$0.30, $-$0.10{]}'",
        "- / 96.4 (-), -- / 96.4 (--)",
        "0.00-5.56, 0.00--5.56",
        "'(levels 2-5)', '(levels 2--5)'",
        "certified <= true, certified $\\leq$ true",
        "PGD-40 on 2026-01-31, PGD-40 on 2026-01-31",
        "p-0.5-x, p-0.5-x",
        "P_m of MAP_mini, $P_m$ of MAP\\_mini"
    })
    void latexTellsMinusDashAndHyphenApart(String text, String latex) {
        assertThat(LatexTable.escape(text)).isEqualTo(latex);
    }

    @Test
    void csvGivesEachNumberAColumn() {
        assertThat(CsvTable.of(TABLE)).isEqualTo("""
            P_m %,run,original stopped at,original stopped at deviation,original natural,original natural deviation,\
            original pgd,original pgd low,original pgd high,ticket change
            100.0,a&b,2417,144,98.33,,,,,-0.25
            51.3,{c},950,0,98.10,0.20,45.00,44.00,46.00,
            """);
    }
}
