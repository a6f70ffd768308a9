// Says of Kubernetes objects, one JSON document a line on standard input, what GitOps tools take their health for, one line each:
// {"kstatus": ..., "argoCD": ...}. kstatus is computed by the library that Flux waits with; for Argo CD the health check in the file that is
// named by the only argument runs in the interpreter that Argo CD uses, as its util/lua does: `obj` is the object, and the result is a table
// with a status and a message.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type health struct {
	KStatus string `json:"kstatus"`
	ArgoCD  string `json:"argoCD"`
}

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "gitops-health: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: gitops-health health.lua < objects")
	}
	script, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(lines.Bytes()); err != nil {
			return err
		}
		computed, err := status.Compute(object)
		if err != nil {
			return fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
		argoCD, err := argoHealth(string(script), object)
		if err != nil {
			return fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
		if err := encoder.Encode(health{KStatus: computed.Status.String(), ArgoCD: argoCD}); err != nil {
			return err
		}
	}
	return lines.Err()
}

// argoHealth is Argo CD's order: an object that is being deleted is Progressing whatever a check says of it, as in the health package of
// gitops-engine.
func argoHealth(script string, object *unstructured.Unstructured) (string, error) {
	if object.GetDeletionTimestamp() != nil {
		return "Progressing", nil
	}
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{
		lua.LoadLibName:   lua.OpenPackage,
		lua.BaseLibName:   lua.OpenBase,
		lua.TabLibName:    lua.OpenTable,
		lua.StringLibName: lua.OpenString,
		lua.MathLibName:   lua.OpenMath,
	} {
		call := lua.P{Fn: state.NewFunction(open), NRet: 0, Protect: true}
		if err := state.CallByParam(call, lua.LString(name)); err != nil {
			return "", err
		}
	}
	state.SetGlobal("obj", valueOf(state, object.Object))
	if err := state.DoString(script); err != nil {
		return "", err
	}
	table, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return "", fmt.Errorf("the check returned %s and no table", state.Get(-1).Type())
	}
	switch found := lua.LVAsString(table.RawGetString("status")); found {
	case "Healthy", "Progressing", "Degraded", "Suspended", "Missing":
		return found, nil
	default:
		return "", fmt.Errorf("the check returned the status %q, which Argo CD does not know", found)
	}
}

func valueOf(state *lua.LState, value any) lua.LValue {
	switch typed := value.(type) {
	case bool:
		return lua.LBool(typed)
	case string:
		return lua.LString(typed)
	case int64:
		return lua.LNumber(typed)
	case float64:
		return lua.LNumber(typed)
	case []any:
		table := state.CreateTable(len(typed), 0)
		for _, item := range typed {
			table.Append(valueOf(state, item))
		}
		return table
	case map[string]any:
		table := state.CreateTable(0, len(typed))
		for key, item := range typed {
			table.RawSetString(key, valueOf(state, item))
		}
		return table
	default:
		return lua.LNil
	}
}
