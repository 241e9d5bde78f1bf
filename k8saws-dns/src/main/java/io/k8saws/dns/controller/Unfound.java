package io.k8saws.dns.controller;

import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.AccessDeniedException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * What a term began without. Immutable.
 *
 * @param unreached how many roles could not be assumed
 * @param unread zones whose records may not be read
 */
record Unfound(int unreached, List<HostedZone> unread) {
    boolean isNothing() {
        return unreached == 0 && unread.isEmpty();
    }

    /**
     * Whether it would be less now.
     *
     * @param unreachedNow asks how many roles cannot be assumed
     * @param read reads a zone's first page; throws what the call throws
     * @return whether a role can be assumed, or a zone be read, that could not before
     */
    boolean isLess(IntSupplier unreachedNow, Consumer<HostedZone> read) {
        return unreachedNow.getAsInt() < unreached || unread.stream().anyMatch(zone -> isReadable(zone, read));
    }

    private static boolean isReadable(HostedZone zone, Consumer<HostedZone> read) {
        try {
            read.accept(zone);
            return true;
        } catch (AccessDeniedException e) {
            return false;
        }
    }
}
