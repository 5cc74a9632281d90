//! A literal that takes a function's place where it is passed or stored.

use tree_sitter::Node;

use crate::go::syntax::{self, field, kind};
use crate::go::types::{Bound, Interface, Scopes, Signature, Type, is_function};
use crate::write::thread::package::Unit;

/// The literal's text before and behind the argument that it passes on: `func(arg string) { f(` and `, arg) }`. `None` where its types
/// cannot be written, or what the function belongs to may be another when it is called.
pub fn literal<'p>(expression: Node<'p>, unit: &Unit<'p>, scopes: &Scopes<'p>) -> Option<[String; 2]> {
    let Type::Func(signature) = unit.types.type_of(expression) else { return None };
    let Signature { params, results, variadic: false, type_params } = &*signature else { return None };
    if !type_params.is_empty() {
        return None;
    }
    let name = unit.file.text(expression);
    if let Some(operand) = expression.child_by_field_id(field::OPERAND)
        && (operand.kind_id() != kind::IDENTIFIER || !stays(unit.file.text(operand), unit, scopes))
    {
        return None;
    }
    let written = |types: &[Type]| types.iter().map(|ty| spelled(ty, unit, scopes)).collect::<Option<Vec<_>>>();
    let (params, results) = (written(params)?, written(results)?);
    let names: Vec<String> =
        (1..=params.len()).map(|at| if at == 1 { "arg".to_owned() } else { format!("arg{at}") }).collect();
    let body = syntax::text(*scopes.ancestors().get(1)?, &unit.file.source.bytes);
    if names.iter().any(|name| is_word_of(body, name)) {
        return None;
    }
    let list: Vec<String> = names.iter().zip(&params).map(|(name, ty)| format!("{name} {ty}")).collect();
    let result = match results.as_slice() {
        [] => String::new(),
        [one] => format!("{one} "),
        many => format!("({}) ", many.join(", ")),
    };
    let returns = if results.is_empty() { "" } else { "return " };
    let rest: String = names.iter().map(|name| format!(", {name}")).collect();
    Some([format!("func({}) {result}{{ {returns}{name}(", list.join(", ")), format!("{rest}) }}")])
}

/// Whether a text has a name as a word.
fn is_word_of(text: &str, name: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
}

/// Whether a name is a package's, or a variable's that is never set anew.
fn stays(name: &str, unit: &Unit<'_>, scopes: &Scopes<'_>) -> bool {
    let Some(binding) = scopes.lookup(name) else { return unit.imports.by_name(name).is_some() };
    let is_set_once = matches!(binding.bound, Bound::Param { .. } | Bound::Receiver { .. } | Bound::Value { .. })
        && binding.assigned.is_none();
    // Only what is behind is seen by then.
    let later = scopes.ancestors().iter().copied().find(|node| is_function(*node)).is_some_and(|function| {
        let text = &unit.file.source.bytes[function.byte_range()];
        memchr::memmem::find(text, format!("\t{name} = ").as_bytes()).is_some()
    });
    is_set_once && !later
}

/// A type as a file writes it, where it can.
fn spelled(ty: &Type, unit: &Unit<'_>, scopes: &Scopes<'_>) -> Option<String> {
    let inner = |ty: &Type| spelled(ty, unit, scopes);
    match ty {
        Type::Basic(basic) => scopes.lookup(basic.name()).is_none().then(|| basic.name().to_owned()),
        Type::Pointer(pointee) => Some(format!("*{}", inner(pointee)?)),
        Type::Slice(of) => Some(format!("[]{}", inner(of)?)),
        Type::Map(key, value) => Some(format!("map[{}]{}", inner(key)?, inner(value)?)),
        Type::Interface(interface) if **interface == Interface::default() => Some("interface{}".to_owned()),
        Type::Named(named) if named.args.is_empty() && named.local.is_none() => {
            if unit.types.package().is_ok_and(|own| own.name == named.package) {
                return scopes.lookup(&named.name).is_none().then(|| named.name.to_string());
            }
            let import = unit.imports.by_path(&named.package.path)?;
            // An import without a name brings the package's own, which may not be that of its path.
            let package = match &import.alias {
                Some(alias) => alias,
                None => &*unit.types.view().package(&named.package)?.clause,
            };
            let is_exported = named.name.chars().next().is_some_and(char::is_uppercase);
            (is_exported && scopes.lookup(package).is_none() && !matches!(package, "." | "_"))
                .then(|| format!("{package}.{}", named.name))
        }
        _ => None,
    }
}
