// The etcd server. Its own module has replace lines, which `go install` refuses, so this three-line program
// starts it from the released server module instead.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
