package org.espalier.lab.certification;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Norm;
import org.espalier.attack.Pgd;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.radius.ProjectedGradient;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.evaluate.certify.ExactSettings;
import org.espalier.lab.jobs.PartedWork;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.tickets.PartRecipe;
import org.espalier.lab.tickets.Ticket;

/**
 * One ticket to be certified at one radius: all that the result depends on.
 *
 * @param split where the images come from
 * @param images how many of its first images
 * @param norm of the ball; exact verification is for L-infinity alone
 * @param epsilon radius of the ball, above 0, in L-infinity at most 1
 * @param nodes for exact verification: subproblems per image at most
 * @param secondsPerImage for exact verification: a further limit, which makes results depend on the machine
 */
public record CertificationRequest(
        Ticket ticket,
        DataSet set,
        Split split,
        int images,
        Norm norm,
        float epsilon,
        CertificationMethod method,
        int nodes,
        Optional<Double> secondsPerImage) {
    /** Raised when a change of code changes results. */
    static final int NUMERICS = 2;

    /** Default nodes per image: some seconds for a dense network of the paper's shape. */
    public static final int USUAL_NODES = 2_000;

    private static final int ATTACK_STEPS = 40;
    private static final int ATTACK_RESTARTS = 5;

    /**
     * Checks the numbers.
     *
     * @throws UserException if one is out of range
     */
    public CertificationRequest {
        if (!(epsilon > 0) || Float.isInfinite(epsilon) || norm == Norm.LINF && epsilon > 1) {
            throw new UserException("epsilon is " + epsilon + ", expected a number above 0"
                    + (norm == Norm.LINF ? " and at most 1" : ""));
        }
        if (method.exact() && norm != Norm.LINF) {
            throw new UserException("method exact is for the norm linf, the norm is " + norm
                    + "; bounds such as crown know linf, l2 and l1");
        }
        if (images < 1 || images > split.size()) {
            throw new UserException("images is " + images + ", expected 1 to " + split.size() + ", the images of the "
                    + split.name() + " split of " + set.name());
        }
        if (nodes < 1) {
            throw new UserException("nodes is " + nodes + ", expected a number from 1");
        }
        secondsPerImage.filter(seconds -> !(seconds > 0)).ifPresent(seconds -> {
            throw new UserException("the time limit is " + seconds + " seconds, expected more than 0");
        });
    }

    /** A request in L-infinity. */
    public CertificationRequest(
            Ticket ticket,
            DataSet set,
            Split split,
            int images,
            float epsilon,
            CertificationMethod method,
            int nodes,
            Optional<Double> secondsPerImage) {
        this(ticket, set, split, images, Norm.LINF, epsilon, method, nodes, secondsPerImage);
    }

    /**
     * All of a request but its ticket and data, for other machines.
     *
     * @param split test or validation
     * @param images how many of its first images
     * @param norm of the ball
     * @param epsilon radius of the ball
     * @param method name of the method
     * @param nodes subproblems per image at most
     * @param seconds limit per image; infinite without one
     */
    public record Recipe(String split, int images, Norm norm, float epsilon, String method, int nodes, double seconds)
            implements PartRecipe {
        @Override
        public PartedWork work(Ticket ticket, DataSet set, Split part, Path root) {
            CertificationRequest request = new CertificationRequest(
                    ticket,
                    set,
                    part,
                    images,
                    norm,
                    epsilon,
                    CertificationMethod.of(method),
                    nodes,
                    Optional.of(seconds).filter(Double::isFinite));
            return CertificationRunner.parted(request, root);
        }
    }

    /** This request for other machines. */
    public Recipe recipe() {
        return new Recipe(
                split.name(),
                images,
                norm,
                epsilon,
                method.toString(),
                nodes,
                secondsPerImage.orElse(Double.POSITIVE_INFINITY));
    }

    /** How the norm is written on command lines and in files: {@code linf}. */
    String normName() {
        return norm.name().toLowerCase(Locale.ROOT);
    }

    ThreatModel threat() {
        return new ThreatModel(norm, epsilon);
    }

    ExactSettings exactSettings() {
        return ExactSettings.nodes(nodes);
    }

    /** The attack for the upper bound of accuracy in L-infinity. */
    Pgd attack() {
        return new Pgd(epsilon, epsilon / 10, ATTACK_STEPS, true, ATTACK_RESTARTS, KeptIterate.BEST, LabelChoice.TRUE);
    }

    /** The same attack in L2 and L1, with steps along the gradient there. */
    StrongAttack strongAttack() {
        return ProjectedGradient.pgd(ATTACK_STEPS, ATTACK_RESTARTS);
    }

    /** The attack in words. */
    public String attackInWords() {
        return "PGD of " + ATTACK_STEPS + " steps of epsilon/" + (norm == Norm.LINF ? 10 : 16) + ", " + ATTACK_RESTARTS
                + " random starts, best kept";
    }

    /** All that determines the result, as it is written into the certificate. */
    Map<String, Object> determinedBy() {
        Map<String, Object> by = new LinkedHashMap<>();
        by.put("numerics", NUMERICS);
        by.put("network", ticket.digest());
        by.put("data", set.digest());
        by.put("split", split.name());
        by.put("images", images);
        by.put("norm", normName());
        by.put("epsilon", epsilon);
        by.put("method", method.toString());
        by.put("attack", Map.of("kind", "pgd", "steps", ATTACK_STEPS, "restarts", ATTACK_RESTARTS));
        if (method.exact()) {
            by.put("nodes", nodes);
            secondsPerImage.ifPresent(seconds -> by.put("seconds", seconds));
        }
        return by;
    }

    /** Name of the certificate's directory: readable, and ended by a digest of all that determines it. */
    public String id() {
        String radius = Float.toString(epsilon);
        return method + "-" + normName() + "-" + radius + "-" + split.name() + "-" + images + "-"
                + StoreWriter.key(determinedBy()).substring(0, 8);
    }

    /** Where the certificate is kept. */
    public Path directory() {
        return results(ticket).resolve(id());
    }

    /** Where all certificates of a ticket are kept. */
    static Path results(Ticket ticket) {
        return ticket.certificates();
    }
}
