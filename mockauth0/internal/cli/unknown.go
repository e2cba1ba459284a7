package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"renewal.example/mockauth0/internal/strict"
)

// like is the known word that somebody may have meant: one that begins so, or else the nearest; "" when none is near.
func like(word string, known []string) string {
	if word == "" {
		return ""
	}
	if i := slices.IndexFunc(known, func(k string) bool { return strings.HasPrefix(k, word) }); i >= 0 {
		return known[i]
	}
	return strict.Nearest(word, known)
}

// expected ends the sentence about a word that is not one of these: with the one that was likely meant, and all of them.
func expected(word string, known []string) string {
	if near := like(word, known); near != "" {
		return fmt.Sprintf("; did you mean %q? Expected one of %s", near, strings.Join(known, ", "))
	}
	return "; expected one of " + strings.Join(known, ", ")
}

// likeCommand is the command below cmd that somebody may have meant; "" when none is near.
func likeCommand(cmd *cobra.Command, word string) string {
	var known []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			known = append(known, c.Name())
		}
	}
	return like(word, known)
}

// commandsOf lists the commands below the one that the words name, for completion; none where they name none.
func commandsOf(root *cobra.Command, words []string) (found []cobra.Completion) {
	at, rest, err := root.Find(words)
	if err != nil || len(rest) > 0 {
		return nil
	}
	for _, c := range at.Commands() {
		if c.IsAvailableCommand() {
			found = append(found, cobra.CompletionWithDesc(c.Name(), c.Short))
		}
	}
	return found
}

// unknownFlag adds to the refusal of a flag which one was likely meant.
func unknownFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			known = append(known, f.Name)
		}
	})
	word := unknown.GetSpecifiedName()
	if letters := unknown.GetSpecifiedShortnames(); len(letters) > 1 {
		word, _, _ = strings.Cut(letters, "=") // -listen
	} else if letters != "" {
		return err
	}
	if near := like(word, known); near != "" {
		return fmt.Errorf("%w; did you mean --%s?", err, near)
	}
	return err
}
