package cli

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

// fileLimit makes this test binary, as the program, unable to write files of more bytes.
const fileLimit = "MOCKAUTH0_TEST_FILE_LIMIT"

func limitFiles() {
	bytes, err := strconv.ParseUint(os.Getenv(fileLimit), 10, 64)
	if err != nil {
		return // nobody asks for it
	}
	signal.Ignore(syscall.SIGXFSZ) // so that writing fails
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: bytes}); err != nil {
		panic(err)
	}
}
