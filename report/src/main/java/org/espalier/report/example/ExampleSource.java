package org.espalier.report.example;

import org.espalier.UserException;
import org.espalier.lab.store.Store;
import org.espalier.report.result.Cell;

/** Finds example images for the page. Cells of one report are asked for side by side. */
@FunctionalInterface
public interface ExampleSource {
    /**
     * Examples of a cell's networks.
     *
     * @throws UserException saying in a sentence why there are none
     */
    Examples of(Store store, Cell cell);
}
