//! What is known of a mention of klog: where it stands, what it is, what it prints at the head of the line.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;
use tree_sitter::Node;

use crate::go::syntax::{self, kind, named_children};
use crate::go::types::Scopes;
use crate::rule::Severity;
use crate::text::diagnostic::RelPath;
use crate::text::{LineCol, Span};

/// What a mention of a klog function is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    schemars::JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A call that prints one text: `klog.Infof(…)`.
    Unstructured,
    /// A call with keys and values: `klog.InfoS(…)`.
    Structured,
    /// A call of a logger from a context: `klog.FromContext(ctx).Info(…)`.
    Contextual,
    /// A function passed or stored, not called: `retry(klog.Warningf)`.
    FunctionValue,
}

/// One mention of a klog function in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize)]
pub struct CallSite {
    /// The file.
    pub path: RelPath,
    /// Where the call starts.
    #[serde(flatten)]
    pub position: LineCol,
    /// All of the call's bytes.
    pub span: Span,
    /// The function around it, as `(*Kubelet).syncPod`, or the name of a package variable.
    pub function: String,
    /// The call without its arguments and package: `V(4).Infof`.
    pub method: String,
    /// What it is.
    pub class: Class,
    /// What it prints at the head of the line.
    pub severity: Severity,
    /// The argument of `V`, as it stands in the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbosity: Option<String>,
}

/// The function around the current node, or its specification in a package-level `var`.
pub(super) fn declaration<'t>(scopes: &Scopes<'t>) -> Option<Node<'t>> {
    let spec = scopes.ancestors().iter().take_while(|n| !crate::go::types::is_function(**n));
    spec.copied().find(|n| n.kind_id() == kind::VAR_SPEC).or(scopes.declaration())
}

/// The name of the function around the current node, or of the package-level variable; nothing elsewhere.
pub fn declaration_name(scopes: &Scopes<'_>) -> String {
    declaration(scopes).map(|declared| declared_name(declared, scopes)).unwrap_or_default()
}

/// `(*Kubelet).syncPod`, `main`, or the first name of a package-level `var`.
pub fn declared_name<'t>(declaration: Node<'t>, scopes: &Scopes<'t>) -> String {
    let text = |field| declaration.child_by_field_id(field).map(|n| scopes.text(n));
    match declaration.kind_id() {
        kind::FUNCTION_DECLARATION => text(syntax::field::NAME).unwrap_or_default().to_owned(),
        kind::METHOD_DECLARATION => {
            let name = text(syntax::field::NAME).unwrap_or_default();
            let receiver =
                declaration.child_by_field_id(syntax::field::RECEIVER).and_then(|r| named_children(r).next());
            let ty = receiver.and_then(|r| r.child_by_field_id(syntax::field::TYPE)).map(|t| scopes.text(t));
            format!("({}).{name}", ty.unwrap_or_default())
        }
        _ => {
            let mut node = declaration;
            while let Some(inner) = named_children(node).next() {
                if inner.kind_id() == kind::IDENTIFIER {
                    return scopes.text(inner).to_owned();
                }
                node = inner;
            }
            String::new()
        }
    }
}
