package org.espalier.cli.progress;

import java.time.Duration;
import org.espalier.cli.console.Console;
import org.espalier.lab.robustness.EvaluationObserver;
import org.espalier.lab.robustness.EvaluationRequest;

/** Progress of evaluations: a line per batch of images that is attacked, with the time left by the pace of this run. */
public final class EvaluationProgress implements EvaluationObserver {
    private final Console console;
    private final long started = System.nanoTime();
    private int batches;
    private int attacked;

    public EvaluationProgress(Console console) {
        this.console = console;
    }

    @Override
    public synchronized void planned(int evaluations, int done, int batches) {
        this.batches = batches;
        console.err()
                .println(evaluations + (evaluations == 1 ? " ticket" : " tickets") + " to evaluate"
                        + (done > 0 ? ", " + done + " there already" : ""));
    }

    @Override
    public synchronized void again(EvaluationRequest request) {
        console.err()
                .println(request.ticket().label()
                        + ": evaluated before without --keep; the attacks run again on the images that they broke");
    }

    @Override
    public synchronized void batch(EvaluationRequest request, int done, int of) {
        attacked++;
        // A stored batch that turns out to be damaged is attacked too.
        int left = Math.max(0, batches - attacked);
        Duration elapsed = Duration.ofNanos(System.nanoTime() - started);
        Duration time = elapsed.multipliedBy(left).dividedBy(attacked);
        console.err()
                .println(request.ticket().label() + ": " + done + " of " + of + (of == 1 ? " batch" : " batches")
                        + " of images, " + Durations.of(elapsed)
                        + (left > 0 ? ", about " + Durations.of(time) + " left" : ""));
    }
}
