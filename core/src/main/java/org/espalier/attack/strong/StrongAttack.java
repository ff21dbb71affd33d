package org.espalier.attack.strong;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.random.Stream;

/**
 * An attack for evaluations: immutable settings, and a method that runs them. Attacks move examples away from their
 * true classes.
 */
public interface StrongAttack {
    /** Name in tables and files: {@code apgd-ce}, {@code square}. */
    String name();

    /** All settings except the threat model, as stored: strings, numbers, booleans, lists and maps of them. */
    Map<String, Object> settings();

    /** Norms that the attack can measure a perturbation in. */
    Set<Norm> norms();

    Access access();

    /** Whether the attack minimises distance. The threat model's radius then has little or no effect on it. */
    default boolean minimumNorm() {
        return false;
    }

    /**
     * The same attack with twice the iterations, and twice the restarts if its start is random. A rule uses it to check
     * convergence. Empty if the attack has neither, or reads no gradients.
     */
    default Optional<StrongAttack> doubled() {
        return Optional.empty();
    }

    /** The least number of classes that the attack's loss is defined for. */
    default int minClasses() {
        return 2;
    }

    /** Whether the result depends on the random stream. */
    default boolean random() {
        return true;
    }

    /**
     * Attacks each example.
     *
     * @param target the network, with its own engine: not used by another thread meanwhile
     * @param examples any number of examples
     * @param threat norm and radius; minimum-norm attacks use the norm, and may use the radius as a hint
     * @param stream the attack's stream; each example draws from the child of its number
     * @return one attempt per example, in order
     * @throws UserException if the attack does not know the norm, or needs more classes
     */
    List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream);

    /** Throws a {@code UserException} if the attack does not support the norm or the number of classes. */
    default void check(ThreatModel threat, int classes) {
        if (!norms().contains(threat.norm())) {
            throw new UserException("attack " + name() + " does not support the norm " + threat.norm()
                    + "; it supports "
                    + String.join(
                            ", ", norms().stream().sorted().map(Norm::toString).toList()));
        }
        if (classes < minClasses()) {
            throw new UserException("attack " + name() + " needs a network of at least " + minClasses()
                    + " classes, this one has " + classes);
        }
    }
}
