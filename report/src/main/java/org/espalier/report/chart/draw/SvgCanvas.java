package org.espalier.report.chart.draw;

import java.util.Locale;

/** Draws into an SVG document. */
final class SvgCanvas implements Canvas {
    private final StringBuilder out = new StringBuilder();
    private final double width;
    private final double height;
    private int clips;

    SvgCanvas(double width, double height) {
        this.width = width;
        this.height = height;
    }

    /** The whole document. */
    String document(String title) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + n(width) + "\" height=\"" + n(height)
                + "\" viewBox=\"0 0 " + n(width) + " " + n(height)
                + "\" font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\">\n<title>" + text(title)
                + "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n" + out + "</svg>\n";
    }

    @Override
    public void line(double[] x, double[] y, String color, double width, String dash) {
        out.append("<path d=\"");
        path(x, y);
        out.append("\" fill=\"none\" stroke=\"")
                .append(color)
                .append("\" stroke-width=\"")
                .append(n(width))
                .append('"');
        if (!dash.isEmpty()) {
            out.append(" stroke-dasharray=\"").append(dash).append('"');
        }
        out.append("/>\n");
    }

    @Override
    public void fill(double[] x, double[] y, String color, double opacity) {
        out.append("<path d=\"");
        path(x, y);
        out.append("z\" fill=\"").append(color).append('"');
        if (opacity < 1) {
            out.append(" fill-opacity=\"").append(n(opacity)).append('"');
        }
        out.append("/>\n");
    }

    @Override
    public void text(
            double x, double y, String text, double size, boolean bold, Anchor anchor, boolean upwards, String color) {
        out.append("<text x=\"").append(n(x)).append("\" y=\"").append(n(y)).append("\" font-size=\"");
        out.append(n(size)).append('"');
        if (bold) {
            out.append(" font-weight=\"bold\"");
        }
        if (anchor != Anchor.START) {
            out.append(" text-anchor=\"")
                    .append(anchor.name().toLowerCase(Locale.ROOT))
                    .append('"');
        }
        if (upwards) {
            out.append(" transform=\"rotate(-90 ")
                    .append(n(x))
                    .append(' ')
                    .append(n(y))
                    .append(")\"");
        }
        out.append(" fill=\"").append(color).append("\">").append(text(text)).append("</text>\n");
    }

    @Override
    public void clip(double x, double y, double width, double height) {
        clips++;
        out.append("<clipPath id=\"c")
                .append(clips)
                .append("\"><rect x=\"")
                .append(n(x))
                .append("\" y=\"")
                .append(n(y))
                .append("\" width=\"")
                .append(n(width))
                .append("\" height=\"")
                .append(n(height))
                .append("\"/></clipPath>\n<g clip-path=\"url(#c")
                .append(clips)
                .append(")\">\n");
    }

    @Override
    public void unclip() {
        out.append("</g>\n");
    }

    private void path(double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            out.append(i == 0 ? 'M' : 'L').append(n(x[i])).append(' ').append(n(y[i]));
        }
    }

    /**
     * Two decimals: a hundredth of a point.
     *
     * @throws IllegalArgumentException for a number that is not finite; figures hold none
     */
    static String n(double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("a figure cannot be drawn at " + number);
        }
        double rounded = Math.rint(number * 100) / 100;
        String text = Double.toString(rounded);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String text(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
