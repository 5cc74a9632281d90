//! Whether a file is Go that the grammar has rules for, told from its tokens: twenty times as fast as making its tree.
//!
//! It is surely Go, or the tree has to be asked: this reader knows less of Go than the grammar does and takes nothing that the grammar
//! refuses. Where the grammar refuses a file, it is asked again, for all of Go. It keeps nothing of what it reads.

mod decl;
mod expr;
mod kind;
mod literal;
mod reader;
mod stmt;
mod types;

/// Whether a file surely has a tree without an error. `false`: nobody knows without making it.
pub fn is_surely_go(source: &[u8]) -> bool {
    is_text(source) && reader::Reader::new(source, false).file().is_some()
}

/// Whether a file is Go, whatever the grammar has rules for.
pub fn is_go(source: &[u8]) -> bool {
    is_text(source) && reader::Reader::new(source, true).file().is_some()
}

fn is_text(source: &[u8]) -> bool {
    (source.is_ascii() || str::from_utf8(source).is_ok()) && memchr::memchr(0, source).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_sure(body: &str) -> bool {
        let source = format!("package p\n\n{body}\n");
        let is_sure = is_surely_go(source.as_bytes());
        assert!(is_go(source.as_bytes()) || !is_sure, "{body}");
        is_sure
    }

    #[test]
    fn go_that_the_grammar_has_no_rule_for_is_go_all_the_same() {
        for body in [
            "const (a = 1)",
            "var x, é = new(3), make(n...)",
            "var x = struct{ T }.m",
            "var x = 0x1p-2 + 08i + 1.5i",
            "type T[P *C, Q any] int",
            "func f() {\n\t;\n_:\n_:\n}",
            "func f() { x := 1 /* a\nb */ y := 2 }",
            "func f() {\n\tif ; x {\n\t}\n\tswitch ; {\n\t}\n}",
            "type new int\n\nvar x = new{}",
        ] {
            assert!(!is_sure(body) && is_go(format!("package p\n\n{body}").as_bytes()), "{body}");
        }
    }

    #[test]
    fn what_go_is_made_of_is_known() {
        for body in [
            "import (\n\t. \"a\"\n\tb `c`\n)\n\nconst (\n\ta, b T = 1, 0x1F\n\tc, d\n)\n\nvar e, f = g()",
            "type A struct {\n\tB, C int `json:\"b\"`\n\t*D\n\tp.E\n\tL[int]\n\tf [5]int // why\n}",
            "type I interface {\n\tM(a, b int, c ...string) (d error)\n\tp.J\n\t~int | ~[]string\n}",
            "type L[K comparable, A, B any] map[K]chan<- func(A, ...B) <-chan [N + 1]*p.T",
            "func (l *L[K]) get(f func() (int, error), m map[string]interface{}, s p.L[int], a [2]int) (v K, ok bool)",
            "func f[T any](x T) T {\n\tif x := g(x); x {\n\t} else if y {\n\t}\n\treturn x\n}",
            "func f() {\nouter:\n\tfor i, x := range []T{{a: 1}, {}} {\n\t\tcontinue outer\n\t}\n\tfor i := 0; i < n; i++ {\n\t}\n}",
            "func f() {\n\tswitch x := y.(type) {\n\tcase nil, []int, *p.T, func() error:\n\tdefault:\n\t}\n}",
            "func f() {\n\tselect {\n\tcase x, ok := <-c:\n\tcase c <- 1:\n\t\tx++\n\t}\n\tswitch {\n\tcase a, b:\n\t}\n}",
            "var x = append([]byte(a), b[1:2:3]...)[i].(T).f(g[A, []B](c), make([]T, n), new(*T), (*T)(nil), interface{}(1))",
            "var x = map[p.K][]*V{{1}: {{a: -1 << 2, \"b\": func() bool { return a && !b }}}}",
        ] {
            assert!(is_sure(body), "{body}");
        }
    }

    #[test]
    fn a_line_may_end_the_first_statement_of_a_head() {
        for head in
            ["if x := 1\n x > 0", "for i := 0\n i < 3\n i++", "switch x := a()\n x", "switch x := a()\n y := x.(type)"]
        {
            let source = format!("package p\n\nfunc f() {{\n\t{head} {{\n\t}}\n}}\n");
            assert!(is_go(source.as_bytes()) && !is_surely_go(source.as_bytes()), "{head}");
        }
        assert!(!is_go(b"package p\n\nfunc f() {\n\tif x\n {\n\t}\n}\n"));
    }

    #[test]
    fn what_the_grammar_refuses_is_never_sure() {
        for body in [
            "func f(a int, b) c d {\n}",
            "func f(a [int) {\n}",
            "func f(a ma![string]) {\n}",
            "func f() {\n\tklog,Errorf(1)\n}",
            "func f() {\n\tx := 0rr\n}",
            "func f() {\n\tx := []int\n}",
            "func f() {\n\tif x := (T{}; x {\n\t}\n}",
            "func f() {\n\tx := y.(type)\n}",
            "type T struct {\n\ta, b\n}",
            "type T struct {\n\t*[]int\n}",
            "type I interface {\n\tf() |\n}",
            "const (a = 1)",
            "var x = new(3)",
            "type T[make any] int",
            "x := 1",
        ] {
            assert!(!is_sure(body), "{body}");
        }
        assert!(!is_go(b"package p\n\ntype T struct {\n\ta, b\n}\n") && is_go(b"package p\n\nvar x = new(3)"));
        let deep = format!("var x = {}1{}", "(".repeat(5000), ")".repeat(5000));
        let long = format!("var x = 1{}", " + 1".repeat(5000));
        assert!(!is_sure(&deep) && !is_sure(&long) && is_sure("var x = (1 + 1)"));
        assert!(!is_surely_go(b"package p\n\nvar x = \"\xff\"\n") && !is_surely_go(b"package p\n\nvar x = \"\0\"\n"));
    }
}
