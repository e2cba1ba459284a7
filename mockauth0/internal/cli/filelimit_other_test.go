//go:build !linux

package cli

func limitFiles() {}
