package io.k8saws.pki;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * Under which names and addresses a server is reached: the subject alternative names of RFC 5280, section 4.2.1.6.
 *
 * @param dnsNames host names, some perhaps with a wildcard as their first label; each once
 * @param addresses IPv4 and IPv6 addresses in canonical form; each once
 */
public record AltNames(List<String> dnsNames, List<String> addresses) {
    /** Copies the lists. */
    public AltNames {
        dnsNames = List.copyOf(dnsNames);
        addresses = List.copyOf(addresses);
    }

    /** None: a certificate that serves nothing. */
    static AltNames none() {
        return new AltNames(List.of(), List.of());
    }

    /** Sorts names and addresses apart; the first of equal ones stays. */
    static AltNames of(Collection<String> hosts) {
        Set<String> names = new LinkedHashSet<>();
        Set<String> addresses = new LinkedHashSet<>();
        for (String host : hosts) {
            Hosts.address(host).ifPresentOrElse(addresses::add, () -> names.add(host));
        }
        return new AltNames(List.copyOf(names), List.copyOf(addresses));
    }

    /**
     * Tells whether there is neither a name nor an address.
     *
     * @return true for client certificates
     */
    public boolean isEmpty() {
        return dnsNames.isEmpty() && addresses.isEmpty();
    }

    GeneralNames generalNames() {
        List<GeneralName> names = new java.util.ArrayList<>();
        dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
        addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address)));
        return new GeneralNames(names.toArray(new GeneralName[0]));
    }

    /** Returns names and addresses, separated by commas. */
    @Override
    public String toString() {
        return String.join(", ", dnsNames)
                + (dnsNames.isEmpty() || addresses.isEmpty() ? "" : ", ")
                + String.join(", ", addresses);
    }
}
