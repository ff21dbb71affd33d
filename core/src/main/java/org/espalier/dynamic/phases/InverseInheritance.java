package org.espalier.dynamic.phases;

import java.util.BitSet;
import java.util.Map;
import org.espalier.dynamic.Distribution;
import org.espalier.dynamic.Selection;
import org.espalier.engine.Engine;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskRule;
import org.espalier.train.mask.MaskRuleKind;
import org.espalier.train.mask.MaskState;
import org.espalier.train.mask.MaskTraining;
import org.espalier.train.mask.Phase;

/**
 * Inverse weight inheritance: a ticket trains, and then the dense network trains that begins with the ticket's weights where it has
 * some and with small draws elsewhere. After the abstract of Wang et al., "Achieving adversarial robustness via sparsity" (2020);
 * the steps are our own reading. The dense network of the same {@code training.iterations} is the baseline from scratch, {@code
 * ticket: random} that of a random mask.
 */
@Kind("inverse-inheritance-style")
public record InverseInheritance(
        @Setting(
                value = "weights of the ticket, as a fraction of all weights",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1)
        double density,

        @Setting(value = Distribution.BY_LAYER, preset = "uniform")
        Distribution distribution,

        @Setting(
                value =
                        "the ticket: largest (weights of each layer after a dense training, from the level's first weights) or"
                                + " random (a random mask)",
                preset = "largest")
        TicketChoice ticket,

        @Setting(
                value =
                        "fraction of training.iterations of the dense training that finds the ticket; a random one trains"
                                + " instead",
                preset = "0.25",
                min = 0,
                above = true,
                max = 1,
                below = true)
        double search,

        @Setting(
                value =
                        "fraction of training.iterations that the ticket trains in; the dense network trains in the rest",
                preset = "0.25",
                min = 0,
                above = true,
                max = 1,
                below = true)
        double sparse,

        @Setting(
                value =
                        "factor on the draws that the ticket's missing weights begin with: the level's first weights of the"
                                + " layer in a random order",
                preset = "0.01",
                min = 0)
        double scale)
        implements MaskRule {
    private int found(int iterations) {
        return ticket == TicketChoice.RANDOM ? 0 : (int) Math.round(search * iterations);
    }

    private int enlarged(int iterations) {
        return (int) Math.round((search + sparse) * iterations);
    }

    @Override
    public void check(int iterations) {
        int enlarged = enlarged(iterations);
        if (Math.round(search * iterations) < 1
                || enlarged <= Math.round(search * iterations)
                || enlarged >= iterations) {
            throw new IllegalArgumentException("search of " + search + " and sparse of " + sparse
                    + " end at updates " + Math.round(search * iterations) + " and " + enlarged + " of " + iterations
                    + ", expected at least 1 update in each and after them");
        }
    }

    @Override
    public Mask start(Weights weights, Stream stream) {
        return ticket == TicketChoice.RANDOM
                ? distribution.draw(weights.architecture(), density, stream)
                : Mask.dense(weights.architecture());
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        return new Process(this, training);
    }

    /** The rule at work. Its phase follows from the update; it carries the level's first weights while they are wanted. */
    static final class Process implements MaskProcess {
        private static final String ORIGIN = "origin";

        private final InverseInheritance rule;
        private final MaskTraining training;
        private final int found;
        private final int enlarged;
        private final Selection selection = new Selection();
        private Weights origin;

        Process(InverseInheritance rule, MaskTraining training) {
            this.rule = rule;
            this.training = training;
            found = rule.found(training.iterations());
            enlarged = rule.enlarged(training.iterations());
            origin = training.engine().weights();
        }

        @Override
        public void step(int iteration) {
            Engine engine = training.engine();
            if (iteration == found && found > 0) {
                Mask mask = largest(engine.weights());
                Weights start = origin.copy();
                start.apply(mask);
                engine.load(start, mask);
            } else if (iteration == enlarged) {
                engine.load(enlarged(engine.weights(), engine.mask()), Mask.dense(engine.architecture()));
            }
            training.gradient();
            training.update(
                    iteration < found
                            ? new Phase(0, found, 1)
                            : iteration < enlarged
                                    ? new Phase(found, enlarged - found, 1)
                                    : new Phase(enlarged, training.iterations() - enlarged, 1));
        }

        private Mask largest(Weights weights) {
            Architecture architecture = weights.architecture();
            int[] counts = rule.distribution.counts(architecture, rule.density);
            BitSet[] survivors = new BitSet[counts.length];
            for (int layer = 0; layer < counts.length; layer++) {
                float[] values = weights.matrix(layer);
                int[] keys = new int[values.length];
                for (int i = 0; i < keys.length; i++) {
                    keys[i] = Selection.magnitude(values[i]);
                }
                BitSet all = new BitSet();
                all.set(0, keys.length);
                survivors[layer] = selection.highest(
                        all,
                        keys,
                        counts[layer],
                        training.stream().child("ties").child(layer));
            }
            return Mask.of(architecture, survivors);
        }

        /** The dense network that inherits a ticket's weights. */
        private Weights enlarged(Weights ticket, Mask mask) {
            for (int layer = 0; layer < mask.architecture().layers(); layer++) {
                float[] values = ticket.matrix(layer);
                float[] drawn = origin.matrix(layer);
                int[] order = training.stream().child("draws").child(layer).permutation(drawn.length);
                for (int i = 0; i < values.length; i++) {
                    if (!mask.keeps(layer, i)) {
                        values[i] = (float) (rule.scale * drawn[order[i]]);
                    }
                }
            }
            return ticket;
        }

        @Override
        public Mask mask() {
            return training.engine().mask();
        }

        @Override
        public MaskState state() {
            return new MaskState(Map.of(ORIGIN, origin.copy()), Map.of());
        }

        @Override
        public void resume(int iteration, MaskState state) {
            origin = state.whole(ORIGIN);
        }
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<InverseInheritance> {
        @Override
        public Class<InverseInheritance> settings() {
            return InverseInheritance.class;
        }

        @Override
        public MaskRule create(InverseInheritance settings) {
            return settings;
        }
    }
}
