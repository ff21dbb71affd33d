/** Corruptions of images: noise, blur, weather and distortions, as pure functions of an image and a random stream. */
@NullMarked
package org.espalier.evaluate.corrupt;

import org.jspecify.annotations.NullMarked;
