package org.espalier.report.chart.draw;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * Draws into a PDF document of one page as large as the figure, for LaTeX's includegraphics. Only what figures need of
 * PDF 1.4: paths, transparency, and the Helvetica that every reader has. Characters outside of Latin-1 become question
 * marks.
 */
final class PdfCanvas implements Canvas {
    /** Widths of Helvetica's characters from the blank to the tilde, in thousandths of its size (Adobe's metrics). */
    private static final int[] WIDTHS = {
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
                556,
        556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556,
                833,
        722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500,
                556,
        556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500,
                334,
        260, 334, 584
    };

    private final StringBuilder content = new StringBuilder();
    private final double width;
    private final double height;

    /** Opacities used, in thousandths, and the names of their graphics states. */
    private final TreeMap<Integer, String> opacities = new TreeMap<>();

    PdfCanvas(double width, double height) {
        this.width = width;
        this.height = height;
    }

    /** Length of a text in points. */
    static double width(String text, double size, boolean bold) {
        double sum = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            sum += c >= ' ' && c <= '~' ? WIDTHS[c - ' '] : 556;
        }
        return sum * size / 1000 * (bold ? 1.06 : 1);
    }

    /** The whole document. */
    byte[] document(String title) {
        List<String> objects = new ArrayList<>();
        objects.add("<< /Type /Catalog /Pages 2 0 R >>");
        objects.add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
        var states = new StringBuilder();
        opacities.forEach((thousandths, name) -> states.append('/')
                .append(name)
                .append(" << /ca ")
                .append(SvgCanvas.n(thousandths / 1000.0))
                .append(" >> "));
        objects.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 " + SvgCanvas.n(width) + " " + SvgCanvas.n(height)
                + "] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> /ExtGState << " + states
                + ">> >> >>");
        String stream = content.toString();
        objects.add("<< /Length " + stream.length() + " >>\nstream\n" + stream + "endstream");
        objects.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
        objects.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>");
        objects.add("<< /Title (" + escape(title) + ") /Producer (Espalier) >>");
        var out = new StringBuilder("%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n");
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < objects.size(); i++) {
            places.add(out.length());
            out.append(i + 1).append(" 0 obj\n").append(objects.get(i)).append("\nendobj\n");
        }
        int table = out.length();
        out.append("xref\n0 ").append(objects.size() + 1).append("\n0000000000 65535 f \n");
        places.forEach(place -> out.append(String.format(Locale.ROOT, "%010d 00000 n \n", place)));
        out.append("trailer\n<< /Size ")
                .append(objects.size() + 1)
                .append(" /Root 1 0 R /Info 7 0 R >>\nstartxref\n")
                .append(table)
                .append("\n%%EOF\n");
        // One byte a character, so that places count bytes.
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void line(double[] x, double[] y, String color, double width, String dash) {
        color(color, "RG");
        content.append(SvgCanvas.n(width)).append(" w [").append(dash).append("] 0 d 1 j\n");
        path(x, y);
        content.append("S\n");
    }

    @Override
    public void fill(double[] x, double[] y, String color, double opacity) {
        if (opacity < 1) {
            int thousandths = (int) Math.rint(opacity * 1000);
            content.append("q /")
                    .append(opacities.computeIfAbsent(thousandths, t -> "G" + t))
                    .append(" gs\n");
        }
        color(color, "rg");
        path(x, y);
        content.append("h f\n");
        if (opacity < 1) {
            content.append("Q\n");
        }
    }

    @Override
    public void text(
            double x, double y, String text, double size, boolean bold, Anchor anchor, boolean upwards, String color) {
        double back = anchor == Anchor.START ? 0 : width(text, size, bold) * (anchor == Anchor.END ? 1 : 0.5);
        color(color, "rg");
        content.append("BT /")
                .append(bold ? "F2 " : "F1 ")
                .append(SvgCanvas.n(size))
                .append(" Tf ");
        if (upwards) {
            content.append("0 1 -1 0 ").append(SvgCanvas.n(x)).append(' ').append(SvgCanvas.n(height - y - back));
        } else {
            content.append("1 0 0 1 ").append(SvgCanvas.n(x - back)).append(' ').append(SvgCanvas.n(height - y));
        }
        content.append(" Tm (").append(escape(text)).append(") Tj ET\n");
    }

    @Override
    public void clip(double x, double y, double width, double height) {
        content.append("q ")
                .append(SvgCanvas.n(x))
                .append(' ')
                .append(SvgCanvas.n(this.height - y - height))
                .append(' ')
                .append(SvgCanvas.n(width))
                .append(' ')
                .append(SvgCanvas.n(height))
                .append(" re W n\n");
    }

    @Override
    public void unclip() {
        content.append("Q\n");
    }

    private void path(double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            content.append(SvgCanvas.n(x[i]))
                    .append(' ')
                    .append(SvgCanvas.n(height - y[i]))
                    .append(i == 0 ? " m\n" : " l\n");
        }
    }

    private void color(String color, String operator) {
        for (int at = 1; at < 7; at += 2) {
            content.append(SvgCanvas.n(Integer.parseInt(color, at, at + 2, 16) / 255.0))
                    .append(' ');
        }
        content.append(operator).append('\n');
    }

    private static String escape(String text) {
        var escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '(' || c == ')' || c == '\\') {
                escaped.append('\\');
            }
            escaped.append(c >= ' ' && c <= '~' || c >= 0xa0 && c <= 0xff ? c : '?');
        }
        return escaped.toString();
    }
}
