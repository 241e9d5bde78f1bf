package io.k8saws.kubeconfig;

import io.k8saws.kubeconfig.Yaml.Mapping;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as a kubeconfig names it: where its API answers and whom to trust there. Immutable. Fields that this type does not know are kept.
 *
 * <p>Equal are entries of the same name and fields, wherever they were read.
 */
public final class ClusterEntry {
    private static final String SERVER = "server";
    private static final String TLS_SERVER_NAME = "tls-server-name";
    private static final String INSECURE = "insecure-skip-tls-verify";
    private static final String AUTHORITY = "certificate-authority";
    private static final String AUTHORITY_DATA = "certificate-authority-data";
    private static final String PROXY = "proxy-url";
    private static final String NO_COMPRESSION = "disable-compression";

    private final Stanza stanza;

    ClusterEntry(Stanza stanza) {
        this.stanza = stanza;
    }

    Stanza stanza() {
        return stanza;
    }

    /**
     * The name by which contexts refer to it.
     *
     * @return the name
     */
    public String name() {
        return stanza.name();
    }

    /**
     * The file that it was read from.
     *
     * @return the file; empty when it was not read from a file
     */
    public Optional<Path> origin() {
        return stanza.origin();
    }

    /**
     * Where the API answers.
     *
     * @return for example {@code https://api.example.com:6443}; empty when the file does not say
     */
    public Optional<String> server() {
        return stanza.body().text(SERVER);
    }

    /**
     * The name that the server's certificate must bear.
     *
     * @return the name; empty when it is the server's own
     */
    public Optional<String> tlsServerName() {
        return stanza.body().text(TLS_SERVER_NAME);
    }

    /**
     * Whether the server's certificate is not checked.
     *
     * @return true if everybody on the way can read and change what is sent
     */
    public boolean insecureSkipTlsVerify() {
        return stanza.body().isTrue(INSECURE);
    }

    /**
     * Whom to trust. What is inline wins over a file, as kubectl has it.
     *
     * @return the authorities' certificates; empty when the system's count
     */
    public Optional<PemSource> certificateAuthority() {
        return Pem.read(stanza, AUTHORITY, AUTHORITY_DATA);
    }

    /**
     * The proxy for requests to the server.
     *
     * @return a URL with http, https or socks5; empty when the environment decides
     */
    public Optional<String> proxyUrl() {
        return stanza.body().text(PROXY);
    }

    /**
     * Whether answers come uncompressed, which is faster in a fast network.
     *
     * @return false by default
     */
    public boolean disableCompression() {
        return stanza.body().isTrue(NO_COMPRESSION);
    }

    /**
     * Says where the API answers.
     *
     * @param server a URL
     * @return a copy
     */
    public ClusterEntry withServer(String server) {
        return with(stanza.body().with(SERVER, Texts.require(server, SERVER)));
    }

    /**
     * Says which name the server's certificate must bear.
     *
     * @param name a DNS name
     * @return a copy
     */
    public ClusterEntry withTlsServerName(String name) {
        return with(stanza.body().with(TLS_SERVER_NAME, Texts.require(name, TLS_SERVER_NAME)));
    }

    /**
     * Says whom to trust; this ends {@link #insecureSkipTlsVerify}, as in kubectl.
     *
     * @param source certificates in PEM
     * @return a copy that has no other authority
     */
    public ClusterEntry withCertificateAuthority(PemSource source) {
        return with(Pem.write(stanza.body(), source, AUTHORITY, AUTHORITY_DATA).without(INSECURE));
    }

    /**
     * Says whether the server's certificate is not checked. True removes the certificate authority, as in kubectl.
     *
     * @param insecure true only for a test
     * @return a copy
     */
    public ClusterEntry withInsecureSkipTlsVerify(boolean insecure) {
        Mapping body = stanza.body().with(INSECURE, insecure);
        return with(insecure ? body.without(AUTHORITY, AUTHORITY_DATA) : body);
    }

    /**
     * Says which proxy to use.
     *
     * @param url a URL with http, https or socks5
     * @return a copy
     */
    public ClusterEntry withProxyUrl(String url) {
        return with(stanza.body().with(PROXY, Texts.require(url, PROXY)));
    }

    /**
     * Says whether answers come uncompressed.
     *
     * @param disable true for uncompressed ones
     * @return a copy
     */
    public ClusterEntry withDisableCompression(boolean disable) {
        return with(stanza.body().with(NO_COMPRESSION, disable));
    }

    private ClusterEntry with(Mapping body) {
        return new ClusterEntry(stanza.withBody(body));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClusterEntry that && stanza.equals(that.stanza);
    }

    @Override
    public int hashCode() {
        return stanza.hashCode();
    }

    /** Name and server. */
    @Override
    public String toString() {
        return "ClusterEntry[" + name() + " at "
                + server().map(Urls::withoutPassword).orElse("no server")
                + (insecureSkipTlsVerify() ? ", insecure" : "") + "]";
    }
}
