// The CNI plug-in "flannel", in the place of flannel's own, whose module the module proxy does not serve: it reads what flanneld says of this node's range
// (/run/flannel/subnet.env) and hands the work to another plug-in, "bridge" unless its configuration says otherwise, with addresses from "host-local".
// The settings and their defaults are those of flannel's plug-in (its README, "Description").
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

type settings struct {
	CNIVersion string         `json:"cniVersion"`
	Name       string         `json:"name"`
	SubnetFile string         `json:"subnetFile"`
	DataDir    string         `json:"dataDir"`
	Delegate   map[string]any `json:"delegate"`
	Runtime    map[string]any `json:"runtimeConfig"`
}

func main() {
	if err := run(os.Getenv("CNI_COMMAND")); err != nil {
		// Errors go to standard output, as the CNI specification says.
		json.NewEncoder(os.Stdout).Encode(map[string]any{"cniVersion": "1.0.0", "code": 100, "msg": err.Error()})
		os.Exit(1)
	}
}

func run(command string) error {
	if command == "VERSION" {
		versions := []string{"0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0"}
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"cniVersion": "1.0.0", "supportedVersions": versions})
	}
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	wanted := settings{SubnetFile: "/run/flannel/subnet.env", DataDir: "/var/lib/cni/flannel"}
	if err := json.Unmarshal(input, &wanted); err != nil {
		return fmt.Errorf("read the configuration: %w", err)
	}
	kept := filepath.Join(wanted.DataDir, os.Getenv("CNI_CONTAINERID"))
	switch command {
	case "ADD":
		return add(wanted, kept)
	case "DEL":
		return remove(kept)
	case "CHECK":
		return nil
	}
	return fmt.Errorf("unknown CNI_COMMAND %q", command)
}

func add(wanted settings, kept string) error {
	subnet, err := readSubnet(wanted.SubnetFile)
	if err != nil {
		return err
	}
	delegate, err := delegated(wanted, subnet)
	if err != nil {
		return err
	}
	configuration, err := json.Marshal(delegate)
	if err != nil {
		return err
	}
	// What was added is removed by the same configuration, whatever flanneld says then.
	if err := os.MkdirAll(wanted.DataDir, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(kept, configuration, 0o600); err != nil {
		return err
	}
	return hand(delegate["type"], configuration)
}

func remove(kept string) error {
	configuration, err := os.ReadFile(kept)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var delegate map[string]any
	if err := json.Unmarshal(configuration, &delegate); err != nil {
		return err
	}
	if err := hand(delegate["type"], configuration); err != nil {
		return err
	}
	return os.Remove(kept)
}

// The configuration of the plug-in that does the work.
func delegated(wanted settings, subnet map[string]string) (map[string]any, error) {
	mtu, err := strconv.Atoi(subnet["FLANNEL_MTU"])
	if err != nil {
		return nil, fmt.Errorf("%s has no FLANNEL_MTU: %w", wanted.SubnetFile, err)
	}
	all := map[string]any{"type": "bridge", "mtu": mtu, "ipMasq": subnet["FLANNEL_IPMASQ"] != "true"}
	if kind, given := wanted.Delegate["type"]; !given || kind == "bridge" {
		all["isGateway"] = true
	}
	for key, value := range wanted.Delegate {
		all[key] = value
	}
	all["name"], all["cniVersion"] = wanted.Name, wanted.CNIVersion
	if len(wanted.Runtime) > 0 {
		all["runtimeConfig"] = wanted.Runtime
	}
	all["ipam"] = map[string]any{
		"type":   "host-local",
		"ranges": [][]map[string]string{{{"subnet": subnet["FLANNEL_SUBNET"]}}},
		"routes": []map[string]string{{"dst": subnet["FLANNEL_NETWORK"]}},
	}
	return all, nil
}

func readSubnet(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("flanneld has not yet told this node's range: %w", err)
	}
	all := map[string]string{}
	for _, line := range strings.Split(string(text), "\n") {
		if key, value, found := strings.Cut(strings.TrimSpace(line), "="); found {
			all[key] = value
		}
	}
	// The file has the bridge's address with the range's length.
	_, subnet, err := net.ParseCIDR(all["FLANNEL_SUBNET"])
	if err != nil {
		return nil, fmt.Errorf("%s has no FLANNEL_SUBNET: %w", file, err)
	}
	all["FLANNEL_SUBNET"] = subnet.String()
	return all, nil
}

// hand runs another plug-in with the same environment and shows what it says.
func hand(kind any, configuration []byte) error {
	for _, folder := range filepath.SplitList(os.Getenv("CNI_PATH")) {
		program := filepath.Join(folder, fmt.Sprint(kind))
		if _, err := os.Stat(program); err != nil {
			continue
		}
		other := exec.Command(program)
		other.Stdin, other.Stdout, other.Stderr = bytes.NewReader(configuration), os.Stdout, os.Stderr
		err := other.Run()
		var ended *exec.ExitError
		if errors.As(err, &ended) {
			// It has said what is wrong.
			os.Exit(ended.ExitCode())
		}
		return err
	}
	return fmt.Errorf("no plug-in %v in %s", kind, os.Getenv("CNI_PATH"))
}
