package org.espalier.spark;

import java.io.Serializable;
import java.util.List;

/**
 * How a task ended.
 *
 * @param host where it ran
 * @param chain the chain that it was given
 * @param warnings sentences for the user
 */
record ChainReport(String host, Chain chain, List<String> warnings) implements Serializable {}
