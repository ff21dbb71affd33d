/** Certificates of stored tickets: made, kept beside their levels, and held against what attacks found. */
@NullMarked
package org.espalier.lab.certification;

import org.jspecify.annotations.NullMarked;
