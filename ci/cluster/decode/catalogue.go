package main

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"

	argocd "github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	workflows "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	sealedsecrets "github.com/bitnami-labs/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	kustomizecontroller "github.com/fluxcd/kustomize-controller/api/v1"
	sourcecontroller "github.com/fluxcd/source-controller/api/v1"
	kyverno "github.com/kyverno/api/api/policies.kyverno.io/v1"
	kyvernobeta "github.com/kyverno/api/api/policies.kyverno.io/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kubernetes "k8s.io/client-go/kubernetes/scheme"
	kubeconfig "k8s.io/client-go/tools/clientcmd/api/v1"
	"sigs.k8s.io/json"
	kueue "sigs.k8s.io/kueue/apis/kueue/v1beta2"
)

// errForeignGroup says that no type of the document's group is known here.
var errForeignGroup = errors.New("no type of this group is known")

// registrations are the projects whose objects the compiler writes. One more project is one more line.
var registrations = []func(*runtime.Scheme) error{
	kubernetes.AddToScheme,
	argocd.AddToScheme,
	kueue.AddToScheme,
	kustomizecontroller.AddToScheme,
	kyverno.AddToScheme,
	kyvernobeta.AddToScheme,
	sealedsecrets.AddToScheme,
	sourcecontroller.AddToScheme,
	workflows.AddToScheme,
}

// catalogue finds the Go type of an apiVersion and kind.
type catalogue struct {
	scheme          *runtime.Scheme
	externalSecrets companion
}

func newCatalogue() (*catalogue, error) {
	scheme := runtime.NewScheme()
	for _, register := range registrations {
		if err := register(scheme); err != nil {
			return nil, err
		}
	}
	return &catalogue{scheme: scheme, externalSecrets: companion{name: "decode-externalsecrets"}}, nil
}

// decode decodes document strictly: unknown, repeated and wrongly capitalised fields are errors, all of them reported.
func (c *catalogue) decode(apiVersion, kind string, document []byte) error {
	if apiVersion == "" || kind == "" {
		return errors.New("apiVersion and kind must both be given")
	}
	gvk := schema.FromAPIVersionAndKind(apiVersion, kind)
	if gvk.Group == "external-secrets.io" {
		return c.externalSecrets.decode(document)
	}
	into, err := c.empty(gvk, document)
	if err != nil {
		return err
	}
	faults, err := json.UnmarshalStrict(document, into)
	return errors.Join(append(faults, err)...)
}

// empty makes a value of the type that a document of this kind has.
func (c *catalogue) empty(gvk schema.GroupVersionKind, document []byte) (any, error) {
	switch {
	case gvk == corev1.SchemeGroupVersion.WithKind("Config"):
		return &kubeconfig.Config{}, nil // no object of a cluster, but a file with apiVersion and kind like one
	case gvk == corev1.SchemeGroupVersion.WithKind("Secret") && encrypted(document):
		return &sopsSecret{}, nil
	case !c.scheme.IsGroupRegistered(gvk.Group):
		return nil, errForeignGroup
	}
	object, err := c.scheme.New(gvk)
	if err != nil {
		return nil, fmt.Errorf("%s has no kind %s in version %s", groupName(gvk.Group), gvk.Kind, gvk.Version)
	}
	if _, stored := object.(metav1.Object); !stored {
		return nil, fmt.Errorf("%s is no kind of object that a cluster keeps", gvk.Kind)
	}
	return object, nil
}

func groupName(group string) string {
	if group == "" {
		return "the core group"
	}
	return "group " + group
}

// sopsSecret is a Secret as SOPS leaves it in git: its values are ciphertext instead of base64, and a block says how to read them.
type sopsSecret struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Type              corev1.SecretType  `json:"type"`
	Immutable         *bool              `json:"immutable"`
	Data              map[string]string  `json:"data"`
	StringData        map[string]string  `json:"stringData"`
	SOPS              stdjson.RawMessage `json:"sops"`
}

// encrypted says whether a document carries SOPS' own block.
func encrypted(document []byte) bool {
	var outline struct {
		SOPS stdjson.RawMessage `json:"sops"`
	}
	return stdjson.Unmarshal(document, &outline) == nil && bytes.HasPrefix(outline.SOPS, []byte("{"))
}
