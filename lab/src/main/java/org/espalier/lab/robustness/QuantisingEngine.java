package org.espalier.lab.robustness;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.InputGradientSink;
import org.espalier.engine.Update;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * A network behind a defence that only masks gradients: inputs are rounded to a few values, so that the gradient with
 * respect to them is zero wherever there is one. For the self-test.
 */
final class QuantisingEngine implements Engine {
    private static final int ROWS = 16;

    private final Engine engine;
    private final float steps;
    private final MemorySegment zeros = Arena.ofAuto().allocate(ROWS * ActivationPanels.ROW_BYTES, 64);

    /**
     * An engine in front of another's network.
     *
     * @param steps inputs are rounded to multiples of one over this
     */
    QuantisingEngine(Engine engine, int steps) {
        this.engine = engine;
        this.steps = steps;
    }

    @Override
    public void forward(ActivationBuffers pass, int firstPanel, int panels) {
        MemorySegment inputs = pass.input().memory();
        long from = pass.input().row(firstPanel, 0);
        long to = pass.input().row(firstPanel + panels, 0);
        byte[] saved = inputs.asSlice(from, to - from).toArray(ValueLayout.JAVA_BYTE);
        for (long at = from; at < to; at += Float.BYTES) {
            float value = inputs.get(ValueLayout.JAVA_FLOAT, at);
            inputs.set(ValueLayout.JAVA_FLOAT, at, Math.round(value * steps) / steps);
        }
        engine.forward(pass, firstPanel, panels);
        MemorySegment.copy(saved, 0, inputs, ValueLayout.JAVA_BYTE, from, saved.length);
    }

    @Override
    public void inputGradient(ActivationBuffers pass, int firstPanel, int panels, InputGradientSink sink) {
        int[] live = liveInputs();
        for (int panel = firstPanel; panel < firstPanel + panels; panel++) {
            for (int first = 0; first < live.length; first += ROWS) {
                sink.accept(panel, zeros, 0, live, first, Math.min(ROWS, live.length - first));
            }
        }
    }

    @Override
    public Architecture architecture() {
        return engine.architecture();
    }

    @Override
    public void load(Weights weights, Mask mask) {
        engine.load(weights, mask);
    }

    @Override
    public Weights weights() {
        return engine.weights();
    }

    @Override
    public Mask mask() {
        return engine.mask();
    }

    @Override
    public int[] liveInputs() {
        return engine.liveInputs();
    }

    @Override
    public void backward(ActivationBuffers pass, int firstPanel, int panels, Gradients wanted) {
        engine.backward(pass, firstPanel, panels, wanted);
        if (wanted.inputs()) {
            ActivationPanels gradient = pass.inputGradient();
            gradient.memory()
                    .asSlice(
                            gradient.row(firstPanel, 0),
                            gradient.row(firstPanel + panels, 0) - gradient.row(firstPanel, 0))
                    .fill((byte) 0);
        }
    }

    @Override
    public Weights gradient() {
        return engine.gradient();
    }

    @Override
    public void update(Update update) {
        engine.update(update);
    }

    @Override
    public Weights moment(int order) {
        return engine.moment(order);
    }

    @Override
    public void loadMoments(Weights first, Weights second) {
        engine.loadMoments(first, second);
    }
}
