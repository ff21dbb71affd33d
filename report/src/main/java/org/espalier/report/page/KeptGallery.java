package org.espalier.report.page;

import java.util.List;
import java.util.Map;
import org.espalier.attack.Norm;
import org.espalier.lab.counterexample.KeptExamples;
import org.espalier.report.example.ContactSheets;
import org.espalier.report.example.Pictures;

/** Kept adversarial examples as HTML: for each attack a table of originals, differences and results with the predictions. */
public final class KeptGallery {
    /** Examples of an attack that are shown. */
    private static final int EXAMPLES = 10;

    private final KeptExamples kept;
    private final List<String> names;

    private KeptGallery(KeptExamples kept, List<String> names) {
        this.kept = kept;
        this.names = names;
    }

    /**
     * The galleries of all attacks.
     *
     * @param names of the classes; classes without one are numbers
     * @param file where all examples are
     */
    public static String of(KeptExamples kept, List<String> names, String file) {
        var gallery = new KeptGallery(kept, names);
        var out = new StringBuilder("<div class=\"gallery\"><div class=\"scroll\">\n");
        for (Map.Entry<String, List<KeptExamples.Row>> attack : kept.byAttack().entrySet()) {
            gallery.table(attack.getKey(), attack.getValue(), out);
        }
        return out.append("</div></div>\n<p class=\"caption\">")
                .append(Html.text((kept.rows().isEmpty()
                                ? "No attack found an example. "
                                : "The first " + EXAMPLES + " images that each attack broke, in the ball "
                                        + kept.threat()
                                        + ". Differences: gray is no change, white and black are "
                                        + (kept.threat().norm() == Norm.LINF
                                                ? "plus and minus epsilon. "
                                                : "the largest change of the image. "))
                        + "All " + kept.rows().size() + " examples, of " + kept.images() + " images: " + file))
                .append("</p>\n")
                .toString();
    }

    private void table(String attack, List<KeptExamples.Row> all, StringBuilder out) {
        List<KeptExamples.Row> rows = all.subList(0, Math.min(EXAMPLES, all.size()));
        float full = kept.threat().norm() == Norm.LINF ? kept.threat().epsilon() : 0;
        out.append("<table>\n<tr><th scope=\"row\">")
                .append(Html.text(attack))
                .append("<br>")
                .append(all.size())
                .append(all.size() == 1 ? " example" : " examples")
                .append("</th>");
        for (KeptExamples.Row row : rows) {
            out.append("<td>")
                    .append(image(row.original(), "image " + row.image()))
                    .append("image ")
                    .append(row.image())
                    .append("<br>")
                    .append(Html.text(name(row.label())))
                    .append("</td>");
        }
        out.append("</tr>\n<tr><th scope=\"row\">difference</th>");
        for (KeptExamples.Row row : rows) {
            out.append("<td>")
                    .append(image(
                            ContactSheets.difference(row, full),
                            "difference of image " + row.image() + " by " + attack))
                    .append("</td>");
        }
        out.append("</tr>\n<tr><th scope=\"row\">result</th>");
        for (KeptExamples.Row row : rows) {
            boolean tied = row.attacked() == row.label();
            out.append("<td>")
                    .append(image(row.adversarial(), "image " + row.image() + " changed by " + attack))
                    .append("<span class=\"wrong\">&#10007; ")
                    .append(Html.text(tied ? "tied" : name(row.attacked())))
                    .append("</span></td>");
        }
        out.append("</tr>\n</table>\n");
    }

    private String name(int label) {
        return label < names.size() ? names.get(label) : Integer.toString(label);
    }

    private String image(float[] values, String description) {
        int rows = kept.shape().height();
        int columns = kept.shape().width();
        return Gallery.image(Pictures.of(values, kept.shape().channels(), rows, columns), description);
    }
}
