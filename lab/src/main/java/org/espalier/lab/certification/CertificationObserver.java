package org.espalier.lab.certification;

/** Hears how certifications go; called by any thread, one call at a time. */
public interface CertificationObserver {
    /** Hears nothing. */
    CertificationObserver NONE = new CertificationObserver() {};

    /** One more image of a request is done. */
    default void image(CertificationRequest request, int done) {}

    /** A request is done; {@code stored} if it had been done before. */
    default void finished(CertificationRequest request, boolean stored) {}
}
