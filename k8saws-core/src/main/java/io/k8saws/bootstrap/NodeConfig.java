package io.k8saws.bootstrap;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a group of equal machines shall have: files (systemd units among them), kernel modules and settings, programs, secrets, and values for its script.
 *
 * @param part the group's name in the bucket
 * @param role what the machines become
 * @param variables what the script reads from {@code /etc/k8saws/node.env}
 * @param modules kernel modules
 * @param sysctls kernel settings
 * @param programs what is fetched and installed
 * @param files files beside those that follow from the above
 * @param secrets what is fetched at each boot; empty when nothing
 */
record NodeConfig(
        String part,
        NodeRole role,
        Map<String, String> variables,
        List<String> modules,
        Map<String, String> sysctls,
        List<Program> programs,
        List<NodeFile> files,
        Optional<MachineSecrets> secrets) {

    /**
     * A program that a machine fetches.
     *
     * @param name its name
     * @param sha256 its hash
     * @param form how it is unpacked: {@code file}, {@code tar} or {@code etcd}
     * @param target where it goes
     * @param address where it comes from; {@code s3+} in front says that the machine's role must ask
     */
    record Program(String name, String sha256, String form, String target, String address) {
        /** As the machine's list has it. */
        String line() {
            return name + " " + sha256 + " " + form + " " + target + " " + address + "\n";
        }
    }
}
