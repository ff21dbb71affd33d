package org.espalier.engine.scalar;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.MapKernels;

/** Layers without weights and batch norm in plain Java, one value at a time: what every other version must equal bit for bit. */
public final class ScalarMapKernels implements MapKernels {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int LANES = ActivationPanels.LANES;
    private static final int ROW = (int) ActivationPanels.ROW_BYTES;

    @Override
    public void clear(MemorySegment to, long toOffset, int floats) {
        for (int i = 0; i < floats; i++) {
            to.set(FLOAT, toOffset + 4L * i, 0f);
        }
    }

    @Override
    public void relu(MemorySegment x, long xOffset, int floats) {
        for (int i = 0; i < floats; i++) {
            float value = x.get(FLOAT, xOffset + 4L * i);
            x.set(FLOAT, xOffset + 4L * i, value > 0 ? value : 0f);
        }
    }

    @Override
    public void gate(MemorySegment gradient, long gradientOffset, MemorySegment value, long valueOffset, int floats) {
        for (int i = 0; i < floats; i++) {
            float passed = gradient.get(FLOAT, gradientOffset + 4L * i) + 0f;
            gradient.set(FLOAT, gradientOffset + 4L * i, value.get(FLOAT, valueOffset + 4L * i) > 0 ? passed : 0f);
        }
    }

    @Override
    public void add(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, int floats) {
        for (int i = 0; i < floats; i++) {
            long o = toOffset + 4L * i;
            to.set(FLOAT, o, to.get(FLOAT, o) + from.get(FLOAT, fromOffset + 4L * i));
        }
    }

    @Override
    public void sum(
            MemorySegment a,
            long aOffset,
            MemorySegment b,
            long bOffset,
            MemorySegment out,
            long outOffset,
            int floats,
            boolean relu) {
        for (int i = 0; i < floats; i++) {
            float sum = a.get(FLOAT, aOffset + 4L * i) + b.get(FLOAT, bOffset + 4L * i);
            out.set(FLOAT, outOffset + 4L * i, relu && !(sum > 0) ? 0f : sum + 0f);
        }
    }

    @Override
    public void affine(
            MemorySegment x,
            long xOffset,
            float scale,
            float shift,
            MemorySegment out,
            long outOffset,
            int floats,
            boolean relu) {
        for (int i = 0; i < floats; i++) {
            float y = Math.fma(scale, x.get(FLOAT, xOffset + 4L * i), shift);
            out.set(FLOAT, outOffset + 4L * i, relu && !(y > 0) ? 0f : y + 0f);
        }
    }

    @Override
    public void scale(MemorySegment x, long xOffset, float scale, MemorySegment out, long outOffset, int floats) {
        for (int i = 0; i < floats; i++) {
            out.set(FLOAT, outOffset + 4L * i, scale * x.get(FLOAT, xOffset + 4L * i) + 0f);
        }
    }

    @Override
    public void normalise(
            MemorySegment x, long xOffset, float mean, float deviation, MemorySegment out, long outOffset, int floats) {
        for (int i = 0; i < floats; i++) {
            out.set(FLOAT, outOffset + 4L * i, (x.get(FLOAT, xOffset + 4L * i) - mean) / deviation);
        }
    }

    @Override
    public void maxPool(
            MemorySegment x,
            long xOffset,
            int rows,
            int columns,
            int pitch,
            int step,
            int count,
            MemorySegment out,
            long outOffset) {
        for (int n = 0; n < count; n++) {
            for (int at = 0; at < ROW; at += 4) {
                long window = xOffset + (long) n * step + at;
                float held = x.get(FLOAT, window);
                for (int r = 0; r < rows; r++) {
                    for (int k = 0; k < columns; k++) {
                        float value = x.get(FLOAT, window + (long) r * pitch + (long) k * ROW);
                        held = value > held ? value : held;
                    }
                }
                out.set(FLOAT, outOffset + (long) n * ROW + at, held);
            }
        }
    }

    @Override
    public void maxPoolGradient(
            MemorySegment gradient,
            long gradientOffset,
            MemorySegment x,
            long xOffset,
            MemorySegment maximum,
            long maximumOffset,
            int rows,
            int columns,
            int pitch,
            int step,
            int count,
            MemorySegment target,
            long targetOffset,
            boolean add) {
        for (int n = 0; n < count; n++) {
            for (int at = 0; at < ROW; at += 4) {
                long place = (long) n * ROW + at;
                float rest = gradient.get(FLOAT, gradientOffset + place);
                float most = maximum.get(FLOAT, maximumOffset + place);
                for (int r = 0; r < rows; r++) {
                    for (int k = 0; k < columns; k++) {
                        long source = (long) n * step + (long) r * pitch + (long) k * ROW + at;
                        boolean here = x.get(FLOAT, xOffset + source) == most;
                        float held = add ? target.get(FLOAT, targetOffset + source) : 0f;
                        target.set(FLOAT, targetOffset + source, held + (here ? rest : 0f));
                        rest = here ? 0f : rest;
                    }
                }
            }
        }
    }

    @Override
    public void averagePool(
            MemorySegment x,
            long xOffset,
            int rows,
            int columns,
            int pitch,
            int step,
            int count,
            float share,
            MemorySegment out,
            long outOffset) {
        for (int n = 0; n < count; n++) {
            for (int at = 0; at < ROW; at += 4) {
                float sum = 0;
                for (int r = 0; r < rows; r++) {
                    for (int k = 0; k < columns; k++) {
                        sum += x.get(FLOAT, xOffset + (long) n * step + (long) r * pitch + (long) k * ROW + at);
                    }
                }
                out.set(FLOAT, outOffset + (long) n * ROW + at, share * sum + 0f);
            }
        }
    }

    @Override
    public void averagePoolGradient(
            MemorySegment gradient,
            long gradientOffset,
            int rows,
            int columns,
            int pitch,
            int step,
            int count,
            float share,
            MemorySegment target,
            long targetOffset,
            boolean add) {
        for (int n = 0; n < count; n++) {
            for (int at = 0; at < ROW; at += 4) {
                float each = share * gradient.get(FLOAT, gradientOffset + (long) n * ROW + at);
                for (int r = 0; r < rows; r++) {
                    for (int k = 0; k < columns; k++) {
                        long o = targetOffset + (long) n * step + (long) r * pitch + (long) k * ROW + at;
                        target.set(FLOAT, o, (add ? target.get(FLOAT, o) : 0f) + each);
                    }
                }
            }
        }
    }

    @Override
    public void sum(MemorySegment x, long xOffset, int places, int lanes, double[] chains) {
        for (int n = 0; n < places; n++) {
            for (int lane = 0; lane < lanes; lane++) {
                chains[lane % CHAINS] += x.get(FLOAT, xOffset + (long) n * ROW + 4L * lane);
            }
        }
    }

    @Override
    public void squares(MemorySegment x, long xOffset, int places, int lanes, double mean, double[] chains) {
        for (int n = 0; n < places; n++) {
            for (int lane = 0; lane < lanes; lane++) {
                double away = x.get(FLOAT, xOffset + (long) n * ROW + 4L * lane) - mean;
                chains[lane % CHAINS] += away * away;
            }
        }
    }

    @Override
    public void gradientSums(
            MemorySegment x,
            long xOffset,
            MemorySegment gradient,
            long gradientOffset,
            int places,
            int lanes,
            double mean,
            double inverse,
            double[] gradients,
            double[] products) {
        for (int n = 0; n < places; n++) {
            for (int lane = 0; lane < lanes; lane++) {
                long at = (long) n * ROW + 4L * lane;
                double normal = (x.get(FLOAT, xOffset + at) - mean) * inverse;
                float d = gradient.get(FLOAT, gradientOffset + at);
                gradients[lane % CHAINS] += d;
                products[lane % CHAINS] += d * normal;
            }
        }
    }

    @Override
    public void centre(
            MemorySegment x,
            long xOffset,
            MemorySegment gradient,
            long gradientOffset,
            int places,
            int lanes,
            float mean,
            double inverse,
            double slope,
            double meanGradient,
            double meanProduct,
            MemorySegment out,
            long outOffset) {
        for (int n = 0; n < places; n++) {
            for (int lane = 0; lane < LANES; lane++) {
                long at = (long) n * ROW + 4L * lane;
                double normal = (x.get(FLOAT, xOffset + at) - mean) * inverse;
                double centred = gradient.get(FLOAT, gradientOffset + at) - meanGradient - normal * meanProduct;
                out.set(FLOAT, outOffset + at, lane < lanes ? (float) (slope * centred) : 0f);
            }
        }
    }
}
