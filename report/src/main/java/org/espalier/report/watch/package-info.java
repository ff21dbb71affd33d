/**
 * A page that shows a search as it runs. Reads the store as it grows, never writes, and serves one machine only:
 *
 * <pre>
 * RunReader (a store)  ─┐
 * RunReader (a store)  ─┼→ Watcher (every second) → Board (what is shown, by revision) → EventStream (a page each)
 * </pre>
 */
@NullMarked
package org.espalier.report.watch;

import org.jspecify.annotations.NullMarked;
