//go:build imports

// Package imports keeps Helm in go.mod; fairlead builds it by its import path.
package imports

import _ "helm.sh/helm/v3/cmd/helm"
