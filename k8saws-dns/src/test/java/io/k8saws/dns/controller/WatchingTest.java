package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.internal.engine.VirtualAgenda;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Who does not see the cluster does not stand for election")
class WatchingTest {
    private final VirtualAgenda time = new VirtualAgenda();
    private final Deque<CompletableFuture<Void>> attempts = new ArrayDeque<>();
    private final List<String> heard = new ArrayList<>();
    private boolean sees = true;
    private boolean blind;
    private String deafTo = "";
    private int throwing;

    private int searches;
    private Supplier<CompletableFuture<Boolean>> found = () -> CompletableFuture.completedFuture(false);

    private final Watching watching =
            new Watching(this::attempt, this::look, this::search, time, new Watching.Listener() {
                @Override
                public void known() {
                    hear("known");
                }

                @Override
                public void more() {
                    hear("more");
                }

                @Override
                public void lost(Throwable why) {
                    hear("lost: " + why.getMessage());
                }
            });

    private void hear(String news) {
        heard.add(news);
        if (news.equals(deafTo)) {
            throw new IllegalStateException("deaf");
        }
    }

    private boolean look() {
        if (blind) {
            throw new IllegalStateException("blind");
        }
        return sees;
    }

    private CompletableFuture<Boolean> search() {
        searches++;
        return found.get();
    }

    private CompletableFuture<Void> attempt() {
        CompletableFuture<Void> attempt = new CompletableFuture<>();
        attempts.add(attempt);
        if (throwing > 0) {
            throwing--;
            throw new IllegalStateException("no answer");
        }
        return attempt;
    }

    @Test
    void aStartThatFailsIsTriedAgain_moreAndMoreSeldom() {
        throwing = 1;
        watching.begin();
        time.pass(Duration.ofSeconds(1));
        assertThat(heard).containsExactly("lost: no answer");
        time.pass(Duration.ofSeconds(1));
        assertThat(attempts).hasSize(2);
        attempts.getLast().completeExceptionally(new IllegalStateException("forbidden"));
        time.pass(Duration.ofSeconds(3));
        assertThat(attempts).as("four seconds later").hasSize(2);
        time.pass(Duration.ofSeconds(1));
        assertThat(attempts).hasSize(3);
        assertThat(heard).as("not before all is known").containsExactly("lost: no answer", "lost: forbidden");

        attempts.getLast().complete(null);

        assertThat(heard.get(2)).isEqualTo("known");
        time.pass(Duration.ofDays(1));
        assertThat(attempts).hasSize(3);
    }

    @Test
    void aGapIsForgiven_butNotForLong() {
        watching.begin();
        time.pass(Duration.ZERO);
        attempts.getLast().complete(null);
        time.pass(Duration.ofMinutes(5));
        sees = false;
        time.pass(Duration.ofSeconds(50));
        assertThat(heard).containsExactly("known");
        sees = true;
        time.pass(Duration.ofSeconds(20));
        sees = false;
        time.pass(Duration.ofMinutes(1));
        assertThat(heard).containsExactly("known");

        time.pass(Duration.ofSeconds(20));

        assertThat(heard).containsExactly("known", "lost: no changes were heard of for 60 s");
        assertThat(attempts).hasSize(2);
        sees = true;
        attempts.getLast().complete(null);
        assertThat(heard).hasSize(3).endsWith("known");
    }

    @Test
    void closed_itStartsNothingAndTellsNothing() {
        watching.begin();
        time.pass(Duration.ZERO);
        watching.close();

        attempts.getLast().completeExceptionally(new IllegalStateException("closed"));
        time.pass(Duration.ofDays(1));

        assertThat(attempts).hasSize(1);
        assertThat(heard).isEmpty();
    }

    @Test
    void whatTheClusterDidNotHaveIsLookedForTwiceAMinute_whateverFails() {
        watching.begin();
        time.pass(Duration.ZERO);
        attempts.getLast().complete(null);
        time.pass(Duration.ofMinutes(5));
        assertThat(searches).isEqualTo(10);
        assertThat(heard).containsExactly("known");

        found = () -> {
            throw new IllegalStateException("no answer");
        };
        time.pass(Duration.ofMinutes(1));
        found = () -> CompletableFuture.failedFuture(new IllegalStateException("forbidden"));
        time.pass(Duration.ofMinutes(1));
        found = () -> CompletableFuture.completedFuture(true);
        time.pass(Duration.ofSeconds(30));

        assertThat(heard).containsExactly("known", "more");
        watching.close();
        time.pass(Duration.ofDays(1));
        assertThat(searches).isEqualTo(15);
    }

    @Test
    void whoHearsAndFails_endsNoSearch() {
        watching.begin();
        time.pass(Duration.ZERO);
        attempts.getLast().complete(null);
        found = () -> CompletableFuture.completedFuture(true);
        deafTo = "more";

        time.pass(Duration.ofMinutes(5));

        assertThat(searches).isEqualTo(10);
    }

    @Test
    void whatIsKnownAndNotTaken_isReadAgain() {
        deafTo = "known";
        watching.begin();
        time.pass(Duration.ZERO);
        attempts.getLast().complete(null);
        assertThat(heard).containsExactly("known", "lost: deaf");

        deafTo = "";
        time.pass(Duration.ofSeconds(2));
        assertThat(attempts).hasSize(2);
        attempts.getLast().complete(null);

        assertThat(heard).containsExactly("known", "lost: deaf", "known");
    }

    @Test
    void whoDoesNotTakeThatTheWatchIsLost_endsNoAttempt() {
        deafTo = "lost: no answer";
        throwing = 1;
        watching.begin();
        time.pass(Duration.ofSeconds(2));

        assertThat(attempts).hasSize(2);
    }

    @Test
    void aLookThatFailsIsAGap() {
        watching.begin();
        time.pass(Duration.ZERO);
        attempts.getLast().complete(null);
        blind = true;
        time.pass(Duration.ofSeconds(30));
        blind = false;
        time.pass(Duration.ofMinutes(2));
        assertThat(heard).containsExactly("known");

        blind = true;
        time.pass(Duration.ofMinutes(2));

        assertThat(heard).containsExactly("known", "lost: no changes were heard of for 60 s");
        assertThat(attempts).hasSize(2);
    }
}
