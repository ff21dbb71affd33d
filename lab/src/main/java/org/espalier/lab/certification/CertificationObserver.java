package org.espalier.lab.certification;

/** Receives the progress of certifications; called by any thread, one call at a time. */
public interface CertificationObserver {
    /** Ignores all calls. */
    CertificationObserver NONE = new CertificationObserver() {};

    /** One more image of a request is done. */
    default void image(CertificationRequest request, int done) {}

    /** A request is done; {@code stored} if it had been done before. */
    default void finished(CertificationRequest request, boolean stored) {}
}
