// Package diagnose finds out why a renewal failed: from what the tenant observed, as a person would who reads its log, and
// never from what a test armed. Events go in, diagnoses come out, each with its evidence and what to do about it. What a
// diagnosis says is in the package diagnosis; the rules that come to it are here.
package diagnose
