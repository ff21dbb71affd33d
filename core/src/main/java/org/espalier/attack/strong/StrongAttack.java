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
 * An attack that searches as hard as it can: immutable settings, and a way to run them. Attacks drive examples from their
 * true classes.
 */
public interface StrongAttack {
    /** Name in tables and files: {@code apgd-ce}, {@code square}. */
    String name();

    /** All settings but the threat model, for the record: strings, numbers, booleans, lists and maps of them. */
    Map<String, Object> settings();

    /** Norms that the attack can measure a perturbation in. */
    Set<Norm> norms();

    Access access();

    /** Whether the attack minimises distance, and the threat model's radius does not (or hardly) change what it does. */
    default boolean minimumNorm() {
        return false;
    }

    /**
     * The same attack with twice the iterations, and twice the restarts where it starts at random, to see whether it had
     * converged; empty if it has none to double, or sees no gradients.
     */
    default Optional<StrongAttack> doubled() {
        return Optional.empty();
    }

    /** The least number of classes that the attack's loss is defined for. */
    default int minClasses() {
        return 2;
    }

    /** Whether two draws of randomness can give two results. */
    default boolean random() {
        return true;
    }

    /**
     * Attacks each example.
     *
     * @param target the network, with its own engine: not used by another thread meanwhile
     * @param examples any number of examples
     * @param threat norm and radius; minimum-norm attacks keep to the norm, and may use the radius as a hint
     * @param stream the attack's stream; each example draws from the child that its number names
     * @return one attempt per example, in order
     * @throws UserException if the attack does not know the norm, or needs more classes
     */
    List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream);

    /** Refuses, in words for the user, a norm or a number of classes that the attack has no answer for. */
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
