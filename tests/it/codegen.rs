//! Generates `src/go/syntax/generated.rs` from the grammar's node types and proves that the checked-in copy is fresh.
//!
//! `KLOGMOD_BLESS=1 cargo test --test it codegen` writes it anew.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde::Deserialize;

#[derive(Deserialize)]
struct NodeType {
    #[serde(rename = "type")]
    name: String,
    named: bool,
    #[serde(default)]
    fields: std::collections::BTreeMap<String, Slot>,
    #[serde(default)]
    subtypes: Vec<TypeRef>,
}

#[derive(Deserialize)]
struct Slot {
    multiple: bool,
    types: Vec<TypeRef>,
}

#[derive(Deserialize)]
struct TypeRef {
    #[serde(rename = "type")]
    name: String,
    named: bool,
}

fn camel(name: &str) -> String {
    name.split('_').filter(|w| !w.is_empty()).map(|w| w[..1].to_uppercase() + &w[1..]).collect()
}

fn accessor_ident(field: &str) -> proc_macro2::Ident {
    match field {
        "type" => format_ident!("type_"),
        other => format_ident!("{other}"),
    }
}

/// One accessor method for a field: typed where the grammar allows one type, a plain node otherwise.
fn accessor(field: &str, slot: &Slot) -> TokenStream {
    let method = accessor_ident(field);
    let id = format_ident!("{}", field.to_uppercase());
    let doc = format!("Field `{field}`.");
    let named: Vec<_> = slot.types.iter().filter(|t| t.named).collect();
    if slot.multiple {
        return quote! {
            #[doc = #doc]
            pub fn #method(self) -> impl Iterator<Item = Node<'t>> + use<'t> { children_by_field(self.0, field::#id) }
        };
    }
    match named.as_slice() {
        [only] => {
            let ty = format_ident!("{}", camel(&only.name));
            quote! {
                #[doc = #doc]
                pub fn #method(self) -> Option<#ty<'t>> { self.0.child_by_field_id(field::#id).and_then(#ty::cast) }
            }
        }
        _ => quote! {
            #[doc = #doc]
            pub fn #method(self) -> Option<Node<'t>> { self.0.child_by_field_id(field::#id) }
        },
    }
}

fn generate() -> String {
    let types: Vec<NodeType> = serde_json::from_str(tree_sitter_go::NODE_TYPES).unwrap();
    let language: tree_sitter::Language = tree_sitter_go::LANGUAGE.into();
    let supertypes: BTreeSet<&str> = types.iter().filter(|t| !t.subtypes.is_empty()).map(|t| t.name.as_str()).collect();

    let mut kinds = TokenStream::new();
    let mut structs = TokenStream::new();
    let mut enums = TokenStream::new();
    let mut fields = BTreeSet::new();

    for ty in types.iter().filter(|t| t.named) {
        let ident = format_ident!("{}", camel(&ty.name));
        if supertypes.contains(ty.name.as_str()) {
            let doc = format!("Any of the grammar's `{}` nodes.", ty.name);
            let variants: Vec<_> = ty.subtypes.iter().map(|s| format_ident!("{}", camel(&s.name))).collect();
            let docs: Vec<_> = ty.subtypes.iter().map(|s| format!("`{}`.", s.name)).collect();
            let arms = ty.subtypes.iter().zip(&variants).map(|(sub, variant)| {
                if supertypes.contains(sub.name.as_str()) {
                    quote! { _ if let Some(inner) = #variant::cast(node) => Self::#variant(inner), }
                } else {
                    let kind = format_ident!("{}", sub.name.to_uppercase());
                    quote! { kind::#kind => Self::#variant(#variant(node)), }
                }
            });
            enums.extend(quote! {
                #[doc = #doc]
                #[derive(Clone, Copy, Debug, PartialEq, Eq)]
                pub enum #ident<'t> { #( #[doc = #docs] #variants(#variants<'t>), )* }
                impl<'t> AstNode<'t> for #ident<'t> {
                    fn cast(node: Node<'t>) -> Option<Self> {
                        Some(match node.kind_id() { #(#arms)* _ => return None })
                    }
                    fn node(self) -> Node<'t> {
                        match self { #( Self::#variants(inner) => inner.node(), )* }
                    }
                }
            });
            continue;
        }
        let konst = format_ident!("{}", ty.name.to_uppercase());
        let id = language.id_for_node_kind(&ty.name, true);
        assert_ne!(id, 0, "no id for {}", ty.name);
        let doc = format!("`{}`.", ty.name);
        kinds.extend(quote! { #[doc = #doc] pub const #konst: u16 = #id; });
        let accessors = ty.fields.iter().map(|(field, slot)| {
            fields.insert(field.clone());
            accessor(field, slot)
        });
        let impls: Vec<_> = accessors.collect();
        let body = (!impls.is_empty()).then(|| quote! { impl<'t> #ident<'t> { #(#impls)* } });
        structs.extend(quote! {
            #[doc = #doc]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct #ident<'t>(Node<'t>);
            impl<'t> AstNode<'t> for #ident<'t> {
                fn cast(node: Node<'t>) -> Option<Self> { (node.kind_id() == kind::#konst).then_some(Self(node)) }
                fn node(self) -> Node<'t> { self.0 }
            }
            #body
        });
    }

    let field_consts = fields.iter().map(|name| {
        let konst = format_ident!("{}", name.to_uppercase());
        let id = language.field_id_for_name(name).unwrap().get();
        let doc = format!("`{name}`.");
        quote! { #[doc = #doc] pub const #konst: u16 = #id; }
    });

    let file = quote! {
        use tree_sitter::Node;
        use super::node::{AstNode, children_by_field};
        #[doc = "Numbers of the grammar's named nodes."]
        pub mod kind { #kinds }
        #[doc = "Numbers of the grammar's fields."]
        pub mod field { #(#field_consts)* }
        #enums
        #structs
    };
    let parsed = syn::parse2(file).expect("generated code parses");
    format!(
        "//! Typed nodes of tree-sitter-go, generated by tests/it/codegen.rs. Do not edit.\n\n{}",
        prettyplease::unparse(&parsed)
    )
}

#[test]
fn generated_syntax_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/go/syntax/generated.rs");
    let fresh = generate();
    if std::env::var_os("KLOGMOD_BLESS").is_some() {
        std::fs::write(path, &fresh).unwrap();
    }
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        checked_in == fresh,
        "src/go/syntax/generated.rs is stale: run KLOGMOD_BLESS=1 cargo test --test it codegen"
    );
}
