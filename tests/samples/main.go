// Command samples draws sample lines from a series at random, and writes a program that prints them: each statement, before and after,
// with variables of its types that hold what the sample shows for their values. What a value's type is, go/types says; the tree's
// packages are read from source, nothing of them is run.
//
//	klogmod plan TREE --all --edits=s --format json -o plan.json
//	klogmod patch TREE --all --edits=s -o series
//	go run main.go TREE plan.json series 200 SEED > program/main.go    # beside it expected.txt
//
// A constant that has a name is taken for a variable: the sample shows its name. A value that is none of a text, a number, an error, a time, an object or what prints itself has no placeholder that a variable could
// hold; a statement with one is not drawn, and counted. Such statements are named on standard error.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// A call of the plan, with its lines in the mails.
type call struct {
	Path          string
	Line          int
	Start, End    int
	After         string
	before, after string
}

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: main TREE plan.json SERIES COUNT SEED")
		os.Exit(2)
	}
	root, series := os.Args[1], os.Args[3]
	count, seed := number(os.Args[4]), number(os.Args[5])
	calls := planned(os.Args[2])
	lines := mailed(series)
	var all []call
	for _, call := range calls {
		pair, ok := lines[fmt.Sprintf("%s:%d", call.Path, call.Line)]
		if ok && len(pair) == 2 {
			call.before, call.after = pair[0], pair[1]
			all = append(all, call)
		}
	}
	sort.Slice(all, func(i, j int) bool {
		return all[i].Path < all[j].Path || all[i].Path == all[j].Path && all[i].Line < all[j].Line
	})
	rand.New(rand.NewSource(int64(seed))).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	w := &writer{world: newWorld(root)}
	drawn, passed := 0, map[string]int{}
	var expected strings.Builder
	for _, call := range all {
		if drawn == count {
			break
		}
		if err := w.statement(call); err != nil {
			passed[err.Error()]++
			fmt.Fprintf(os.Stderr, "%s:%d: %v\n", call.Path, call.Line, err)
			continue
		}
		drawn++
		for _, line := range []string{call.before, call.after} {
			fmt.Fprintf(&expected, "%s:%d\t%s\n", call.Path, call.Line, line)
		}
	}
	fmt.Fprintf(os.Stderr, "%d drawn; not drawn: %v\n", drawn, passed)
	check(os.WriteFile(filepath.Join(filepath.Dir(os.Args[2]), "expected.txt"), []byte(expected.String()), 0o644))
	fmt.Print(w.program())
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	check(err)
	return n
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// The printf-style calls with a fix.
func planned(path string) []call {
	bytes, err := os.ReadFile(path)
	check(err)
	var plan struct {
		Files []struct {
			Path  string
			Sites []struct {
				Site struct {
					Line  int
					Class string
					Span  struct{ Start, End int }
				}
				Outcome, After string
			}
		}
	}
	check(json.Unmarshal(bytes, &plan))
	var calls []call
	for _, file := range plan.Files {
		for _, site := range file.Sites {
			if site.Outcome == "fix" && site.Site.Class == "unstructured" && !strings.Contains(site.After, "\n") {
				calls = append(calls, call{Path: file.Path, Line: site.Site.Line, Start: site.Site.Span.Start, End: site.Site.Span.End, After: site.After})
			}
		}
	}
	return calls
}

var place = regexp.MustCompile(`^(\S+\.go:\d+)$`)
var sample = regexp.MustCompile(`^  (?:before|after)  +([IWEF])\d{4} .*?\] (.*)$`)

// The lines of each place, before and after, as text.
func mailed(series string) map[string][]string {
	lines := map[string][]string{}
	mails, err := filepath.Glob(filepath.Join(series, "*.patch"))
	check(err)
	for _, mail := range mails {
		bytes, err := os.ReadFile(mail)
		check(err)
		at := ""
		for _, line := range strings.Split(string(bytes), "\n") {
			if found := place.FindStringSubmatch(line); found != nil {
				at = found[1]
			} else if found := sample.FindStringSubmatch(line); found != nil && at != "" {
				lines[at] = append(lines[at], found[1]+" "+found[2])
			} else if !strings.HasPrefix(line, "  ") {
				at = ""
			}
		}
	}
	return lines
}

// Packages, read from source without bodies.
type world struct {
	root     string
	fset     *token.FileSet
	packages map[string]*types.Package
	std      types.Importer
	module   string
}

func newWorld(root string) *world {
	fset := token.NewFileSet()
	build.Default.CgoEnabled = false
	w := &world{root: root, fset: fset, packages: map[string]*types.Package{}, std: importer.ForCompiler(fset, "source", nil)}
	bytes, _ := os.ReadFile(filepath.Join(root, "go.mod"))
	if found := regexp.MustCompile(`(?m)^module\s+"?([^\s"]+)`).FindSubmatch(bytes); found != nil {
		w.module = string(found[1])
	}
	return w
}

func (w *world) dir(path string) string {
	if path == w.module || strings.HasPrefix(path, w.module+"/") {
		return filepath.Join(w.root, strings.TrimPrefix(path, w.module))
	}
	return filepath.Join(w.root, "vendor", path)
}

func (w *world) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if known, ok := w.packages[path]; ok {
		return known, nil
	}
	dir := w.dir(path)
	if _, err := os.Stat(dir); err != nil {
		return w.std.Import(path)
	}
	w.packages[path] = types.NewPackage(path, filepath.Base(path))
	found, _, _ := w.check(path, dir, nil)
	w.packages[path] = found
	return found, nil
}

func (w *world) check(path, dir string, info *types.Info) (*types.Package, map[string]*ast.File, error) {
	files := map[string]*ast.File{}
	var list []*ast.File
	listed, err := build.Default.ImportDir(dir, 0)
	if listed == nil || err != nil && len(listed.GoFiles) == 0 {
		return types.NewPackage(path, filepath.Base(path)), nil, err
	}
	for _, name := range listed.GoFiles {
		file, err := parser.ParseFile(w.fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err == nil {
			files[name] = file
			list = append(list, file)
		}
	}
	config := types.Config{Importer: w, IgnoreFuncBodies: info == nil, Error: func(error) {}, FakeImportC: true}
	found, err := config.Check(path, w.fset, list, info)
	return found, files, err
}

// A package with its bodies.
type checked struct {
	info  *types.Info
	files map[string]*ast.File
	pkg   *types.Package
}

type writer struct {
	world   *world
	whole   map[string]*checked
	body    strings.Builder
	decls   strings.Builder
	named   int
	imports map[string]bool
}

func (w *writer) load(dir string) *checked {
	if w.whole == nil {
		w.whole = map[string]*checked{}
	}
	if known, ok := w.whole[dir]; ok {
		return known
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	path := w.world.module + "/" + dir
	if rest, ok := strings.CutPrefix(dir, "staging/src/"); ok {
		path = rest
	}
	pkg, files, _ := w.world.check(path, filepath.Join(w.world.root, dir), info)
	w.whole[dir] = &checked{info, files, pkg}
	return w.whole[dir]
}

// Types of expressions in a function, by their text.
type scope struct {
	w     *writer
	fset  *token.FileSet
	types map[string]types.TypeAndValue
	vars  map[string]string
	decls []string
}

func (w *writer) statement(call call) error {
	pkg := w.load(filepath.Dir(call.Path))
	file := pkg.files[filepath.Base(call.Path)]
	if file == nil {
		return fmt.Errorf("not built for this system")
	}
	var old *ast.CallExpr
	ast.Inspect(file, func(node ast.Node) bool {
		if found, ok := node.(*ast.CallExpr); ok && w.world.fset.Position(found.Pos()).Offset == call.Start && w.world.fset.Position(found.End()).Offset == call.End {
			old = found
		}
		return old == nil
	})
	if old == nil {
		return fmt.Errorf("no call there")
	}
	s := &scope{w: w, fset: w.world.fset, types: map[string]types.TypeAndValue{}, vars: map[string]string{}}
	for _, decl := range file.Decls {
		if decl.Pos() <= old.Pos() && old.End() <= decl.End() {
			ast.Inspect(decl, func(node ast.Node) bool {
				if expr, ok := node.(ast.Expr); ok {
					if found, ok := pkg.info.Types[expr]; ok && found.Type != nil && found.Type != types.Typ[types.Invalid] {
						text := s.text(expr)
						// The nearest before the call is what the call means.
						if _, known := s.types[text]; !known || expr.Pos() <= old.End() {
							s.types[text] = found
						}
					} else if name, ok := expr.(*ast.Ident); ok && pkg.info.Defs[name] != nil && expr.Pos() <= old.Pos() {
						s.types[name.Name] = types.TypeAndValue{Type: pkg.info.Defs[name].Type()}
					}
				}
				return true
			})
		}
	}
	fresh, err := parser.ParseExpr(call.After)
	if err != nil {
		return fmt.Errorf("the new call is no expression")
	}
	var texts []string
	for _, expr := range []ast.Expr{old, fresh} {
		whole, ok := expr.(*ast.CallExpr)
		if !ok {
			return fmt.Errorf("the new call is no call")
		}
		text, err := s.call(whole)
		if err != nil {
			return err
		}
		texts = append(texts, text)
	}
	fmt.Fprintf(&w.body, "\tfunc() {\n")
	for _, decl := range s.decls {
		fmt.Fprintf(&w.body, "\t\t%s\n", decl)
	}
	for _, text := range texts {
		fmt.Fprintf(&w.body, "\t\t%s\n", text)
	}
	fmt.Fprintf(&w.body, "\t}()\n")
	return nil
}

func (s *scope) text(node ast.Node) string {
	var out strings.Builder
	printer.Fprint(&out, s.fset, node)
	return strings.ReplaceAll(strings.Join(strings.Fields(out.String()), " "), ". ", ".")
}

// klog's own names and fmt's are called as they are; the file may call klog otherwise.
func (s *scope) call(call *ast.CallExpr) (string, error) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", fmt.Errorf("a klog function without its package")
	}
	callee := "klog." + selector.Sel.Name
	if strings.HasSuffix(selector.Sel.Name, "Depth") || strings.HasPrefix(selector.Sel.Name, "Fatal") || strings.HasPrefix(selector.Sel.Name, "Exit") {
		return "", fmt.Errorf("depth or end of the process")
	}
	switch on := selector.X.(type) {
	case *ast.Ident:
	case *ast.CallExpr:
		if inner, ok := on.Fun.(*ast.SelectorExpr); !ok || inner.Sel.Name != "V" {
			return "", fmt.Errorf("another receiver")
		}
		callee = "klog.V(1)." + selector.Sel.Name
	default:
		return "", fmt.Errorf("another receiver")
	}
	if call.Ellipsis.IsValid() {
		return "", fmt.Errorf("a list")
	}
	args := make([]string, len(call.Args))
	if strings.HasSuffix(selector.Sel.Name, "f") {
		format := s.text(call.Args[0])
		if _, literal := call.Args[0].(*ast.BasicLit); !literal && s.types[format].Value == nil && !strings.HasPrefix(format, `"`) {
			return "", fmt.Errorf("a format that is made at run time")
		}
		if strings.Contains(format, "%T") || strings.Contains(format, "%#v") {
			return "", fmt.Errorf("a verb that shows the type")
		}
	}
	for at, arg := range call.Args {
		value, err := s.value(arg)
		if err != nil {
			return "", err
		}
		args[at] = value
	}
	return callee + "(" + strings.Join(args, ", ") + ")", nil
}

// An expression of the same type whose values are placeholders.
func (s *scope) value(expr ast.Expr) (string, error) {
	expr = ast.Unparen(expr)
	text := s.text(expr)
	known := s.types[text]
	switch expr := expr.(type) {
	case *ast.BasicLit:
		return expr.Value, nil
	case *ast.Ident:
		if expr.Name == "nil" || expr.Name == "true" || expr.Name == "false" {
			return expr.Name, nil
		}
	case *ast.BinaryExpr:
		if basic, ok := under(known.Type).(*types.Basic); expr.Op == token.ADD && (!ok || basic.Info()&types.IsString != 0) {
			left, err := s.value(expr.X)
			if err != nil {
				return "", err
			}
			right, err := s.value(expr.Y)
			return left + " + " + right, err
		}
	case *ast.CallExpr:
		if value, done, err := s.of_call(expr); done || err != nil {
			return value, err
		}
	}
	if known.Type == nil {
		return "", fmt.Errorf("type not known")
	}
	return s.variable(text, known.Type)
}

// Calls that klogmod looks into as well.
func (s *scope) of_call(call *ast.CallExpr) (string, bool, error) {
	name := ""
	var on ast.Expr
	switch fun := call.Fun.(type) {
	case *ast.SelectorExpr:
		name, on = fun.Sel.Name, fun.X
	case *ast.Ident:
		name = fun.Name
	case *ast.ArrayType:
		return "", false, nil
	}
	package_ := ""
	if ident, ok := on.(*ast.Ident); ok {
		package_ = ident.Name
	}
	args := func() (string, error) {
		var out []string
		for _, arg := range call.Args {
			value, err := s.value(arg)
			if err != nil {
				return "", err
			}
			out = append(out, value)
		}
		return strings.Join(out, ", "), nil
	}
	switch {
	case name == "KObj" && len(call.Args) == 1:
		text := s.text(call.Args[0])
		return fmt.Sprintf("klog.KRef(%q, %q)", shown(text+".Namespace"), shown(text+".Name")), true, nil
	case name == "KRef" && len(call.Args) == 2:
		out := make([]string, 2)
		for at, arg := range call.Args {
			out[at] = strconv.Quote(shown(s.text(arg)))
			if literal, ok := arg.(*ast.BasicLit); ok {
				out[at] = literal.Value
			}
		}
		return "klog.KRef(" + strings.Join(out, ", ") + ")", true, nil
	case package_ == "fmt" && (name == "Sprintf" || name == "Sprint" || name == "Sprintln"):
		list, err := args()
		return "fmt." + name + "(" + list + ")", true, err
	case package_ == "klog" || package_ == "fmt":
		return "", true, fmt.Errorf("klog.%s", name)
	case (name == "Error" || name == "String") && on != nil && len(call.Args) == 0 && s.types[s.text(on)].Type != nil:
		if spelled := s.types[s.text(on)].Type.String(); spelled == "time.Duration" || spelled == "time.Time" {
			value, err := s.value(on)
			return value + "." + name + "()", true, err
		}
		return strconv.Quote(shown(s.text(ast.Unparen(on)))), true, nil
	case name == "string" && on == nil && len(call.Args) == 1:
		from := under(s.types[s.text(call.Args[0])].Type)
		if slice, ok := from.(*types.Slice); ok && types.Identical(slice.Elem().Underlying(), types.Typ[types.Byte]) {
			return "string([]byte(" + strconv.Quote(shown(s.text(call.Args[0]))) + "))", true, nil
		}
		basic, ok := from.(*types.Basic)
		if ok && basic.Info()&types.IsString != 0 {
			value, err := s.value(call.Args[0])
			return "string(" + value + ")", true, err
		}
	}
	return "", false, nil
}

func under(ty types.Type) types.Type {
	if ty == nil {
		return nil
	}
	return ty.Underlying()
}

// As samples show an expression.
func shown(text string) string {
	if runes := []rune(text); len(runes) > 48 {
		return "<" + string(runes[:48]) + "…>"
	}
	return "<" + text + ">"
}

func has(ty types.Type, method string) bool {
	set := types.NewMethodSet(ty)
	for at := 0; at < set.Len(); at++ {
		if function, ok := set.At(at).Obj().(*types.Func); ok && function.Name() == method {
			signature := function.Type().(*types.Signature)
			return signature.Params().Len() == 0 && signature.Results().Len() == 1 && signature.Results().At(0).Type().String() == "string"
		}
	}
	return false
}

// A variable of the type, or of one that prints like it.
func (s *scope) variable(text string, ty types.Type) (string, error) {
	if known, ok := s.vars[text]; ok {
		return known, nil
	}
	ty = types.Default(ty)
	holds, of := strconv.Quote(shown(text)), "string"
	named, _ := types.Unalias(ty).(*types.Named)
	spelled := ty.String()
	switch basic, _ := under(ty).(*types.Basic); {
	case spelled == "time.Duration":
		of, holds = spelled, "3 * time.Second"
	case spelled == "time.Time":
		of, holds = spelled, "time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC)"
	case spelled == "[]string":
		of, holds = spelled, "[]string{"+holds+"}"
	case has(ty, "Error"):
		of, holds = "error", "errors.New("+holds+")"
	case has(ty, "String"):
		of, holds = "fmt.Stringer", "own("+holds+")"
	case basic == nil:
		if interface_, ok := under(ty).(*types.Interface); ok && interface_.NumMethods() == 0 {
			of = "interface{}"
			break
		}
		return "", fmt.Errorf("no placeholder for a %T", under(ty))
	case basic.Info()&types.IsString != 0 && named != nil:
		s.w.named++
		of = fmt.Sprintf("named%d", s.w.named)
		fmt.Fprintf(&s.w.decls, "type %s string\n\n", of)
	case basic.Info()&types.IsString != 0:
	case basic.Info()&types.IsBoolean != 0:
		of, holds = "bool", "true"
	case basic.Info()&(types.IsInteger|types.IsFloat) != 0:
		of, holds = basic.Name(), "3"
		if named != nil {
			s.w.named++
			fmt.Fprintf(&s.w.decls, "type named%d %s\n\n", s.w.named, of)
			of = fmt.Sprintf("named%d", s.w.named)
		}
	default:
		return "", fmt.Errorf("no placeholder for %s", basic)
	}
	name := fmt.Sprintf("v%d", len(s.vars)+1)
	s.vars[text] = name
	s.decls = append(s.decls, fmt.Sprintf("var %s %s = %s", name, of, holds))
	return name, nil
}

func (w *writer) program() string {
	head := "package main\n\nimport (\n\t\"errors\"\n\t\"flag\"\n\t\"fmt\"\n\t\"time\"\n\n\t\"k8s.io/klog/v2\"\n)\n\n" +
		"type own string\n\nfunc (o own) String() string { return string(o) }\n\n" +
		"var _, _, _ = errors.New, fmt.Sprint, time.Second\n\n"
	main := "func main() {\n\tklog.InitFlags(nil)\n\tflag.Set(\"v\", \"9\")\n\tflag.Parse()\n\tdefer klog.Flush()\n"
	return head + w.decls.String() + main + w.body.String() + "}\n"
}
