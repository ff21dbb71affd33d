/** Files of {@code torch.save}: state dictionaries in both forms, read without executing anything. */
@NullMarked
package org.espalier.lab.exchange.torch;

import org.jspecify.annotations.NullMarked;
