package org.espalier.report.page;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.espalier.UserException;
import org.espalier.lab.store.Store;
import org.espalier.report.example.ExampleSource;
import org.espalier.report.example.Examples;
import org.espalier.report.example.Pictures;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;

/** Example images as HTML: the originals, what an attack adds to them, and what networks predict of both. */
final class Gallery {
    private final ExampleSource source;

    Gallery(ExampleSource source) {
        this.source = source;
    }

    /** One cell's examples, or a sentence why there are none. */
    String of(Store store, Cell cell) {
        try {
            return table(source.of(store, cell));
        } catch (UserException e) {
            return "<div class=\"nothing\">" + Html.text(e.getMessage()) + "</div>\n";
        }
    }

    private static String table(Examples examples) {
        List<Examples.Original> originals = examples.originals();
        var out = new StringBuilder("<div class=\"gallery\"><div class=\"scroll\"><table>\n");
        out.append("<tr><th scope=\"row\">test image</th>");
        for (int i = 0; i < originals.size(); i++) {
            out.append("<td>")
                    .append(image(originals.get(i).pixels(), examples, "test image " + i))
                    .append(Html.text(originals.get(i).label()))
                    .append("</td>");
        }
        out.append("</tr>\n");
        for (Examples.Network network : examples.networks()) {
            String density = Numbers.density(network.density());
            out.append("<tr><th scope=\"row\">")
                    .append(Html.sentence(density + " of weights"))
                    .append("<br>perturbation</th>");
            for (int i = 0; i < originals.size(); i++) {
                float[] clean = originals.get(i).pixels();
                float[] attacked = network.images().get(i).pixels();
                float[] change = new float[clean.length];
                for (int f = 0; f < change.length; f++) {
                    change[f] = 0.5f + (attacked[f] - clean[f]) / (2 * examples.epsilon());
                }
                out.append("<td>")
                        .append(image(change, examples, "perturbation of image " + i + " at " + density))
                        .append("</td>");
            }
            out.append("</tr>\n<tr><th scope=\"row\">attacked</th>");
            for (int i = 0; i < originals.size(); i++) {
                Examples.Attacked attacked = network.images().get(i);
                out.append("<td>")
                        .append(image(attacked.pixels(), examples, "attacked image " + i + " at " + density))
                        .append(prediction(attacked.before()))
                        .append("&nbsp;<span aria-label=\"then\">&rarr;</span><br>")
                        .append(prediction(attacked.after()))
                        .append("</td>");
            }
            out.append("</tr>\n");
        }
        return out.append("</table></div></div>\n<p class=\"caption\">")
                .append(Html.text("The first " + originals.size() + " test images; networks of " + examples.trial()
                        + " after their last update, attacked with " + examples.attack() + " (epsilon "
                        + Float.toString(examples.epsilon())
                        + "). Perturbations: gray is no change, white and black are plus and minus epsilon"
                        + (examples.channels() == 3 ? " in all channels" : "") + ". Below: what the"
                        + " network says of the clean image, then of the attacked one, with its probability."))
                .append("</p>\n")
                .toString();
    }

    private static String prediction(Examples.Prediction prediction) {
        return "<span class=\"" + (prediction.right() ? "right" : "wrong") + "\">"
                + (prediction.right() ? "&#10003; " : "&#10007; ") + Html.text(prediction.label()) + "</span>"
                // Columns of words would be too wide with numbers beside them.
                + (prediction.label().length() > 2 ? "<br>" : " ")
                + Math.round(100 * prediction.probability()) + "&nbsp;%";
    }

    private static String image(float[] values, Examples examples, String description) {
        return image(Pictures.of(values, examples.channels(), examples.rows(), examples.columns()), description);
    }

    /** A picture in the page. */
    static String image(BufferedImage image, String description) {
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.setUseCache(false);
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("a picture in memory cannot fail to be written", e);
        }
        return "<img alt=\"" + Html.text(description) + "\" width=\"" + image.getWidth() + "\" height=\""
                + image.getHeight() + "\" src=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(bytes.toByteArray()) + "\">";
    }
}
