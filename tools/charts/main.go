// Writes Istio's own Helm charts, which Istio embeds in a Go package, into a folder.
package main

import (
	"fmt"
	"os"

	"istio.io/istio/manifests"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: charts FOLDER")
		os.Exit(2)
	}
	if err := os.CopyFS(os.Args[1], manifests.FS); err != nil {
		fmt.Fprintln(os.Stderr, "charts:", err)
		os.Exit(1)
	}
}
