//go:build tools

// Package tools pins the etcd that hosted control planes run, so that its whole
// dependency graph is fixed by go.sum.
package tools

import _ "go.etcd.io/etcd/server/v3"
