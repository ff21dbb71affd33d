package org.espalier.engine.scalar;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Update;
import org.espalier.engine.kernel.BlockedCsr;
import org.espalier.engine.kernel.BoundKernels;
import org.espalier.engine.kernel.ConvKernels;
import org.espalier.engine.kernel.FixedOrderSum;
import org.espalier.engine.kernel.GradientScratch;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.MapKernels;
import org.espalier.engine.kernel.NonZeroLanes;
import org.espalier.engine.kernel.PackedRows6;
import org.espalier.math.PortableMath;
import org.espalier.random.Stream;
import org.espalier.random.Threefry;
import org.jspecify.annotations.Nullable;

/** The kernels in plain Java, one value at a time: what every other version must equal bit for bit. */
public final class ScalarKernels implements Kernels {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int LANES = ActivationPanels.LANES;
    private static final long ROW = ActivationPanels.ROW_BYTES;

    private final BoundKernels bounds = new ScalarBounds();
    private final ConvKernels convolutions = new ScalarConvKernels();
    private final MapKernels maps = new ScalarMapKernels();

    @Override
    public int bits() {
        return 0;
    }

    @Override
    public BoundKernels bounds() {
        return bounds;
    }

    @Override
    public ConvKernels convolutions() {
        return convolutions;
    }

    @Override
    public MapKernels maps() {
        return maps;
    }

    @Override
    public boolean groups() {
        return false;
    }

    @Override
    public void dense(
            float[] weights,
            int[] rowIndex,
            int first,
            int rows,
            int depth,
            float @Nullable [] biases,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long outOffset,
            Epilogue finish,
            MemorySegment gate,
            long gateOffset) {
        for (int r = 0; r < rows; r++) {
            int row = rowIndex[first + r] * depth;
            for (int lane = 0; lane < LANES; lane++) {
                float sum = biases == null ? 0f : biases[rowIndex[first + r]];
                for (int k = 0; k < depth; k++) {
                    sum = Math.fma(weights[row + k], x.get(FLOAT, xOffset + k * ROW + lane * 4L), sum);
                }
                finish(sum, out, outOffset + r * ROW + lane * 4L, finish, gate, gateOffset + r * ROW + lane * 4L);
            }
        }
    }

    @Override
    public void sparse(
            float[] values,
            BlockedCsr cuts,
            int[] columns,
            int first,
            int rows,
            float @Nullable [] biases,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long outOffset,
            Epilogue finish,
            MemorySegment gate,
            long gateOffset) {
        for (int r = 0; r < rows; r++) {
            for (int lane = 0; lane < LANES; lane++) {
                float sum = biases == null ? 0f : biases[first + r];
                for (int block = 0; block < cuts.blocks(); block++) {
                    for (int k = cuts.from(block, first + r); k < cuts.to(block, first + r); k++) {
                        sum = Math.fma(values[k], x.get(FLOAT, xOffset + columns[k] + lane * 4L), sum);
                    }
                }
                finish(sum, out, outOffset + r * ROW + lane * 4L, finish, gate, gateOffset + r * ROW + lane * 4L);
            }
        }
    }

    static void finish(
            float sum, MemorySegment out, long offset, Epilogue finish, MemorySegment gate, long gateOffset) {
        // A sum of NaN must not be hidden by the ReLU: divergence is detected at the logits.
        float value = switch (finish) {
            case LINEAR -> sum;
            case RELU -> sum < 0f ? 0f : sum;
            case GATE -> gate.get(FLOAT, gateOffset) > 0f ? sum : 0f;
        };
        out.set(FLOAT, offset, value + 0f);
    }

    @Override
    public int activeGroups() {
        return 4;
    }

    @Override
    public void findActive(MemorySegment x, long xOffset, int rows, NonZeroLanes into) {
        int lanes = LANES / activeGroups();
        int count = 0;
        for (int group = 0; group < activeGroups(); group++) {
            into.starts[group] = count;
            for (int row = 0; row < rows; row++) {
                boolean active = false;
                for (int lane = group * lanes; lane < (group + 1) * lanes; lane++) {
                    active |= x.get(FLOAT, xOffset + row * ROW + lane * 4L) != 0;
                }
                if (active) {
                    into.rows[count++] = row;
                }
            }
        }
        into.starts[activeGroups()] = count;
    }

    @Override
    public void active(
            float[] weights,
            NonZeroLanes active,
            int[] rowIndex,
            int first,
            int rows,
            int depth,
            float @Nullable [] biases,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long outOffset,
            Epilogue finish,
            MemorySegment gate,
            long gateOffset) {
        int lanes = LANES / activeGroups();
        for (int r = 0; r < rows; r++) {
            for (int lane = 0; lane < LANES; lane++) {
                float sum = biases == null ? 0f : biases[rowIndex[first + r]];
                for (int n = active.starts[lane / lanes]; n < active.starts[lane / lanes + 1]; n++) {
                    int row = active.rows[n];
                    sum = Math.fma(
                            weights[PackedRows6.place(first + r, row, depth)],
                            x.get(FLOAT, xOffset + row * ROW + lane * 4L),
                            sum);
                }
                finish(sum, out, outOffset + r * ROW + lane * 4L, finish, gate, gateOffset + r * ROW + lane * 4L);
            }
        }
    }

    @Override
    public void denseGradient(
            MemorySegment delta,
            long deltaOffset,
            int outputs,
            MemorySegment x,
            long xOffset,
            int inputs,
            int panels,
            boolean skip,
            float[] out,
            GradientScratch scratch) {
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                float sum = FixedOrderSum.dot(
                        delta, deltaOffset + o * ROW, outputs * ROW, x, xOffset + i * ROW, inputs * ROW, panels);
                out[o * inputs + i] = sum;
            }
        }
    }

    @Override
    public void sparseGradient(
            MemorySegment delta,
            long deltaOffset,
            long deltaPanel,
            int[] deltas,
            MemorySegment x,
            long xOffset,
            long xPanel,
            int[] columns,
            int panels,
            float[] out,
            int count,
            GradientScratch scratch) {
        for (int k = 0; k < count; k++) {
            out[k] = FixedOrderSum.dot(
                    delta, deltaOffset + deltas[k], deltaPanel, x, xOffset + columns[k], xPanel, panels);
        }
    }

    @Override
    public void adam(
            float[] weights, float[] gradients, float[] first, float[] second, int count, Update.Adam settings) {
        float rest1 = 1f - settings.beta1();
        float rest2 = 1f - settings.beta2();
        for (int at = 0; at < count; at++) {
            float w = weights[at];
            float g = penalised(gradients[at], w, settings);
            float m = flush(Math.fma(g, rest1, settings.beta1() * first[at]));
            float v = flush(Math.fma(g * g, rest2, settings.beta2() * second[at]));
            first[at] = m;
            second[at] = v;
            weights[at] =
                    decayed(w, settings) - (settings.stepSize() * m) / ((float) Math.sqrt(v) + settings.epsilon());
        }
    }

    @Override
    public void momentum(float[] weights, float[] gradients, float[] velocity, int count, Update.Momentum settings) {
        for (int at = 0; at < count; at++) {
            float w = weights[at];
            float g = penalised(gradients[at], w, settings);
            float v = flush(Math.fma(settings.momentum(), velocity[at], -(settings.rate() * g)));
            velocity[at] = v;
            weights[at] = decayed(w, settings) + v;
        }
    }

    @Override
    public void nesterov(float[] weights, float[] gradients, float[] velocity, int count, Update.Nesterov settings) {
        for (int at = 0; at < count; at++) {
            float w = weights[at];
            float g = penalised(gradients[at], w, settings);
            float v = flush(Math.fma(settings.momentum(), velocity[at], g));
            velocity[at] = v;
            weights[at] = decayed(w, settings) - settings.rate() * Math.fma(settings.momentum(), v, g);
        }
    }

    @Override
    public void learnScores(
            float[] scores,
            float[] velocity,
            float[] weights,
            float[] gradient,
            float rate,
            float momentum,
            float decay) {
        ScalarScores.learn(scores, velocity, weights, gradient, 0, rate, momentum, decay);
    }

    @Override
    public void keepScored(float[] scores, int cut, float[] weights, float[] into) {
        ScalarScores.keep(scores, cut, weights, into, 0);
    }

    @Override
    public long surveyScores(float[] scores, int low, int width, int[] band) {
        return ScalarScores.survey(scores, low, width, band, 0, scores.length, 0);
    }

    /** Adding zero keeps weights from becoming -0. */
    private static float decayed(float w, Update settings) {
        return settings.decay() == 0 ? w : w * (1f - settings.decay()) + 0f;
    }

    private static float penalised(float g, float w, Update settings) {
        float sign = w > 0f ? settings.l1() : w < 0f ? -settings.l1() : 0f;
        return Math.fma(settings.l2(), w, g + sign);
    }

    /** Moments that fade out become 0 before they reach the denormal range, where arithmetic is 100 times slower. */
    private static float flush(float moment) {
        return Math.abs(moment) < Update.SMALLEST_MOMENT ? 0f : moment;
    }

    @Override
    public void uniformNoise(
            int key0,
            int key1,
            int[] examples,
            int firstExample,
            MemorySegment clean,
            long cleanOffset,
            MemorySegment out,
            long outOffset,
            int[] features,
            float epsilon,
            MemorySegment scratch) {
        for (int feature : features) {
            for (int lane = 0; lane < LANES; lane++) {
                long block = Threefry.block(key0, key1, examples[firstExample + lane], feature >> 1);
                float unit = Stream.toUnit((feature & 1) == 0 ? (int) block : (int) (block >>> 32));
                long at = feature * ROW + lane * 4L;
                float value = clean.get(FLOAT, cleanOffset + at) + Math.fma(unit, 2 * epsilon, -epsilon);
                value = value < 0f ? 0f : value;
                out.set(FLOAT, outOffset + at, value > 1f ? 1f : value);
            }
        }
    }

    @Override
    public void signStep(
            MemorySegment gradient,
            long offset,
            int[] features,
            int first,
            int count,
            MemorySegment clean,
            long cleanOffset,
            MemorySegment x,
            long xOffset,
            float step,
            float epsilon) {
        for (int r = 0; r < count; r++) {
            for (int lane = 0; lane < LANES; lane++) {
                long at = features[first + r] * ROW + lane * 4L;
                float g = gradient.get(FLOAT, offset + r * ROW + lane * 4L);
                float value = x.get(FLOAT, xOffset + at);
                value = g > 0f ? value + step : g < 0f ? value - step : value;
                float centre = clean.get(FLOAT, cleanOffset + at);
                float low = centre - epsilon;
                float high = centre + epsilon;
                value = value < low ? low : value;
                value = value > high ? high : value;
                value = value < 0f ? 0f : value;
                x.set(FLOAT, xOffset + at, value > 1f ? 1f : value);
            }
        }
    }

    @Override
    public boolean crossEntropyGradient(
            MemorySegment logits,
            long logitOffset,
            MemorySegment gradient,
            long gradientOffset,
            int classes,
            int[] labels,
            int firstLabel,
            int lanes,
            float smoothing,
            float scale,
            MemorySegment scratch) {
        boolean finite = true;
        float other = smoothing / classes;
        for (int lane = 0; lane < LANES; lane++) {
            if (lane >= lanes) {
                for (int c = 0; c < classes; c++) {
                    gradient.set(FLOAT, gradientOffset + c * ROW + lane * 4L, 0f);
                }
                continue;
            }
            float max = logits.get(FLOAT, logitOffset + lane * 4L);
            for (int c = 1; c < classes; c++) {
                float z = logits.get(FLOAT, logitOffset + c * ROW + lane * 4L);
                max = z > max ? z : max;
            }
            float sum = 0f;
            for (int c = 0; c < classes; c++) {
                float e = PortableMath.exp(logits.get(FLOAT, logitOffset + c * ROW + lane * 4L) - max);
                gradient.set(FLOAT, gradientOffset + c * ROW + lane * 4L, e);
                sum += e;
            }
            finite &= Float.isFinite(sum);
            int label = labels[firstLabel + lane];
            float rest = 0f;
            for (int c = 0; c < classes; c++) {
                long at = gradientOffset + c * ROW + lane * 4L;
                float probability = gradient.get(FLOAT, at) / sum;
                rest += c == label ? 0f : probability;
                gradient.set(FLOAT, at, scale * (probability - other));
            }
            gradient.set(FLOAT, gradientOffset + label * ROW + lane * 4L, scale * ((smoothing - other) - rest));
        }
        return finite;
    }

    @Override
    public void loadImages(byte[] images, int[] order, int first, int lanes, ActivationPanels out, int panel) {
        int features = out.features();
        for (int lane = 0; lane < LANES; lane++) {
            for (int feature = 0; feature < features; feature++) {
                float value = lane < lanes ? (images[order[first + lane] * features + feature] & 0xff) / 255f : 0f;
                out.memory().set(FLOAT, out.row(panel, feature) + lane * 4L, value);
            }
        }
    }
}
