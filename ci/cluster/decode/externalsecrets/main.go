// Command decode-externalsecrets decodes External Secrets' objects for the command decode.
//
// The Go types that External Secrets publishes compile against older k8s.io modules than every other type that decode knows, and
// one binary holds one version of a module: hence a second one. It reads documents as JSON, one a line, and answers each with a
// line: a JSON string that says what is wrong, "" for nothing.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	externalsecrets "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	strict "sigs.k8s.io/json"
)

func main() {
	if err := answer(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "decode-externalsecrets:", err)
		os.Exit(1)
	}
}

func answer(in io.Reader, out io.Writer) error {
	scheme := runtime.NewScheme()
	if err := externalsecrets.AddToScheme(scheme); err != nil {
		return err
	}
	documents := bufio.NewReader(in)
	for {
		document, err := documents.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		said := ""
		if fault := decode(scheme, document); fault != nil {
			said = fault.Error()
		}
		if err := json.NewEncoder(out).Encode(said); err != nil {
			return err
		}
	}
}

// decode decodes one document strictly into the type that its kind names.
func decode(scheme *runtime.Scheme, document []byte) error {
	var head metav1.TypeMeta
	if err := json.Unmarshal(document, &head); err != nil {
		return err
	}
	gvk := schema.FromAPIVersionAndKind(head.APIVersion, head.Kind)
	object, err := scheme.New(gvk)
	if _, stored := object.(metav1.Object); err != nil || !stored {
		return fmt.Errorf("group %s has no kind %s in version %s", gvk.Group, gvk.Kind, gvk.Version)
	}
	faults, err := strict.UnmarshalStrict(document, object)
	return errors.Join(append(faults, err)...)
}
