package io.k8saws.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The few plain HTTP questions that the testbed asks its programs. */
final class Http {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int RESET_TIMEOUT_MILLIS = 60_000;

    record Answer(int status, String body) {}

    private Http() {}

    static Answer get(URI uri) throws IOException {
        return ask("GET", uri, TIMEOUT_MILLIS, "");
    }

    static Answer post(URI uri) throws IOException {
        return post(uri, "");
    }

    static Answer post(URI uri, String body) throws IOException {
        return ask("POST", uri, RESET_TIMEOUT_MILLIS, body);
    }

    static boolean isOk(URI uri) {
        try {
            return get(uri).status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    static boolean answers(URI uri) {
        try {
            return get(uri).status() > 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Asks a server over TLS, with a bearer token. */
    static boolean isOk(URI uri, SSLContext trust, String token) {
        try {
            HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection();
            connection.setSSLSocketFactory(trust.getSocketFactory());
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setRequestProperty("Authorization", "Bearer " + token);
            return connection.getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** A TLS context that trusts one authority alone. */
    static SSLContext trusting(X509Certificate authority) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry("authority", authority);
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw TestbedException.defect("Trust the testbed's own authority", e);
        }
    }

    private static Answer ask(String method, URI uri, int timeoutMillis, String body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(timeoutMillis);
        connection.setReadTimeout(timeoutMillis);
        connection.setRequestMethod(method);
        if (method.equals("POST")) {
            connection.setDoOutput(true);
            byte[] content = body.getBytes(StandardCharsets.UTF_8);
            connection.setRequestProperty("Content-Type", "text/plain");
            connection.setFixedLengthStreamingMode(content.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(content);
            }
        }
        int status = connection.getResponseCode();
        InputStream stream = status < 400 ? connection.getInputStream() : connection.getErrorStream();
        if (stream == null) {
            return new Answer(status, "");
        }
        try (stream) {
            return new Answer(status, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
