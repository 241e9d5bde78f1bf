package io.k8saws.dns.resolve;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordType;
import io.k8saws.error.K8sAwsException;
import java.net.InetSocketAddress;
import java.util.List;

/** Answers questions about names. Implementations are safe to use from many threads, and remember no answer. */
@FunctionalInterface
public interface Resolver {
    /**
     * Asks for the records of a name.
     *
     * @param name the name; a wildcard is asked for as it is
     * @param type their type
     * @return their values, in the words of zone files; empty when there are none, or no such name
     * @throws K8sAwsException if no answer comes
     */
    List<String> ask(DnsName name, RecordType type);

    /**
     * Asks a name server, by UDP, and by TCP where the answer is long. Waits for two seconds for an answer.
     *
     * @param addresses where it listens; the next one is asked when one does not answer
     * @return the resolver
     * @throws IllegalArgumentException if there is no address
     */
    static Resolver at(List<InetSocketAddress> addresses) {
        return new JndiResolver(addresses);
    }
}
