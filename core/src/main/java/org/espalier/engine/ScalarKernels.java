package org.espalier.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.espalier.random.Stream;
import org.espalier.random.Threefry;

/** The kernels in plain Java, one value at a time: what every other version must equal bit for bit. */
final class ScalarKernels implements Kernels {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int LANES = Panels.LANES;
    private static final long ROW = Panels.ROW_BYTES;

    @Override
    public void uniformNoise(
            int key0, int key1, int firstExample, MemorySegment clean, long cleanOffset,
            MemorySegment out, long outOffset, int[] features, float epsilon) {
        for (int feature : features) {
            for (int lane = 0; lane < LANES; lane++) {
                long block = Threefry.block(key0, key1, firstExample + lane, feature >> 1);
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
            MemorySegment gradient, long offset, int[] features, int first, int count,
            MemorySegment clean, long cleanOffset, MemorySegment x, long xOffset, float step, float epsilon) {
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
            MemorySegment logits, long logitOffset, MemorySegment gradient, long gradientOffset, int classes,
            int[] labels, int firstLabel, int lanes, float smoothing, float scale) {
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
                float e = Exp.exp(logits.get(FLOAT, logitOffset + c * ROW + lane * 4L) - max);
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
    public void loadImages(
            byte[] images, int features, int[] order, int first, int lanes, MemorySegment out, long outOffset) {
        for (int lane = 0; lane < LANES; lane++) {
            for (int feature = 0; feature < features; feature++) {
                float value = lane < lanes ? (images[order[first + lane] * features + feature] & 0xff) / 255f : 0f;
                out.set(FLOAT, outOffset + feature * ROW + lane * 4L, value);
            }
        }
    }
}
