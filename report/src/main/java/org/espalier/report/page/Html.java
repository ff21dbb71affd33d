package org.espalier.report.page;

import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.report.notation.Signs;
import org.espalier.report.table.MarkedTable;
import org.espalier.report.table.Table;
import org.jspecify.annotations.Nullable;

/** HTML that is safe whatever the text: names of experiments and files come from users. */
public final class Html {
    /** A hyphen between blanks, or alone. */
    private static final Pattern ALONE = Pattern.compile("(?<![^ ])-(?![^ ])");

    private static final Pattern REMAINING = Pattern.compile("\\bP_m\\b");

    private static final Pattern RANGE = Pattern.compile("[0-9.]+-[0-9.]+");

    private Html() {}

    /** Text, in an element or in a quoted attribute. */
    public static String text(String text) {
        var out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    /** JSON inside a script element: nothing in it can end the element or open a comment. */
    public static String json(String json) {
        return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    }

    /** JavaScript inside a script element. */
    static String script(String script) {
        return script.replaceAll("(?m)^//# sourceMappingURL=.*$", "")
                .replace("</script", "<\\/script")
                .replace("<!--", "<\\!--");
    }

    /** Terms and what is said of them; values are text. */
    public static String facts(List<List<String>> facts) {
        var out = new StringBuilder("<dl class=\"facts\">");
        for (List<String> fact : facts) {
            out.append("<dt>").append(text(fact.getFirst())).append("</dt>");
            fact.stream()
                    .skip(1)
                    .forEach(value -> out.append("<dd>").append(text(value)).append("</dd>"));
        }
        return out.append("</dl>\n").toString();
    }

    /**
     * Text to be read, set as print would: what files and terminals write in plain characters gets its signs (a minus, plus or minus,
     * less or equal, dashes, the index of P_m), and a number and its percent sign stay on one line.
     */
    static String sentence(String text) {
        String signed =
                Signs.MINUS.matcher(text(text).replace("+-", "&plusmn;")).replaceAll("&minus;");
        String dashed = ALONE.matcher(signed).replaceAll("&ndash;");
        return REMAINING
                .matcher(dashed)
                .replaceAll("P<sub>m</sub>")
                .replace(" %", "&nbsp;%")
                .replace("p = ", "p&nbsp;=&nbsp;")
                .replace("&lt;=", "&le;");
    }

    /** A table's cell: a hyphen between two numbers is a dash too, but not in a name. */
    private static String cell(String text, boolean word) {
        return !word && RANGE.matcher(text).matches() ? text.replace("-", "&ndash;") : sentence(text);
    }

    /** A list of sentences. */
    public static String list(List<String> sentences) {
        var out = new StringBuilder("<ul>");
        sentences.forEach(s -> out.append("<li>").append(sentence(s)).append("</li>"));
        return out.append("</ul>").toString();
    }

    /** What the rules say, as a word with its sign. */
    static String mark(Verdict verdict) {
        return "<span class=\"mark " + name(verdict) + "\">" + sign(verdict) + " " + text(verdict.toString())
                + "</span>";
    }

    /** Of a class in the page's style. */
    private static String name(Verdict verdict) {
        return verdict.toString().replace(' ', '-');
    }

    private static String sign(Verdict verdict) {
        return switch (verdict) {
            case PASS -> "&#10003;";
            case NOT_CHECKED -> "&#8211;";
            case UNRELIABLE -> "?";
            case REFUSED -> "!";
        };
    }

    /**
     * A table whose last column says what the rules make of each row: a click shows on what evidence.
     *
     * @param marks one for each row
     * @param id begins the ids of the evidence, which no other table of the page has
     */
    static String table(Table table, List<MarkedTable.Mark> marks, String id) {
        return table(table, row -> {
            MarkedTable.Mark mark = marks.get(row);
            String of = id + "-" + row;
            List<String> keys = table.keys().rows().get(row);
            return "<button type=\"button\" class=\"mark " + name(mark.verdict()) + "\" popovertarget=\"" + text(of)
                    + "\" title=\"" + text(mark.evidence().stream().findFirst().orElse("")) + "\">"
                    + sign(mark.verdict()) + " " + text(mark.verdict().toString()) + "</button><div popover id=\""
                    + text(of) + "\" class=\"evidence\"><strong>"
                    + text(keys.getFirst() + " training, level " + keys.get(1) + ": " + mark.verdict()) + "</strong>"
                    + list(mark.evidence()) + "</div>";
        });
    }

    /** A table, its blocks side by side; wide ones scroll. */
    public static String table(Table table) {
        return table(table, null);
    }

    /**
     * A table.
     *
     * @param last makes the HTML of the last cell of a row, unless it is the cell's text
     */
    private static String table(Table table, @Nullable IntFunction<String> last) {
        // The title stands outside of what scrolls, or a narrow window would cut it off.
        var out = new StringBuilder("<p class=\"table-title\">")
                .append(sentence(table.caption()))
                .append("</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
                .append(text(table.caption()))
                .append("\"><table class=\"data\">\n<thead>");
        if (table.blocks().stream().anyMatch(b -> !b.name().isEmpty())) {
            out.append("<tr class=\"blocks\"><td colspan=\"")
                    .append(table.keys().headings().size())
                    .append("\"></td>");
            for (Table.Block block : table.blocks()) {
                out.append("<th class=\"block\" scope=\"colgroup\" colspan=\"")
                        .append(block.headings().size())
                        .append("\">")
                        .append(sentence(block.name()))
                        .append("</th>");
            }
            out.append("</tr>\n");
        }
        out.append("<tr>");
        headings(out, table.keys(), false);
        table.blocks().forEach(block -> headings(out, block, true));
        out.append("</tr></thead>\n<tbody>\n");
        for (int row = 0; row < table.keys().rows().size(); row++) {
            out.append(begins(table.keys(), row) ? "<tr class=\"group\">" : "<tr>");
            cells(out, table.keys(), row, false, null);
            for (Table.Block block : table.blocks()) {
                cells(out, block, row, true, block == table.blocks().getLast() ? last : null);
            }
            out.append("</tr>\n");
        }
        out.append("</tbody></table></div>\n");
        table.notes()
                .forEach(note -> out.append("<p class=\"caption\">")
                        .append(sentence(note))
                        .append("</p>\n"));
        return out.toString();
    }

    /** Whether the first key, a word, changes at a row: rows of one objective stand together. */
    private static boolean begins(Table.Block keys, int row) {
        return row > 0
                && keys.headings().size() > 1
                && keys.words(0)
                && !keys.rows()
                        .get(row)
                        .getFirst()
                        .equals(keys.rows().get(row - 1).getFirst());
    }

    private static void headings(StringBuilder out, Table.Block block, boolean apart) {
        for (int c = 0; c < block.headings().size(); c++) {
            out.append("<th scope=\"col\"")
                    .append(classes(block, c, apart))
                    .append('>')
                    .append(sentence(block.headings().get(c)))
                    .append("</th>");
        }
    }

    private static void cells(
            StringBuilder out, Table.Block block, int row, boolean apart, @Nullable IntFunction<String> last) {
        List<String> cells = block.rows().get(row);
        for (int c = 0; c < cells.size(); c++) {
            out.append("<td")
                    .append(classes(block, c, apart))
                    .append('>')
                    .append(
                            last != null && c == cells.size() - 1
                                    ? last.apply(row)
                                    : cell(cells.get(c), block.words(c)))
                    .append("</td>");
        }
    }

    private static String classes(Table.Block block, int column, boolean apart) {
        String names = (block.words(column) ? "word " : "") + (apart && column == 0 ? "block" : "");
        return names.isBlank() ? "" : " class=\"" + names.strip() + "\"";
    }
}
