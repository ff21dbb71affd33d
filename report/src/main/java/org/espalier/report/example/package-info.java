/**
 * Example images under attack. {@link org.espalier.report.example.ExampleSource} is what pages read; only
 * {@link org.espalier.report.example.AttackedImages} runs an engine.
 */
@NullMarked
package org.espalier.report.example;

import org.jspecify.annotations.NullMarked;
