//go:build imports

// Package imports keeps the two servers in go.mod; fairlead builds them by their import paths.
package imports

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
