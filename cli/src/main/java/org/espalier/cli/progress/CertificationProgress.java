package org.espalier.cli.progress;

import java.time.Duration;
import org.espalier.attack.ThreatModel;
import org.espalier.cli.console.Console;
import org.espalier.lab.certification.CertificationObserver;
import org.espalier.lab.certification.CertificationRequest;
import org.espalier.lab.experiment.Names;

/** Progress of certifications: a line at the end of each, and one every ten seconds within it. */
public final class CertificationProgress implements CertificationObserver {
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Console console;
    private final int requests;
    private int finished;
    private long said = System.nanoTime();

    public CertificationProgress(Console console, int requests) {
        this.console = console;
        this.requests = requests;
    }

    @Override
    public synchronized void image(CertificationRequest request, int done) {
        if (System.nanoTime() - said > PAUSE.toNanos()) {
            say(request, done + " of " + request.images() + " " + Names.noun(request.images(), "image"));
        }
    }

    @Override
    public synchronized void finished(CertificationRequest request, boolean stored) {
        finished++;
        if (requests > 1) {
            say(request, finished + " of " + requests + (stored ? ", there already" : " done"));
        }
    }

    private void say(CertificationRequest request, String what) {
        console.err()
                .println(request.ticket().label() + ", epsilon " + ThreatModel.radius(request.epsilon()) + ", "
                        + request.method() + ": " + what);
        said = System.nanoTime();
    }
}
