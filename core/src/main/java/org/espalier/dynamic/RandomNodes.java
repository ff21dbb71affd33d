package org.espalier.dynamic;

import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskRule;
import org.espalier.train.mask.MaskRuleKind;
import org.espalier.train.mask.MaskTraining;

/**
 * Random node search: draws masks of hidden nodes, keeps the one with the lowest loss at the initial weights, and trains under it. A
 * control for searches, after the abstract of Farahani et al. (2024), who find it no better than a random mask. A node is an output
 * of a layer other than the last; its incoming weights go, and in a fully connected network its outgoing ones.
 */
@Kind("random-nodes-style")
public record RandomNodes(
        @Setting(
                value = "nodes kept of each hidden layer, as a fraction",
                preset = "0.5",
                min = 0,
                above = true,
                max = 1)
        double nodes,

        @Setting(value = "masks drawn", preset = "10", min = 1)
        int masks,

        @Setting(value = "training images that the loss is measured on, the first ones", preset = "1000", min = 1)
        int images)
        implements MaskRule {
    @Override
    public Mask start(Weights weights, Stream stream) {
        return Mask.dense(weights.architecture());
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        return new NodeSearch(training, nodes, masks, images);
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<RandomNodes> {
        @Override
        public Class<RandomNodes> settings() {
            return RandomNodes.class;
        }

        @Override
        public MaskRule create(RandomNodes settings) {
            return settings;
        }
    }
}
