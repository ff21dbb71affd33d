package org.espalier.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import org.espalier.attack.CornerPgd;
import org.espalier.attack.Fgsm;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.Augmentation;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.random.Stream;
import org.espalier.train.dropout.SquaredError;
import org.espalier.train.dropout.UnitDropout;
import org.espalier.train.method.Awp;
import org.espalier.train.method.Fast;
import org.espalier.train.method.Free;
import org.espalier.train.method.GaussianNoise;
import org.espalier.train.method.Mart;
import org.espalier.train.method.NoiseFgsm;
import org.espalier.train.method.SparsityCondition;
import org.espalier.train.method.Trades;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Steps make no garbage once their kernels are compiled. (Before that the Vector API boxes every vector. A new epoch makes
 * its permutation, and Adam a record while its step size still changes: neither happens here.)
 */
class AllocationTest {
    private static final int STEPS = 100;
    private static final long PATIENCE_NANOS = 120_000_000_000L;

    @ParameterizedTest
    @CsvSource({
        "natural, DENSE",
        "natural, SPARSE",
        "fgsm, SPARSE",
        "pgd, DENSE",
        "pgd, SPARSE",
        "pgd, AUTO",
        "corner-pgd, SPARSE",
        "ibp, DENSE",
        "ibp, SPARSE",
        "crown-ibp, SPARSE",
        "augmented, SPARSE",
        "trades, SPARSE",
        "mart, SPARSE",
        "awp, DENSE",
        "awp, SPARSE",
        "free, SPARSE",
        "fast, SPARSE",
        "n-fgsm, SPARSE",
        "gaussian, SPARSE",
        "squared-error, DENSE",
        "dropout, SPARSE",
        "tscnc-style, SPARSE"
    })
    void aCompiledStepAllocatesNothing(String kind, KernelMode kernels) {
        // Two examples of a panel's 64: chosen kernels leave out the zeros of layers as large as the second shape's.
        Architecture shape = kernels == KernelMode.AUTO
                ? new Architecture(List.of(160, 100, 90, 10), false)
                : new Architecture(List.of(64, 48, 32, 10), false);
        Stream stream = Stream.root(1);
        Engine engine = Engines.create(shape, kernels);
        engine.load(InitialWeights.GLOROT_UNIFORM.draw(shape, stream), Mask.dense(shape));
        Objective objective = switch (kind) {
            case "natural", "augmented" -> new Objective.Natural();
            case "ibp" -> Objective.Certified.ibp(0.1, new Ramp(0, 1_000_000, Ramp.Shape.SMOOTHED));
            case "crown-ibp" -> Objective.Certified.crownIbp(0.1, new Ramp(0, 1_000_000, Ramp.Shape.LINEAR));
            case "fgsm" -> new Objective.Adversarial(0.5, new Fgsm(0.1f, LabelChoice.TRUE));
            case "corner-pgd" -> new Objective.Adversarial(0.5, new CornerPgd(0.3, 0.05, 10));
            case "trades" -> method(new Trades(1, 0.001));
            case "mart" -> method(new Mart(5));
            case "awp" -> method(new Awp(0.01, 0, Awp.Losses.ADVERSARIAL, Optional.empty()));
            case "free" -> method(new Free(1, Optional.empty()));
            case "fast" -> method(new Fast(1.25, true, Optional.empty()));
            case "n-fgsm" -> method(new NoiseFgsm(2, 1));
            case "gaussian" -> ObjectiveKind.of(new GaussianNoise(0.25), new ObjectiveContext(Optional.empty(), 1, 0));
            case "squared-error" ->
                ObjectiveKind.of(
                        new SquaredError(0.2, SquaredError.Derivative.EXACT),
                        new ObjectiveContext(Optional.empty(), 1, 0));
            case "dropout" -> ObjectiveKind.of(new UnitDropout(0.5), new ObjectiveContext(Optional.empty(), 1, 0));
            case "tscnc-style" -> method(new SparsityCondition(1e-3, 100, 1e-3, 1));
            default -> new Objective.Adversarial(0.5, Pgd.paper(LabelChoice.TRUE));
        };
        // Moments that forget fast, so that the step size settles soon; one epoch that outlasts the test.
        Trainer trainer = new Trainer(
                engine,
                images(300_000, shape.inputs(), stream),
                new TrainingSettings(
                        objective,
                        new OptimizerSettings.Adam(1e-4, 0.5, 0.5, 1e-7),
                        2,
                        0,
                        0,
                        0,
                        kind.equals("augmented") ? Optional.of(new Augmentation(0, true)) : Optional.empty()),
                stream);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long start = System.nanoTime();
        long bytes;
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < STEPS; i++) {
                trainer.step();
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        } while (bytes > 0
                && trainer.iteration() < trainer.batchesPerEpoch() - STEPS
                && System.nanoTime() - start < PATIENCE_NANOS);
        assertThat(bytes)
                .as("bytes of %d steps, after %d", STEPS, trainer.iteration())
                .isZero();
    }

    private static Objective method(Record settings) {
        return ObjectiveKind.of(settings, new ObjectiveContext(Optional.of(Pgd.paper(LabelChoice.TRUE)), 0.5, 0));
    }

    private static Split images(int count, int features, Stream stream) {
        byte[] pixels = new byte[count * features];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 10;
            pixels[i * features + i % features] = (byte) stream.below(256, i);
        }
        return new Split("train", features, pixels, labels);
    }
}
