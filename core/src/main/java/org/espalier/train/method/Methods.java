package org.espalier.train.method;

import org.espalier.UserException;
import org.espalier.attack.Attack;
import org.espalier.attack.Norm;
import org.espalier.attack.Pgd;
import org.espalier.train.ObjectiveContext;

/** Checks that the kinds of this package share. */
final class Methods {
    private Methods() {}

    static Attack attack(String method, ObjectiveContext context) {
        return context.attack()
                .orElseThrow(() -> new UserException("method " + method + " has no attack, expected one"));
    }

    static Pgd pgd(String method, ObjectiveContext context) {
        Attack attack = attack(method, context);
        if (attack instanceof Pgd pgd) {
            return pgd;
        }
        throw new UserException(
                "method " + method + " has an attack of kind " + attack.name() + ", expected one of kind pgd");
    }

    /** Radius of the entry's attack. */
    static double epsilon(String method, ObjectiveContext context) {
        Attack attack = attack(method, context);
        if (attack.threat().norm() != Norm.LINF) {
            throw new UserException("method " + method + " has an attack in "
                    + attack.threat().norm() + ", expected one in l-infinity");
        }
        return attack instanceof Pgd pgd
                ? pgd.epsilon()
                : attack instanceof org.espalier.attack.Fgsm fgsm
                        ? fgsm.epsilon()
                        : attack.threat().epsilon();
    }

    static AttackedObjective attacked(PairLoss loss, Attack attack, ObjectiveContext context) {
        return new AttackedObjective(loss, attack, context.epsilonRamp(), context.attackMode());
    }
}
