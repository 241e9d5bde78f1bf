package io.k8saws.pki;

import java.util.List;

/**
 * A machine that gets certificates with its own name: a control-plane node or an etcd member.
 *
 * @param name the node's or the member's name: lower-case letters, digits, dashes and dots
 * @param addresses under which others reach it, at least one; the first is the one that it advertises
 */
public record PkiMachine(String name, List<String> addresses) {
    /** Copies the list. */
    public PkiMachine {
        addresses = List.copyOf(addresses);
    }

    /** Returns name and addresses. */
    @Override
    public String toString() {
        return name + " " + addresses;
    }
}
