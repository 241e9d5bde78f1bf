package io.k8saws.kill;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Every account that a run would leave behind if its process died at one of its calls. The run is not disturbed: the emulator is copied after each call that may
 * change something, and one such call is served at a time. A process that dies can neither undo nor add anything, so the copy is what a later run would find.
 *
 * <p>Reads change nothing, so the moments before and after them belong to the account that the write before has left.
 */
final class Worlds implements AutoCloseable {
    private static final String OPERATION = "x-operation";
    private static final Pattern READ = Pattern.compile(".*:(Describe|Get|Head|List).*");

    private final Account account;
    private final ReentrantLock oneWriteAtATime = new ReentrantLock(true);
    private final List<World> worlds = new ArrayList<>();
    private int calls;

    /** A moment of the run at which it might have died. */
    record Death(int call, String operation, Moment moment) {
        boolean atWrite() {
            return !READ.matcher(operation).matches();
        }

        @Override
        public String toString() {
            return moment + " call " + call + ", " + operation;
        }
    }

    /** The account as a dead run leaves it, with all the moments of dying that leave it so. */
    record World(Account account, int number, List<Death> deaths) {}

    private Worlds(Account account) {
        this.account = account;
    }

    /** Runs a wish to its end and keeps the account as it was at each of its calls. The account itself is left as the run has left it. */
    static Worlds of(Account account, Wish wish) {
        Worlds worlds = new Worlds(account);
        worlds.add();
        account.apply(wish, worlds.new Copying(Account.CONNECTIONS), Worlds::nameOperation);
        return worlds;
    }

    /** The accounts in the order in which they were left; the first is that before the run. */
    List<World> all() {
        return List.copyOf(worlds);
    }

    /** How many calls the run made. */
    int calls() {
        return calls;
    }

    private void add() {
        worlds.add(new World(account.copy(), worlds.size(), new ArrayList<>()));
    }

    private synchronized int next() {
        return ++calls;
    }

    private synchronized World current() {
        return worlds.get(worlds.size() - 1);
    }

    private synchronized void died(World world, Death death) {
        world.deaths().add(death);
    }

    private static void nameOperation(AwsClientBuilder<?, ?> builder) {
        builder.overrideConfiguration(builder.overrideConfiguration().toBuilder()
                .addExecutionInterceptor(new ExecutionInterceptor() {
                    @Override
                    public SdkHttpRequest modifyHttpRequest(
                            Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
                        String operation = attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME) + ":"
                                + attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
                        return context.httpRequest().toBuilder()
                                .putHeader(OPERATION, operation)
                                .build();
                    }
                })
                .build());
    }

    @Override
    public void close() {
        worlds.forEach(world -> world.account().close());
    }

    /** Sends calls on, and copies the account after each that may have changed it. */
    private final class Copying implements SdkHttpClient {
        private final SdkHttpClient connections;

        Copying(SdkHttpClient connections) {
            this.connections = connections;
        }

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            String operation =
                    request.httpRequest().firstMatchingHeader(OPERATION).orElseThrow();
            ExecutableHttpRequest sent = connections.prepareRequest(request);
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() throws IOException {
                    return READ.matcher(operation).matches() ? read(operation, sent) : write(operation, sent);
                }

                @Override
                public void abort() {
                    sent.abort();
                }
            };
        }

        private HttpExecuteResponse read(String operation, ExecutableHttpRequest request) throws IOException {
            int call = next();
            died(current(), new Death(call, operation, Moment.BEFORE));
            HttpExecuteResponse response = request.call();
            died(current(), new Death(call, operation, Moment.AFTER));
            return response;
        }

        private HttpExecuteResponse write(String operation, ExecutableHttpRequest request) throws IOException {
            oneWriteAtATime.lock();
            try {
                int call = next();
                died(current(), new Death(call, operation, Moment.BEFORE));
                HttpExecuteResponse response = request.call();
                synchronized (Worlds.this) {
                    add();
                }
                died(current(), new Death(call, operation, Moment.AFTER));
                return response;
            } finally {
                oneWriteAtATime.unlock();
            }
        }

        @Override
        public void close() {
            // The connections belong to somebody else.
        }
    }
}
