package org.espalier.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Locale;
import org.espalier.engine.ops.FmaPeak;
import org.espalier.engine.ops.KernelChoice;

/**
 * Rates of the convolution kernels, layer by layer: dense as shares of the peak of the same run, sparse as useful GFLOP/s and
 * as time over dense. Each figure is the least
 * processor time of many short runs, which other processes disturb less than the clock.
 */
public final class ConvolutionRates {
    private static final List<ConvolutionLayer> LAYERS = List.of(
            new ConvolutionLayer("cnn-small 28 1", 1, 16, 28, 4, 2, 1),
            new ConvolutionLayer("cnn-small 28 2", 16, 32, 14, 4, 2, 1),
            new ConvolutionLayer("cnn-small 32 1", 3, 16, 32, 4, 2, 1),
            new ConvolutionLayer("cnn-small 32 2", 16, 32, 16, 4, 2, 1),
            new ConvolutionLayer("lenet-caffe 1", 1, 20, 28, 5, 1, 0),
            new ConvolutionLayer("lenet-caffe 2", 20, 50, 12, 5, 1, 0),
            new ConvolutionLayer("cnn-large 28 1", 1, 32, 28, 3, 1, 1),
            new ConvolutionLayer("cnn-large 28 2", 32, 32, 28, 4, 2, 1),
            new ConvolutionLayer("cnn-large 28 3", 32, 64, 14, 3, 1, 1),
            new ConvolutionLayer("cnn-large 28 4", 64, 64, 14, 4, 2, 1),
            new ConvolutionLayer("resnet8 first", 3, 16, 32, 3, 1, 1),
            new ConvolutionLayer("resnet8 16", 16, 16, 32, 3, 1, 1),
            new ConvolutionLayer("resnet8 16-32", 16, 32, 32, 3, 2, 1),
            new ConvolutionLayer("resnet8 32", 32, 32, 16, 3, 1, 1),
            new ConvolutionLayer("resnet8 32-64", 32, 64, 16, 3, 2, 1),
            new ConvolutionLayer("resnet8 64", 64, 64, 8, 3, 1, 1));
    private static final double[] DENSITIES = {0.5, 0.2, 0.05};
    /** Shortest time to a measurement, and the times of all of a figure: seconds. */
    private static final double SHORTEST = 0.004;

    private static final double WARM_UP = 0.4;
    private static final double MEASURED = 0.25;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private ConvolutionRates() {}

    /**
     * Prints a table.
     *
     * @param arguments part of the names of the layers to run, the number of examples, and the directions: 0 forward, 1 input
     *     gradient, 2 weight gradient
     */
    public static void main(String[] arguments) {
        String wanted = arguments.length > 0 ? arguments[0] : "";
        int examples = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 64;
        double peak = FmaPeak.operations() / least(FmaPeak::run, WARM_UP) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%d bits, %d examples, peak %.1f GFLOP/s a core%n",
                KernelChoice.chosen().bits(),
                examples,
                peak);
        System.out.println(
                "| layer | direction | dense, share of peak | 50 %: GFLOP/s, time over dense | 20 % | 5 % |");
        System.out.println("|---|---|---|---|---|---|");
        for (ConvolutionLayer layer : LAYERS) {
            if (layer.name().contains(wanted)) {
                print(layer, examples, arguments.length > 2 ? arguments[2] : "012");
            }
        }
    }

    private static void print(ConvolutionLayer layer, int examples, String wanted) {
        ConvolutionRun dense = new ConvolutionRun(layer, examples, 1);
        List<Runnable> denseRuns = List.of(dense::forward, dense::inputGradient, dense::weightGradient);
        String[] directions = {"forward", "input gradient", "weight gradient"};
        for (int d = 0; d < directions.length; d++) {
            if (wanted.indexOf('0' + d) < 0) {
                continue;
            }
            double seconds = least(denseRuns.get(d), WARM_UP);
            double peak = FmaPeak.operations() / least(FmaPeak::run, 0) / 1e9;
            double rate = dense.operations(d) / seconds / 1e9;
            StringBuilder line = new StringBuilder(
                    String.format(Locale.ROOT, "| %s | %s | %.0f %%", layer.name(), directions[d], 100 * rate / peak));
            for (double density : DENSITIES) {
                ConvolutionRun sparse = new ConvolutionRun(layer, examples, density);
                Runnable run = List.<Runnable>of(
                                sparse::sparseForward, sparse::sparseInputGradient, sparse::sparseWeightGradient)
                        .get(d);
                double time = least(run, WARM_UP / 4);
                line.append(
                        String.format(Locale.ROOT, " | %.0f, %.2f", sparse.operations(d) / time / 1e9, time / seconds));
            }
            System.out.println(line.append(" |"));
        }
    }

    /** Least seconds of one run. */
    private static double least(Runnable run, double warmUp) {
        int times = 1;
        for (double spent = 0; spent < warmUp || times == 1; ) {
            double seconds = seconds(run, times);
            spent += seconds;
            times = (int) Math.clamp(SHORTEST / (seconds / times), 1, 1 << 20);
            if (warmUp == 0 || spent >= warmUp) {
                break;
            }
        }
        double least = Double.POSITIVE_INFINITY;
        for (double spent = 0; spent < MEASURED; ) {
            double seconds = seconds(run, times);
            spent += seconds;
            least = Math.min(least, seconds / times);
        }
        return least;
    }

    private static double seconds(Runnable run, int times) {
        long from = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < times; i++) {
            run.run();
        }
        return (THREADS.getCurrentThreadCpuTime() - from) / 1e9;
    }
}
