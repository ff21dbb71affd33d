/** Certificates of stored tickets: computed, stored beside their levels, and compared with attacks. */
@NullMarked
package org.espalier.lab.certification;

import org.jspecify.annotations.NullMarked;
