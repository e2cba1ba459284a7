// Package appdrive drives an app that a person has: it opens the app in a World, logs in and out by what the app shows, finds
// out how it renews, and makes it want a token. It prints nothing: everything is a typed value in and a typed value out.
package appdrive
