package io.k8saws.etcd.internal.seam;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.grpc.Channel;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The token that stands for the user, got when it is first needed and after etcd has forgotten it. Safe to use from many threads. */
final class Tokens {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private final Optional<Login> login;
    private volatile @Nullable String token;

    Tokens(Optional<Login> login) {
        this.login = login;
    }

    /** What a call brings along; asks for a token when there is none. */
    Metadata headers(Channel channel, Duration limit) {
        Metadata headers = new Metadata();
        if (login.isPresent()) {
            String current = token;
            if (current == null) {
                current = Answers.of(Unary.start(
                                channel,
                                AuthGrpc.getAuthenticateMethod(),
                                AuthenticateRequest.newBuilder()
                                        .setName(login.get().user())
                                        .setPassword(login.get().password())
                                        .build(),
                                new Metadata(),
                                limit))
                        .getToken();
                token = current;
            }
            headers.put(TOKEN, current);
        }
        return headers;
    }

    /** What a call brings along when there is no time to ask for a token. */
    Metadata headersAtHand() {
        Metadata headers = new Metadata();
        String current = token;
        if (current != null) {
            headers.put(TOKEN, current);
        }
        return headers;
    }

    void forget() {
        token = null;
    }

    boolean used() {
        return login.isPresent();
    }
}
