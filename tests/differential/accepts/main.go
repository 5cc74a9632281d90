// Prints which of the files on its input gofmt accepts: one path a line in, the same out. It shares nothing with klogmod.
//
//	go run main.go < list of files
package main

import (
	"bufio"
	"fmt"
	"go/parser"
	"go/token"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		// gofmt's own mode.
		if _, err := parser.ParseFile(token.NewFileSet(), lines.Text(), nil, parser.ParseComments|parser.SkipObjectResolution); err == nil {
			fmt.Fprintln(out, lines.Text())
		}
	}
}
