// cp for images without a shell: `cp -f SOURCE TARGET` puts one file in the place of another, whole.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cp:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) > 0 && arguments[0] == "-f" {
		arguments = arguments[1:]
	}
	if len(arguments) != 2 {
		return fmt.Errorf("usage: cp [-f] SOURCE TARGET")
	}
	source, err := os.Open(arguments[0])
	if err != nil {
		return err
	}
	defer source.Close()
	state, err := source.Stat()
	if err != nil {
		return err
	}
	// A program that runs cannot be written to, but another can take its name.
	part := arguments[1] + ".part"
	target, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, state.Mode().Perm())
	if err != nil {
		return err
	}
	if _, err := io.Copy(target, source); err != nil {
		target.Close()
		return err
	}
	if err := target.Close(); err != nil {
		return err
	}
	return os.Rename(part, arguments[1])
}
