//go:build imports

// Package imports keeps actionlint in go.mod; the tests build it by its import path.
package imports

import _ "github.com/rhysd/actionlint/cmd/actionlint"
