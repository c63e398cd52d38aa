package main

import (
	"strings"
	"testing"
)

func check(t *testing.T, complete bool, documents string) (string, tally) {
	t.Helper()
	types, err := newCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	c := &checker{types: types, complete: complete, out: &out}
	for index, text := range strings.Split(documents, "---\n") {
		if !blank([]byte(text)) {
			c.document("test#"+string(rune('0'+index)), []byte(text))
		}
	}
	return out.String(), c.tally
}

func TestFaults(t *testing.T) {
	for name, test := range map[string]struct{ document, want string }{
		"unknown field":       {"{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hrad: {}}}", `v1/ResourceQuota q: unknown field "spec.hrad"`},
		"every unknown one":   {"{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, x: 1, z: 1}", `unknown field "x"; unknown field "z"`},
		"capital letter":      {"{apiVersion: v1, kind: ConfigMap, Metadata: {name: c}}", `unknown field "Metadata"`},
		"duplicate key":       {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: x, a: y}\n", `v1/ConfigMap c: yaml: unmarshal errors: line 4: key "a" already set in map`},
		"quantity":            {"{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {cpu: 1 core}}}", "quantities must match"},
		"type":                {"{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: yes}}", "cannot unmarshal bool"},
		"version":             {"{apiVersion: kueue.x-k8s.io/v1beta1, kind: ClusterQueue, metadata: {name: q}}", "group kueue.x-k8s.io has no kind ClusterQueue in version v1beta1"},
		"kind":                {"{apiVersion: v1, kind: Podd, metadata: {name: p}}", "the core group has no kind Podd in version v1"},
		"no object":           {"{apiVersion: v1, kind: PodList}", "PodList is no kind of object that a cluster keeps"},
		"no kind":             {"{apiVersion: v1}", "apiVersion and kind must both be given"},
		"no mapping":          {"- a\n", "apiVersion and kind must both be given"},
		"syntax":              {"{apiVersion: v1\n", "yaml: "},
		"Secret not base64":   {"{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: \"ENC[\"}}", "illegal base64"},
		"Argo CD":             {"{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a}, spec: {projects: p}}", `unknown field "spec.projects"`},
		"Argo Workflows":      {"{apiVersion: argoproj.io/v1alpha1, kind: WorkflowTemplate, metadata: {name: a}, spec: {entry: p}}", `unknown field "spec.entry"`},
		"Flux":                {"{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: a}, spec: {prunes: true}}", `unknown field "spec.prunes"`},
		"Sealed Secrets":      {"{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: a}, spec: {data2: {}}}", `unknown field "spec.data2"`},
		"Kyverno":             {"{apiVersion: policies.kyverno.io/v1, kind: MutatingPolicy, metadata: {name: a}, spec: {mutation: []}}", `unknown field "spec.mutation"`},
		"companion missing":   {"{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: a}}", "decode-externalsecrets cannot be started"},
		"SOPS, unknown field": {"{apiVersion: v1, kind: Secret, metadata: {name: s}, dota: {}, sops: {mac: x}}", `unknown field "dota"`},
	} {
		t.Run(name, func(t *testing.T) {
			out, counts := check(t, false, test.document)
			if counts != (tally{failed: 1}) || !strings.Contains(out, test.want) {
				t.Errorf("got %+v and %q, want one failure with %q", counts, out, test.want)
			}
		})
	}
}

func TestUnknownGroup(t *testing.T) {
	const foreign = "{apiVersion: example.com/v1, kind: Thing, metadata: {name: a}}"
	if out, counts := check(t, false, foreign); counts != (tally{skipped: 1}) {
		t.Errorf("got %+v and %q, want it skipped", counts, out)
	}
	if out, counts := check(t, true, foreign); counts != (tally{failed: 1}) {
		t.Errorf("got %+v and %q, want a failure", counts, out)
	}
}

func TestGoodFiles(t *testing.T) {
	types, err := newCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	c := &checker{types: types, out: &out}
	if err := c.run(nil, strings.NewReader("testdata\n")); err != nil {
		t.Fatal(err)
	}
	if c.tally != (tally{decoded: 13, skipped: 1}) {
		t.Errorf("got %+v:\n%s", c.tally, out.String())
	}
}
