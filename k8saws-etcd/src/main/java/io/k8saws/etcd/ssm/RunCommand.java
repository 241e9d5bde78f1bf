package io.k8saws.etcd.ssm;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.etcd.restore.RemoteShell;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import java.util.List;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * Run Command of AWS Systems Manager: scripts run on machines of EC2 without an open port and without a key. The machine needs Systems Manager's agent and a role that lets it work, such as one with the policy
 * {@code AmazonSSMManagedInstanceCore}; the caller needs {@code ssm:SendCommand}, {@code ssm:GetCommandInvocation} and {@code ssm:CancelCommand}. Thread-safe.
 *
 * <p>Systems Manager keeps each script, and what it wrote, for 30 days, and whoever may read its history reads them: a script must hold no secret.
 *
 * <pre>{@code
 * try (RunCommand run = RunCommand.open(AwsAccess.of("eu-west-1"))) {
 *     MemberHost host = RemoteHost.of("a", machine, run.shell("i-0123456789abcdef0"));
 * }
 * }</pre>
 */
public final class RunCommand implements AutoCloseable {
    private static final Pattern MACHINE = Pattern.compile("i-[0-9a-f]{8}([0-9a-f]{9})?|mi-[0-9a-f]{17}");

    private final SsmClient ssm;
    private final Sleeper sleeper;
    private final Runnable onClose;

    RunCommand(SsmClient ssm, Sleeper sleeper, Runnable onClose) {
        this.ssm = ssm;
        this.sleeper = sleeper;
        this.onClose = onClose;
    }

    /**
     * Opens the way. Connects to nothing yet.
     *
     * @param access how AWS is reached
     * @return the way, to be closed by the caller
     */
    public static RunCommand open(AwsAccess access) {
        Sleeper sleeper = Sleeper.system();
        ResiliencePolicy policy = ResiliencePolicy.defaults();
        GuardedClients clients =
                GuardedClients.open(access, access.endpoint().isPresent() ? policy.forEmulator() : policy, sleeper);
        return new RunCommand(clients.ssm(), sleeper, clients::close);
    }

    /**
     * The shell of one machine. A script that is late, or whose caller is interrupted, is cancelled there, too.
     *
     * @param instance the id of an instance of EC2, or of another machine that Systems Manager knows ({@code mi-...})
     * @return a shell that works as long as this is open. It throws {@link io.k8saws.error.AwsCallException} when AWS refuses, {@link io.k8saws.error.WaitTimeoutException} when the limit is over,
     *     {@link io.k8saws.error.OperationCancelledException} when the thread is interrupted or somebody cancels the command, and another {@link io.k8saws.error.K8sAwsException} when the machine takes no commands, or
     *     the script writes more than Run Command keeps, 24,000 characters
     * @throws InvalidSpecException if that is no id of a machine
     */
    public RemoteShell shell(String instance) {
        if (!MACHINE.matcher(instance).matches()) {
            throw new InvalidSpecException(
                    "Run scripts on a machine",
                    List.of(new Violation(
                            "instance",
                            "\"" + instance + "\" is no id of a machine",
                            "give one such as i-0123456789abcdef0")));
        }
        return new MachineShell(ssm, sleeper, instance);
    }

    /** Closes the connections. */
    @Override
    public void close() {
        onClose.run();
    }
}
