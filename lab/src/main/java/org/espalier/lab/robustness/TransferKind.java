package org.espalier.lab.robustness;

import java.nio.file.Path;
import org.espalier.UserPath;
import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.radius.ProjectedGradient;
import org.espalier.attack.strong.radius.Transfer;
import org.espalier.data.Digests;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.store.NetworkFile;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** Registers the suite attack {@code transfer}: examples made on another network with PGD. */
public final class TransferKind implements EvaluationAttackKind<TransferKind.Settings> {
    /** Examples made on another network with PGD. */
    @Kind("transfer")
    public record Settings(
            @Setting("safetensors file of the other network, relative to the suite file")
            String from,

            @Setting(value = "PGD steps on it", preset = "40", min = 1, max = 100_000)
            int iterations) {}

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public StrongAttack create(Settings settings) {
        Path file = UserPath.of(settings.from(), "from");
        byte[] content = AtomicFiles.read(file);
        NetworkFile other = NetworkFile.decode(content, file.toString());
        return new Transfer(
                "sha256 " + Digests.sha256(content),
                other.network().weights(),
                other.network().mask(),
                ProjectedGradient.pgd(settings.iterations(), 1));
    }
}
