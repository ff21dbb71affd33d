package org.espalier.benchmarks;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.espalier.attack.Fgsm;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.DataProgress;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.lab.bench.RandomMasks;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Updates per second of the paper's network on digits, batch 60, attack and optimizer included, one thread. Masks are
 * drawn at random, each layer at the same density.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
// The many small kernels take 10 to 20 seconds until all of them are compiled.
@Warmup(iterations = 5, time = 4)
@Measurement(iterations = 5, time = 3)
@Fork(2) // with the options that benchmarks/run passes on, the command's own
public class TrainingStep {
    /** What is trained for. */
    @Param({"natural", "fgsm", "pgd"})
    public String objective;

    /** Fraction of weights that survive: the paper's levels 0, 3, 8, 15 and 20. */
    @Param({"1.0", "0.513", "0.169", "0.036", "0.012"})
    public double density;

    private Trainer trainer;

    /** Loads the digits and a network with a random mask. */
    @Setup
    public void prepare() {
        Split digits =
                DataSets.load("digits", Optional.empty(), DataProgress.NONE).train();
        Architecture architecture = Architecture.PAPER;
        Stream stream = Stream.root(1);
        Engine engine = Engines.create(architecture);
        engine.load(
                InitialWeights.GLOROT_UNIFORM.draw(architecture, stream.child("initial weights")),
                RandomMasks.draw(architecture, density, stream.child("mask")));
        trainer = new Trainer(
                engine,
                digits,
                TrainingSettings.paper(
                        switch (objective) {
                            case "natural" -> new Objective.Natural();
                            case "fgsm" -> new Objective.Adversarial(0.5, new Fgsm(0.3f, LabelChoice.TRUE));
                            case "pgd" -> new Objective.Adversarial(0.5, Pgd.paper(LabelChoice.TRUE));
                            default -> throw new IllegalArgumentException("no objective " + objective);
                        }),
                stream.child("level"));
    }

    /** One update: batch, attack, gradient and optimizer. */
    @Benchmark
    public void update() {
        trainer.step();
    }
}
