package org.espalier.lab.exchange;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.data.DataDetails;
import org.espalier.data.Feature;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.CertificationMethod;
import org.espalier.lab.certification.StoredCertifications;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.file.Json;
import org.espalier.lab.network.SizeFacts;
import org.espalier.lab.robustness.Proportion;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.robustness.StoredEvaluations;
import org.espalier.lab.store.NetworkFile;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketDetails;
import org.espalier.network.Architecture;

/**
 * What is known of a ticket, for its files' metadata and for a model card in Markdown with the fields of Hugging Face. It states what
 * stored evaluations found, and where none is stored it says so.
 *
 * @param ticket the network and its origin
 * @param evaluations all that are stored of its weights
 * @param certificates all that are stored of its weights, with or without an evaluation of the same ball
 * @param details names of classes and features of its data set, where they are known
 * @param stated what the ticket's file says of the ticket that it was made of
 */
public record ModelCard(
        Ticket ticket,
        List<StoredEvaluation> evaluations,
        List<Certification> certificates,
        DataDetails details,
        StatedResults stated) {
    /** What every card begins with. */
    private static final String BEGIN = "---\nlibrary_name: espalier\n";

    private static final String NOT_KNOWN = "not known";

    /** Most classes or features that the card lists. */
    private static final int MOST_LISTED = 200;

    public ModelCard {
        evaluations = List.copyOf(evaluations);
        certificates = List.copyOf(certificates);
    }

    /** The card of a ticket whose file says nothing of another one. */
    public ModelCard(
            Ticket ticket, List<StoredEvaluation> evaluations, List<Certification> certificates, DataDetails details) {
        this(ticket, evaluations, certificates, details, StatedResults.NONE);
    }

    /**
     * The card of a ticket, with all that is stored of its weights, and what its file says of the ticket that it was made of.
     *
     * @throws org.espalier.UserException if an evaluation, a certificate or the data set's description is damaged
     */
    public static ModelCard of(Ticket ticket) {
        return new ModelCard(
                ticket,
                StoredEvaluations.of(ticket),
                certificates(ticket),
                ticket.data().assumed() ? DataDetails.NONE : TicketDetails.of(ticket),
                StatedResults.of(ticket));
    }

    /** The same card with other statements. */
    public ModelCard stating(StatedResults other) {
        return new ModelCard(ticket, evaluations, certificates, details, other);
    }

    /**
     * The name of the file that a card belongs to, as its heading has it.
     *
     * @param content of a file for which {@link #is} holds
     */
    public static Optional<String> fileOf(byte[] content) {
        return new String(content, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("# "))
                .findFirst()
                .map(line -> line.substring(2));
    }

    /** All certificates that are stored of a ticket's weights: by norm, radius, method and number of images. */
    public static List<Certification> certificates(Ticket ticket) {
        return StoredCertifications.of(ticket).stream()
                .filter(each -> each.network().equals(ticket.digest()))
                .sorted(Comparator.comparing(Certification::norm)
                        .thenComparing(Certification::epsilon)
                        .thenComparing(each -> CertificationMethod.names().indexOf(each.method()))
                        .thenComparing(each -> each.images().size()))
                .toList();
    }

    /** Whether a file is a model card that Espalier wrote. */
    public static boolean is(byte[] content) {
        return new String(content, StandardCharsets.UTF_8).startsWith(BEGIN);
    }

    /** The data set's name; a file that names none was trained on data that are not known. */
    private Optional<String> dataSet() {
        return ticket.data().assumed()
                ? Optional.empty()
                : Optional.of(ticket.data().name());
    }

    /** Strings for the metadata of an exported file; names begin with {@code espalier.}. */
    public Map<String, String> metadata() {
        Architecture architecture = ticket.network().mask().architecture();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("espalier.network", architecture.toString());
        metadata.put("espalier.density", number(ticket.density()));
        metadata.put(
                "espalier.weights-remaining",
                Integer.toString(ticket.network().mask().count()));
        metadata.put(NetworkExport.TICKET_DIGEST, ticket.digest());
        dataSet().ifPresent(name -> metadata.put(NetworkFile.DATA_SET, name));
        ticket.data().digest().ifPresent(digest -> metadata.put(NetworkFile.DATA_DIGEST, digest));
        if (!details.classNames().isEmpty()) {
            metadata.put(NetworkFile.CLASSES, Json.write(new ArrayList<Object>(details.classNames())));
        }
        ticket.place().ifPresent(place -> {
            metadata.put("espalier.level-key", place.key());
            metadata.put(StatedResults.LEVEL, place.trial() + ", level " + place.level());
        });
        stated.origin().ifPresent(origin -> metadata.put(StatedResults.LEVEL, origin));
        stated.source().ifPresent(digest -> metadata.put(StatedResults.SOURCE_DIGEST, digest));
        metadata.put("espalier.input", input());
        if (!details.features().isEmpty()) {
            List<Object> features = new ArrayList<>();
            for (Feature feature : details.features()) {
                Map<String, Object> members = new LinkedHashMap<>();
                members.put("name", feature.name());
                members.put("low", feature.low());
                members.put("high", feature.high());
                features.add(members);
            }
            metadata.put("espalier.features", Json.write(features));
        }
        metadata.putAll(StatedResults.metadata(
                StatedResults.EVALUATION,
                evaluations.stream().map(this::sentence).toList(),
                stated.evaluations()));
        metadata.putAll(StatedResults.metadata(
                StatedResults.CERTIFICATE,
                certificates.stream().map(this::sentence).toList(),
                stated.certificates()));
        return metadata;
    }

    private String input() {
        return details.features().isEmpty()
                ? "pixels from 0 to 1, channels first"
                : "features, each as (value - low) / (high - low)";
    }

    private String sentence(StoredEvaluation evaluation) {
        return "suite " + evaluation.suite() + ", " + threat(evaluation.threat()) + ", "
                + evaluation.robust().images() + " "
                + evaluation.split() + " " + Names.noun(evaluation.robust().images(), "image") + ": clean "
                + percent(evaluation.clean()) + ", robust "
                + percent(evaluation.robust())
                + (evaluation.missesImages() ? ", lowest known " + percent(evaluation.lowestKnown()) : "")
                + evaluation
                        .certified()
                        .map(certified -> ", certified " + percent(certified) + covered(evaluation, ", "))
                        .orElse("")
                + ", verdict " + evaluation.verdict();
    }

    private String sentence(Certification certificate) {
        return "method " + method(certificate) + ", " + threat(certificate.threat()) + ", " + images(certificate)
                + " " + Names.noun(certificate.images().size(), "image") + ": clean "
                + percent(share(certificate, certificate.clean())) + ", certified "
                + percent(share(certificate, certificate.certified())) + ", not broken "
                + percent(share(certificate, certificate.unbroken()));
    }

    /** The method, with the limits of exact verification. */
    private static String method(Certification certificate) {
        Certification.Limits limits = certificate.limits();
        return certificate.method()
                + (limits.nodes().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                " (at most %,d subproblems)",
                                limits.nodes().getAsInt())
                        : "");
    }

    /** How many images of which split, and of which data where they are not the ticket's own. */
    private String images(Certification certificate) {
        return certificate.images().size() + " " + certificate.split()
                + ticket.data()
                        .digest()
                        .filter(digest -> !digest.equals(certificate.data()))
                        .map(_ -> " of other data (SHA-256 " + certificate.data() + ")")
                        .orElse("");
    }

    /**
     * How many of an evaluation's images certificates cover, where these are not all; images without one do not count as certified.
     *
     * @param before what stands before it, if it is needed
     */
    private static String covered(StoredEvaluation evaluation, String before) {
        int images = evaluation.robust().images();
        return evaluation.covered() < images
                ? String.format(
                        Locale.ROOT,
                        "%scertificates cover %,d of the %,d %s images",
                        before,
                        evaluation.covered(),
                        images,
                        evaluation.split())
                : "";
    }

    private static Proportion share(Certification certificate, double share) {
        int images = certificate.images().size();
        return new Proportion(Math.toIntExact(Math.round(share * images)), images);
    }

    private static String threat(ThreatModel threat) {
        return norm(threat.norm()) + " ball of radius " + ThreatModel.radius(threat.epsilon());
    }

    private static String norm(Norm norm) {
        return switch (norm) {
            case LINF -> "L-infinity";
            case L2 -> "L2";
            case L1 -> "L1";
        };
    }

    private static String percent(Proportion proportion) {
        return String.format(
                Locale.ROOT,
                "%.1f %% (95 %% interval %.1f to %.1f)",
                100 * proportion.accuracy(),
                100 * proportion.low(),
                100 * proportion.high());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6g", value);
    }

    /**
     * The card in Markdown.
     *
     * @param file name of the exported file that it belongs to
     * @param zeros whether that file holds a zero for each pruned weight, and not the surviving weights alone
     */
    public String markdown(String file, boolean zeros) {
        return markdown(file, zeros, Optional.empty());
    }

    /**
     * The same with the exported file's digest.
     *
     * @param digest SHA-256 of the exported file, if it is known
     */
    public String markdown(String file, boolean zeros, Optional<String> digest) {
        Architecture architecture = ticket.network().mask().architecture();
        StringBuilder card = new StringBuilder();
        card.append(BEGIN).append("pipeline_tag: ").append(task()).append('\n');
        card.append("tags:\n")
                .append(ticket.density() < 1 ? "  - sparse\n" : "")
                .append("  - adversarial-robustness\n")
                .append(ticket.density() < 1 ? "  - lottery-ticket\n" : "");
        dataSet().ifPresent(name -> card.append("datasets:\n  - ").append(name).append('\n'));
        if (!evaluations.isEmpty() || !certificates.isEmpty()) {
            yamlResults(card, file);
        }
        card.append("---\n\n# ").append(file).append("\n\n");
        card.append(ticket.density() < 1 ? "A sparse " : "A dense ")
                .append(details.features().isEmpty() ? "image classifier" : "classifier of table rows")
                .append(", exported by Espalier.\n\n| | |\n|---|---|\n");
        row(card, "network", architecture.toString());
        SizeFacts.of(ticket.network().mask()).forEach(fact -> row(card, fact.getFirst(), fact.getLast()));
        row(
                card,
                "input",
                architecture.graph().input()
                        + (details.features().isEmpty()
                                ? " pixel values from 0 to 1, channels first"
                                : " features, each as (value - low) / (high - low) of the table below"));
        row(card, "output", architecture.classes() + " logits");
        row(card, "data set", dataSet().orElse(NOT_KNOWN));
        if (!details.classNames().isEmpty()) {
            row(card, "classes", listed(details.classNames()));
        }
        ticket.data().digest().ifPresent(data -> row(card, "SHA-256 of the data", "`" + data + "`"));
        ticket.place().ifPresent(place -> row(card, "origin", place.trial() + ", level " + place.level()));
        stated.origin().ifPresent(origin -> row(card, "origin", escaped(origin)));
        digest.ifPresent(own -> row(card, "SHA-256 of this file", "`" + own + "`"));
        row(card, "SHA-256 of the ticket", "`" + ticket.digest() + "`");
        stated.source()
                .filter(source -> !source.equals(ticket.digest()))
                .ifPresent(source -> row(card, "SHA-256 of the ticket that it was made of", "`" + source + "`"));
        features(card);
        card.append("\n## Measured\n\n");
        if (evaluations.isEmpty() && certificates.isEmpty() && !stated.isEmpty()) {
            stated(card);
        } else if (evaluations.isEmpty()) {
            card.append(
                    certificates.isEmpty()
                            ? "No evaluation of these weights is stored. Their accuracy, natural and under attack, is not known.\n"
                            : "No evaluation of these weights by a suite of attacks is stored.\n");
        } else {
            table(card);
        }
        if (!certificates.isEmpty()) {
            certified(card);
        }
        if (!stated.isEmpty() && !(evaluations.isEmpty() && certificates.isEmpty())) {
            card.append('\n');
            stated(card);
        }
        limits(card, zeros);
        return card.toString();
    }

    /** Figures that came with the file, with the digest of what they were measured on. */
    private void stated(StringBuilder card) {
        card.append("The ticket's file says that these figures were measured on the ticket that it was made of");
        stated.source()
                .ifPresent(source -> card.append(" (SHA-256 `").append(source).append("`)"));
        card.append(". The weights of both were not compared.\n\n");
        stated.evaluations()
                .forEach(sentence -> card.append("- ").append(escaped(sentence)).append('\n'));
        stated.certificates()
                .forEach(sentence -> card.append("- ").append(escaped(sentence)).append('\n'));
    }

    private String task() {
        return details.features().isEmpty() ? "image-classification" : "tabular-classification";
    }

    private static String listed(List<String> names) {
        String text = String.join(
                ", ",
                names.stream()
                        .limit(MOST_LISTED)
                        .map(DataDetails::listed)
                        .map(ModelCard::escaped)
                        .toList());
        return names.size() > MOST_LISTED ? text + " and " + (names.size() - MOST_LISTED) + " more" : text;
    }

    /** Names come from the user's files: none may end a cell or begin a tag. */
    private static String escaped(String name) {
        return name.replaceAll("([\\\\|`*_<>\\[\\]&])", "\\\\$1");
    }

    private void features(StringBuilder card) {
        if (details.features().isEmpty()) {
            return;
        }
        card.append("\n## Features\n\n| feature | low | high |\n|---|---|---|\n");
        details.features().stream()
                .limit(MOST_LISTED)
                .forEach(feature -> card.append("| ")
                        .append(escaped(feature.name()))
                        .append(" | ")
                        .append(feature.low())
                        .append(" | ")
                        .append(feature.high())
                        .append(" |\n"));
        if (details.features().size() > MOST_LISTED) {
            card.append("\nThe file's metadata have all ")
                    .append(details.features().size())
                    .append(" features.\n");
        }
    }

    private static void row(StringBuilder card, String name, String value) {
        card.append("| ").append(name).append(" | ").append(value).append(" |\n");
    }

    private void yamlResults(StringBuilder card, String file) {
        card.append("model-index:\n  - name: ").append(scalar(file)).append("\n    results:\n");
        for (StoredEvaluation evaluation : evaluations) {
            yamlResult(card, evaluation.split());
            metric(card, "accuracy", evaluation.clean());
            String attacked = "robust accuracy, suite " + evaluation.suite() + ", " + threat(evaluation.threat());
            metric(card, attacked, evaluation.robust());
            if (evaluation.missesImages()) {
                metric(card, attacked + ", and all other attacks known", evaluation.lowestKnown());
            }
        }
        for (Certification certificate : certificates) {
            yamlResult(card, certificate.split());
            metric(
                    card,
                    "certified accuracy, method " + method(certificate) + ", " + threat(certificate.threat()) + ", "
                            + images(certificate) + " "
                            + Names.noun(certificate.images().size(), "image"),
                    share(certificate, certificate.certified()));
        }
    }

    private void yamlResult(StringBuilder card, String split) {
        card.append("      - task:\n          type: ")
                .append(task())
                .append("\n        dataset:\n          name: ")
                .append(dataSet().orElse(NOT_KNOWN))
                .append("\n          type: ")
                .append(dataSet().orElse("unknown"))
                .append("\n          split: ")
                .append(split)
                .append("\n        metrics:\n");
    }

    /** A text as YAML takes it: a name with other characters in quotation marks, which JSON and YAML share. */
    private static String scalar(String text) {
        return text.matches("[A-Za-z][A-Za-z0-9._-]*") ? text : Json.write(text);
    }

    private static void metric(StringBuilder card, String name, Proportion proportion) {
        card.append("          - type: accuracy\n            name: ")
                .append(name)
                .append("\n            value: ")
                .append(number(proportion.accuracy()))
                .append('\n');
    }

    private void table(StringBuilder card) {
        card.append("| ball | suite | images | clean | robust | lowest known | certified | verdict of the rules |\n"
                + "|---|---|---|---|---|---|---|---|\n");
        for (StoredEvaluation evaluation : evaluations) {
            card.append("| ")
                    .append(threat(evaluation.threat()))
                    .append(" | ")
                    .append(evaluation.suite())
                    .append(" | ")
                    .append(evaluation.robust().images())
                    .append(' ')
                    .append(evaluation.split())
                    .append(" | ")
                    .append(percent(evaluation.clean()))
                    .append(" | ")
                    .append(percent(evaluation.robust()))
                    .append(" | ")
                    .append(percent(evaluation.lowestKnown()))
                    .append(" | ")
                    .append(evaluation
                            .certified()
                            .map(certified -> percent(certified) + covered(evaluation, "; "))
                            .orElse("not certified"))
                    .append(" | ")
                    .append(evaluation.verdict())
                    .append(" |\n");
        }
    }

    private void certified(StringBuilder card) {
        card.append("\n### Certified\n\nFor a certified image, no attack in the ball can change the class.\n\n"
                + "| ball | method | images | clean | certified: at least | not broken: at most |\n"
                + "|---|---|---|---|---|---|\n");
        for (Certification certificate : certificates) {
            card.append("| ")
                    .append(threat(certificate.threat()))
                    .append(" | ")
                    .append(method(certificate))
                    .append(" | ")
                    .append(images(certificate))
                    .append(" | ")
                    .append(percent(share(certificate, certificate.clean())))
                    .append(" | ")
                    .append(percent(share(certificate, certificate.certified())))
                    .append(" | ")
                    .append(percent(share(certificate, certificate.unbroken())))
                    .append(" |\n");
        }
    }

    private void limits(StringBuilder card, boolean zeros) {
        List<String> limits = new ArrayList<>();
        limits.add(
                "Robust accuracy is what the suite leaves, and the lowest known what all attacks known in the ball leave."
                        + " Both are upper bounds: another attack may break more images.");
        limits.add(
                "It holds for the named ball only. Other changes of an image, as rotations or blur, are not covered.");
        limits.add("Intervals cover the sampling of test images, not another training run or other data.");
        limits.add("Certified accuracy is a lower bound for the named ball, on these images.");
        if (ticket.density() < 1) {
            limits.add(
                    zeros
                            ? "The exported weights hold zeros where pruned; a runtime for dense networks is not faster for them."
                            : "The file stores the surviving weights alone. It is smaller; a runtime for dense networks fills in"
                                    + " zeros and is not faster.");
        }
        card.append("\n## Limits\n\n");
        limits.forEach(limit -> card.append("- ").append(limit).append('\n'));
    }
}
