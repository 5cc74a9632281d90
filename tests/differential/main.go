// Lists the klog calls of a tree as go/parser and go/ast see them, one JSON object a file. It shares nothing with klogmod
// but the question.
//
//	go run main.go ROOT FUNCTION... < list of files below ROOT
package main

import (
	"bufio"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

type call struct {
	Line   int    `json:"line"`
	Col    int    `json:"col"`
	Method string `json:"method"`
}

type file struct {
	Path  string `json:"path"`
	Error string `json:"error,omitempty"`
	Calls []call `json:"calls"`
}

type finder struct {
	names     map[string]bool // names of klog in this file
	dot       bool
	functions map[string]bool
}

func unparen(e ast.Expr) ast.Expr {
	for {
		p, ok := e.(*ast.ParenExpr)
		if !ok {
			return e
		}
		e = p.X
	}
}

// klogName is the function of klog that an expression names, if it names one.
func (f *finder) klogName(e ast.Expr) string {
	switch e := unparen(e).(type) {
	case *ast.SelectorExpr:
		x, ok := unparen(e.X).(*ast.Ident)
		// What the file itself declares has an object; a package does not.
		if ok && x.Obj == nil && f.names[x.Name] {
			return e.Sel.Name
		}
	case *ast.Ident:
		if f.dot && e.Obj == nil {
			return e.Name
		}
	}
	return ""
}

// verbose tells whether an expression yields a klog.Verbose.
func (f *finder) verbose(e ast.Expr, depth int) bool {
	if depth > 8 {
		return false
	}
	switch e := unparen(e).(type) {
	case *ast.CallExpr:
		name := f.klogName(e.Fun)
		return name == "V" || name == "VDepth"
	case *ast.CompositeLit:
		return f.klogName(e.Type) == "Verbose"
	case *ast.Ident:
		if e.Obj == nil || e.Obj.Kind != ast.Var {
			return false
		}
		switch decl := e.Obj.Decl.(type) {
		case *ast.AssignStmt:
			for i, left := range decl.Lhs {
				if id, ok := left.(*ast.Ident); ok && id.Obj == e.Obj && len(decl.Lhs) == len(decl.Rhs) {
					return f.verbose(decl.Rhs[i], depth+1)
				}
			}
		case *ast.ValueSpec:
			if decl.Type != nil {
				return f.klogName(decl.Type) == "Verbose"
			}
			for i, name := range decl.Names {
				if name.Obj == e.Obj && len(decl.Names) == len(decl.Values) {
					return f.verbose(decl.Values[i], depth+1)
				}
			}
		case *ast.Field:
			return f.klogName(decl.Type) == "Verbose"
		}
	}
	return false
}

func (f *finder) call(c *ast.CallExpr) string {
	if name := f.klogName(c.Fun); f.functions[name] {
		return name
	}
	if s, ok := unparen(c.Fun).(*ast.SelectorExpr); ok && f.functions[s.Sel.Name] && f.verbose(s.X, 0) {
		return s.Sel.Name
	}
	return ""
}

func main() {
	root := os.Args[1]
	functions := map[string]bool{}
	for _, name := range os.Args[2:] {
		functions[name] = true
	}
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		result := file{Path: lines.Text(), Calls: []call{}}
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, filepath.Join(root, result.Path), nil, parser.ParseComments)
		if err != nil {
			result.Error = err.Error()
			out.Encode(result)
			continue
		}
		if ast.IsGenerated(parsed) {
			result.Error = "generated"
			out.Encode(result)
			continue
		}
		f := finder{names: map[string]bool{}, functions: functions}
		for _, spec := range parsed.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if path != "k8s.io/klog" && path != "k8s.io/klog/v2" {
				continue
			}
			switch {
			case spec.Name == nil:
				f.names["klog"] = true
			case spec.Name.Name == ".":
				f.dot = true
			default:
				f.names[spec.Name.Name] = true
			}
		}
		if len(f.names) > 0 || f.dot {
			ast.Inspect(parsed, func(n ast.Node) bool {
				if c, ok := n.(*ast.CallExpr); ok {
					if name := f.call(c); name != "" {
						at := fset.PositionFor(c.Pos(), false)
						result.Calls = append(result.Calls, call{at.Line, at.Column, strings.TrimSpace(name)})
					}
				}
				return true
			})
		}
		out.Encode(result)
	}
}
