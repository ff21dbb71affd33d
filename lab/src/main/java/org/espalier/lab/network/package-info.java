/** Networks of experiments: layers as a file lists them, and the sizes of networks. */
@NullMarked
package org.espalier.lab.network;

import org.jspecify.annotations.NullMarked;
