/** Searches on a cluster with Apache Spark, and stores on file systems of Hadoop. */
@NullMarked
package org.espalier.spark;

import org.jspecify.annotations.NullMarked;
