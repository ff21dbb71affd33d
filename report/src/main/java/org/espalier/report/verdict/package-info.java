/** What a search has shown, and what it has not: winning robust tickets, judged over trials. */
@NullMarked
package org.espalier.report.verdict;

import org.jspecify.annotations.NullMarked;
