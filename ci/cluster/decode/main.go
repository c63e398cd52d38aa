// Command decode checks manifests against the Go types that their projects publish.
//
//	decode [-complete] [PATH...]
//
// Every document of the named files, and of the .yaml, .yml and .json files below the named folders, is decoded strictly into the
// type that its apiVersion and kind name. Without arguments the paths are read from standard input, one a line.
//
// A failure is printed as "path#index: apiVersion/kind name: error", index counting the documents of a file from 0; the last line
// is "N decoded, M skipped, K failed". Skipped are documents of groups whose types are not known here; -complete makes them
// failures. The exit status is 1 if anything failed, 2 if the arguments cannot be used.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	splitter "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// tally counts what became of the documents.
type tally struct{ decoded, skipped, failed int }

// oneLine joins the lines of an error, one fault each, below a heading or not.
var oneLine = strings.NewReplacer(":\n  ", ": ", "\n  ", "; ", "\n", "; ")

// checker decodes documents and reports to out what is wrong with them.
type checker struct {
	types    *catalogue
	complete bool
	out      io.Writer
	tally
}

func main() {
	complete := flag.Bool("complete", false, "a document of a group whose types are not known here is a failure")
	flag.Parse()
	types, err := newCatalogue()
	if err != nil {
		fmt.Fprintln(os.Stderr, "decode:", err)
		os.Exit(2)
	}
	out := bufio.NewWriter(os.Stdout)
	c := &checker{types: types, complete: *complete, out: out}
	err = c.run(flag.Args(), os.Stdin)
	fmt.Fprintf(out, "%d decoded, %d skipped, %d failed\n", c.decoded, c.skipped, c.failed)
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "decode:", err)
		os.Exit(2)
	case c.failed > 0:
		os.Exit(1)
	}
}

// run checks the paths given, or those that in lists.
func (c *checker) run(paths []string, in io.Reader) error {
	if len(paths) == 0 {
		lines := bufio.NewScanner(in)
		for lines.Scan() {
			if line := strings.TrimSpace(lines.Text()); line != "" {
				paths = append(paths, line)
			}
		}
		if err := lines.Err(); err != nil {
			return err
		}
	}
	if len(paths) == 0 {
		return errors.New("no path given, neither as an argument nor on standard input")
	}
	for _, path := range paths {
		files, err := manifests(path)
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := c.file(file); err != nil {
				return err
			}
		}
	}
	return nil
}

// manifests lists the files to read: path itself, or what below it has a manifest's suffix, in order.
func manifests(path string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return nil
		case name == path, slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(name)):
			files = append(files, name)
		}
		return nil
	})
	return files, err
}

// file checks every document of one file.
func (c *checker) file(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	documents := splitter.NewYAMLReader(bufio.NewReader(f))
	for index := 0; ; {
		text, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if blank(text) {
			continue
		}
		c.document(fmt.Sprintf("%s#%d", path, index), text)
		index++
	}
}

// blank says whether a document is nothing but comments, separators and space.
func blank(text []byte) bool {
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line != "" && line != "---" && line != "..." && !strings.HasPrefix(line, "#") {
			return false
		}
	}
	return true
}

// document decodes one document and counts the outcome.
func (c *checker) document(where string, text []byte) {
	var head metav1.PartialObjectMetadata
	_ = yaml.Unmarshal(text, &head) // names for the report, as far as they can be read; the strict decoding says what is wrong
	json, err := yaml.YAMLToJSONStrict(text)
	if err == nil {
		err = c.types.decode(head.APIVersion, head.Kind, json)
	}
	switch {
	case err == nil:
		c.decoded++
	case errors.Is(err, errForeignGroup) && !c.complete:
		c.skipped++
	default:
		c.failed++
		what := fmt.Sprintf("%s/%s %s", head.APIVersion, head.Kind, head.Name)
		reason := oneLine.Replace(err.Error())
		fmt.Fprintf(c.out, "%s: %s: %s\n", where, what, reason)
	}
}
