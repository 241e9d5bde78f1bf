package io.k8saws.dns.resolve;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordType;
import io.k8saws.error.K8sAwsException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;

/** The JDK's own client of name servers (module {@code jdk.naming.dns}). It is asked for records alone, and looks up no object. */
final class JndiResolver implements Resolver {
    private static final String FIRST_WAIT_MILLIS = "500";
    private static final String TRIES = "2"; // the second one waits twice as long

    private final String servers;

    JndiResolver(List<InetSocketAddress> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("A resolver needs the address of a name server.");
        }
        this.servers = addresses.stream().map(JndiResolver::url).collect(Collectors.joining(" "));
    }

    private static String url(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return "dns://" + (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":"
                + address.getPort();
    }

    // the ban is for directories whose answers become objects; here the scheme is dns, and an answer is text
    @SuppressWarnings({"BanJNDI", "JdkObsolete"}) // and it wants a Hashtable
    @Override
    public List<String> ask(DnsName name, RecordType type) {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, servers);
        environment.put("com.sun.jndi.dns.timeout.initial", FIRST_WAIT_MILLIS);
        environment.put("com.sun.jndi.dns.timeout.retries", TRIES);
        try {
            DirContext context = new InitialDirContext(environment);
            try {
                Attribute found = context.getAttributes(name.text() + ".", new String[] {type.name()})
                        .get(type.name());
                return found == null ? List.of() : texts(found);
            } finally {
                context.close();
            }
        } catch (NameNotFoundException e) {
            return List.of();
        } catch (NamingException e) {
            throw new K8sAwsException(
                    "Ask " + servers + " for " + name + " " + type,
                    String.valueOf(e.getMessage()),
                    "look whether the name server is reached from here by UDP and TCP",
                    Map.of("name", name.text(), "servers", servers),
                    e);
        }
    }

    private static List<String> texts(Attribute found) throws NamingException {
        List<String> texts = new ArrayList<>();
        for (Object value : Collections.list(found.getAll())) {
            texts.add(String.valueOf(value));
        }
        return texts;
    }

    /** The servers that are asked. */
    @Override
    public String toString() {
        return servers;
    }
}
