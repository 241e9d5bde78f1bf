package io.k8saws.kill;

import io.k8saws.testkit.fault.Faults;
import java.util.Locale;

/** When a run dies: before AWS sees the call, or after it was served and before the answer arrives. */
enum Moment {
    BEFORE {
        @Override
        Faults at(int call) {
            return Faults.none().killBefore(call);
        }
    },
    AFTER {
        @Override
        Faults at(int call) {
            return Faults.none().killAfter(call);
        }
    };

    /** Kills the run at its n-th call. */
    abstract Faults at(int call);

    /** Kills the run at the n-th call of one operation. */
    Faults at(String operation, int call) {
        return Faults.none().when(one -> one.name().equals(operation), faults -> faults.and(at(call)));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
