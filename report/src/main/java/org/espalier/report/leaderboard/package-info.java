/** The leaderboard of a benchmark of pruning methods: statistics, tables, page and JSON. */
@NullMarked
package org.espalier.report.leaderboard;

import org.jspecify.annotations.NullMarked;
