//go:build tools

// Package tools pins the kube-apiserver that hosted control planes run, so that
// its whole dependency graph is fixed by go.sum.
package tools

import _ "k8s.io/kubernetes/cmd/kube-apiserver"
