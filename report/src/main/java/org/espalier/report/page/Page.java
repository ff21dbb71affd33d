package org.espalier.report.page;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;

/**
 * A page under construction: sections of text, tables and figures, in order. Everything it needs is in it: a policy in
 * its head forbids the browser to fetch anything.
 */
public final class Page {
    private static final String POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval';"
            + " style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'";

    private record Link(String id, String title) {}

    private final String title;
    private final String subtitle;
    private final PageData data = new PageData();
    private final List<String> problems = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();
    private final List<Link> contents = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();

    /**
     * An empty page.
     *
     * @param title its heading and the window's title
     * @param subtitle a sentence below it
     */
    public Page(String title, String subtitle) {
        this.title = title;
        this.subtitle = subtitle;
    }

    /** Begins a section, named in the page's contents. */
    public Page section(String id, String heading, String name) {
        contents.add(new Link(id, name));
        body.append("<h2 id=\"")
                .append(Html.text(id))
                .append("\">")
                .append(Html.text(heading))
                .append("</h2>\n");
        return this;
    }

    /** Adds HTML as it is; see {@link Html} for making it. */
    public Page html(String html) {
        body.append(html).append('\n');
        return this;
    }

    /** Adds a warning of files that could not be read; a sentence each. */
    public Page problems(String heading, List<String> sentences) {
        problems.addAll(sentences);
        return html("<div class=\"warning\">" + Html.text(heading) + Html.list(sentences) + "</div>");
    }

    /** What was warned of, a sentence each. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Adds a paragraph of text. */
    public Page paragraph(String text) {
        return html("<p>" + Html.sentence(text) + "</p>");
    }

    /** Adds figures; those without a point are said to be missing. */
    public Page figures(FigureGroup group) {
        List<FigureGroup.Variant> drawn =
                group.variants().stream().filter(v -> !v.figure().isEmpty()).toList();
        if (drawn.isEmpty()) {
            body.append("<figure><div class=\"figure-head\"><h3>")
                    .append(Html.text(group.title()))
                    .append("</h3></div><div class=\"nothing\">Nothing to show yet: not measured.</div></figure>\n");
            return this;
        }
        int number = data.add(new FigureGroup(group.title(), drawn));
        drawn.forEach(v -> figures.add(v.figure()));
        body.append("<figure data-group=\"")
                .append(number)
                .append("\"><div class=\"figure-head\"><h3>")
                .append(Html.text(group.title()))
                .append("</h3><div class=\"figure-tools\"></div></div><div class=\"legend\"></div>")
                .append("<div class=\"panels\"></div><figcaption class=\"caption\"></figcaption></figure>\n");
        return this;
    }

    /** All figures added, each variant for itself. */
    public List<Figure> figures() {
        return List.copyOf(figures);
    }

    /** The whole page. */
    public String html() {
        var out = new StringBuilder(2_000_000);
        out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"")
                .append(POLICY)
                .append("\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
                .append("<link rel=\"icon\" href=\"data:,\">\n<title>")
                .append(Html.text(title))
                .append("</title>\n<style>\n")
                .append(Resources.text(Resources.STYLE))
                .append("</style>\n</head>\n<body>\n<div class=\"page\">\n<header class=\"top\"><h1>")
                .append(Html.text(title))
                .append("</h1>\n<p class=\"muted\">")
                .append(Html.text(subtitle))
                .append("</p></header>\n<nav class=\"contents\" aria-label=\"contents\">");
        for (Link link : contents) {
            out.append("<a href=\"#")
                    .append(Html.text(link.id()))
                    .append("\">")
                    .append(Html.text(link.title()))
                    .append("</a>");
        }
        out.append(
                        "<button type=\"button\" class=\"theme\" title=\"Change between light and dark\">Dark</button></nav>\n")
                .append(
                        "<main>\n<noscript><p class=\"warning\">Figures need JavaScript; tables and text do not.</p></noscript>\n")
                .append(body)
                .append("</main>\n</div>\n<script type=\"application/json\" id=\"data\">")
                .append(Html.json(data.json()))
                .append("</script>\n");
        // The library comes last: buttons and legends are there before it is, and drawing begins when all is.
        for (String script :
                List.of(Resources.FIGURES, Resources.CHARTS, Resources.REPORT, Resources.VEGA, Resources.VEGA_LITE)) {
            out.append(Resources.script(script));
        }
        return out.append("</body>\n</html>\n").toString();
    }

    /** The whole page in UTF-8. */
    public byte[] bytes() {
        return html().getBytes(StandardCharsets.UTF_8);
    }
}
