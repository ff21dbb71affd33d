package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.espalier.engine.KernelMode;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

class KernelModeConverterTest {
    private final KernelModeConverter converter = new KernelModeConverter();

    @Test
    void readsEveryMode() {
        assertThat(converter.convert("auto")).isEqualTo(KernelMode.AUTO);
        assertThat(converter.convert("dense")).isEqualTo(KernelMode.DENSE);
        assertThat(converter.convert("sparse")).isEqualTo(KernelMode.SPARSE);
    }

    @Test
    void readsTheFormerNameOfAuto() {
        assertThat(converter.convert("chosen")).isEqualTo(KernelMode.AUTO);
    }

    @Test
    void namesTheModesForAnythingElse() {
        assertThatThrownBy(() -> converter.convert("atuo"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'atuo', expected auto, dense or sparse; did you mean 'auto'?");
    }

    @Test
    void autoIsTheDefault() {
        var command = new RunCommand(CommandLineRun.console());
        var line = new CommandLine(command);
        line.parseArgs("quick");
        assertThat(line.getCommandSpec().findOption("--kernels").<KernelMode>getValue())
                .isEqualTo(KernelMode.AUTO);
    }
}
