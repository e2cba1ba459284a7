package web

import "embed"

// pages holds our own files only. The SDK under test is read from node_modules or the SDK folder at run time.
//
//go:embed tutorial hardened page host
var pages embed.FS
