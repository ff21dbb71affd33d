/** Studies that search for networks. */
@NullMarked
package org.espalier.lab.study.network;

import org.jspecify.annotations.NullMarked;
