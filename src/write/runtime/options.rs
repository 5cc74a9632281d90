//! What the package is rendered for: options, their defaults for a checkout, and what is refused.

use std::path::Path;

use super::gomod::module_of;
use super::{RuntimeError, SLOG_SINCE};
use crate::go::module::{GoMod, Modules, imports};
use crate::rule::{IdSource, KEY_IS, Version, is_key};
use crate::text::disk;

/// What the package is rendered for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeOptions {
    /// The package's directory below the root, with `/` between its parts.
    pub package_dir: String,
    /// What rewritten files import. Its last part names the package.
    pub import_path: String,
    /// Where the code goes, if fewer directories may import the package than log: the package then hands it on, and alone gives klog
    /// the filter.
    pub base: Option<Base>,
    /// The klog that the package and its callers are compiled against.
    pub klog_version: Version,
    /// Whether wrapped loggers take part in log/slog, for which the package names logr.
    pub slog: bool,
    /// Whether the module works with gRPC: the package then has interceptors for it.
    pub grpc: bool,
    /// Whether the module's Go has type parameters, which it has since 1.18.
    pub generics: bool,
    /// Where IDs come from.
    pub id_source: IdSource,
    /// The k8s.io/apiserver that audit IDs are taken from.
    pub apiserver_version: Option<Version>,
    /// Whether go.opentelemetry.io/otel/trace is at hand: traces then also come from the context's span.
    pub otel: bool,
    /// The key of the pair.
    pub key: String,
    /// The header of [`IdSource::Own`]; the other sources have theirs.
    pub header: String,
    /// The annotation that carries IDs in objects.
    pub annotation: String,
    /// What every file opens with.
    pub license: License,
}

/// The part of the package that nearly everything may import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// Its directory below the root.
    pub dir: String,
    /// Its import path. It has the package's name.
    pub import_path: String,
}

/// What every file opens with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum License {
    /// Nothing.
    #[default]
    None,
    /// The notice that kubernetes' hack/verify-boilerplate.sh demands.
    Kubernetes {
        /// The year in it.
        year: u16,
    },
    /// A text of your own, without comment marks.
    Text(String),
}

const KUBERNETES_LICENSE: &str = "\
Copyright YEAR The Kubernetes Authors.

Licensed under the Apache License, Version 2.0 (the \"License\");
you may not use this file except in compliance with the License.
You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an \"AS IS\" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
See the License for the specific language governing permissions and
limitations under the License.";

impl License {
    /// As a Go comment with an empty line after it.
    pub(super) fn comment(&self) -> String {
        let text = match self {
            Self::None => return String::new(),
            Self::Kubernetes { year } => KUBERNETES_LICENSE.replace("YEAR", &year.to_string()),
            Self::Text(text) => text.trim().to_owned(),
        };
        format!("/*\n{text}\n*/\n\n")
    }
}

/// Where kubernetes has the package, unless it needs more than component-base may import.
const KUBERNETES_DIR: &str = "staging/src/k8s.io/component-base/logs";
/// Where its base goes: all staged modules require apimachinery, and client-go must not import component-base.
const KUBERNETES_BASE_DIR: &str = "staging/src/k8s.io/apimachinery/pkg/util";
/// Where it goes if it takes audit IDs: component-base must not import apiserver.
const KUBERNETES_AUDIT_DIR: &str = "staging/src/k8s.io/apiserver/pkg/util";
/// What the package's own source imports.
pub(super) const KLOG: &str = "k8s.io/klog/v2";
pub(super) const LOGR: &str = "github.com/go-logr/logr";
/// Where a module has the package: the first that is not another package's.
const NAMES: [&str; 2] = ["internal/requestid", "internal/logrequestid"];
const GRPC: &str = "google.golang.org/grpc";
/// gRPC chains interceptors since this version.
const GRPC_SINCE: Version = Version(1, 28, 0);
const OTEL: &str = "go.opentelemetry.io/otel/trace";
/// Go has type parameters since this version.
const GENERICS_SINCE: Version = Version(1, 18, 0);

impl RuntimeOptions {
    /// Options for a package in `package_dir`, imported as `import_path`, whose pairs have this key; the rest is at its default.
    pub fn new(package_dir: &str, import_path: &str, klog_version: Version, key: &str) -> Self {
        Self {
            package_dir: package_dir.to_owned(),
            import_path: import_path.to_owned(),
            base: None,
            klog_version,
            slog: klog_version >= SLOG_SINCE,
            grpc: false,
            generics: false,
            id_source: IdSource::default(),
            apiserver_version: None,
            otel: false,
            key: key.to_owned(),
            // Not X-Request-Id: proxies overwrite that one per HTTP request, and this one stands for a whole operation.
            header: "Klog-Request-Id".to_owned(),
            annotation: "log.klogmod.dev/request-id".to_owned(),
            license: License::None,
        }
    }

    /// Options for the checkout at `root`: kubernetes gets the package beside its other log code, other modules get it
    /// as `internal/requestid`.
    pub fn detect(root: &Path, id_source: IdSource, key: &str) -> Result<Self, RuntimeError> {
        if !is_kubernetes(root) {
            return Self::of_module(root, "", id_source, key);
        }
        let parent = if id_source == IdSource::AuditId { KUBERNETES_AUDIT_DIR } else { KUBERNETES_DIR };
        let dir = format!("{parent}/requestid");
        let import_path = dir.trim_start_matches("staging/src/").to_owned();
        let mut options = Self { id_source, ..Self::new(&dir, &import_path, klog_version(root, "", &dir)?, key) };
        options.otel = Modules::new(root, OTEL).version(&dir).is_some();
        options.generics = has_generics(root, &dir);
        if id_source != IdSource::AuditId && root.join(KUBERNETES_BASE_DIR).is_dir() {
            let dir = format!("{KUBERNETES_BASE_DIR}/requestid");
            // A context's span is looked at where apimachinery may: what must not import component-base has to send the header, too.
            let has_otel = || module_of(root, &dir).is_ok_and(|(_, gomod)| gomod.require.contains_key(OTEL));
            options.otel = options.otel && has_otel();
            let import_path = dir.trim_start_matches("staging/src/").to_owned();
            options.generics = has_generics(root, &dir);
            options.base = Some(Base { dir, import_path });
        }
        options.license = License::Kubernetes { year: latest_year(&root.join(KUBERNETES_DIR))? };
        options.apiserver_version = kubernetes_apiserver(root);
        Ok(options)
    }

    /// Options for the module whose go.mod stands in `module_dir`: it gets the package as `internal/requestid`, or under another
    /// name where it has a package of its own there.
    pub fn of_module(root: &Path, module_dir: &str, id_source: IdSource, key: &str) -> Result<Self, RuntimeError> {
        let gomod = read_gomod(root, module_dir)?;
        let below = NAMES.into_iter().find(|below| !is_foreign(&root.join(module_dir).join(below))).unwrap_or(NAMES[0]);
        let dir = if module_dir.is_empty() { below.to_owned() } else { format!("{module_dir}/{below}") };
        let import_path = format!("{}/{below}", gomod.module);
        let klog_version = klog_version(root, module_dir, &dir)?;
        let mut options = Self { id_source, ..Self::new(&dir, &import_path, klog_version, key) };
        options.otel = Modules::new(root, OTEL).version(&dir).is_some();
        options.generics = has_generics(root, &dir);
        options.slog = options.slog && gomod.require.contains_key(LOGR);
        options.grpc = has_grpc(&gomod) && imports(root, module_dir, GRPC);
        options.apiserver_version = Modules::new(root, "k8s.io/apiserver").version(module_dir);
        Ok(options)
    }

    /// Puts the package where the checkout's owners want it imported from: in a staged module or in the root's.
    pub fn place(&mut self, root: &Path, import: &str) -> Result<(), RuntimeError> {
        let module = read_gomod(root, "").map(|gomod| gomod.module).unwrap_or_default();
        let staged = import.split('/').take(2).collect::<Vec<_>>().join("/");
        self.package_dir = match import.strip_prefix(&format!("{module}/")) {
            Some(dir) => dir.to_owned(),
            None if root.join("staging/src").join(staged).is_dir() => format!("staging/src/{import}"),
            None => {
                return Err(RuntimeError::Option {
                    option: "import path",
                    value: import.to_owned(),
                    expected: "a path in a module of the checkout",
                });
            }
        };
        self.import_path = import.to_owned();
        self.base = None;
        self.generics = has_generics(root, &self.package_dir);
        Ok(())
    }

    /// Directories and import paths of the package and of its base.
    pub fn places(&self) -> Vec<(&str, &str)> {
        let base = self.base.iter().map(|base| (base.dir.as_str(), base.import_path.as_str()));
        std::iter::once((self.package_dir.as_str(), self.import_path.as_str())).chain(base).collect()
    }

    /// Where most of the package goes.
    pub(super) fn base_dir(&self) -> &str {
        self.base.as_ref().map_or(&self.package_dir, |base| &base.dir)
    }

    /// The package's name: the last part of its import path.
    pub fn package(&self) -> &str {
        self.import_path.rsplit('/').next().unwrap_or(&self.import_path)
    }

    /// Refuses options that would not make a sound package.
    pub fn validate(&self) -> Result<(), RuntimeError> {
        check("key", &self.key, KEY_IS, is_key)?;
        check("header", &self.header, "the name of an HTTP header", is_header)?;
        check(
            "annotation",
            &self.annotation,
            "the name of an annotation such as log.example.com/request-id",
            is_annotation,
        )?;
        check("import path", &self.import_path, "an import path that ends in the name of a Go package", |path| {
            is_package(self.package()) && path.split('/').all(is_path_part)
        })?;
        check("package directory", &self.package_dir, "a directory below the root", |dir| {
            dir.split('/').all(is_path_part)
        })?;
        if self.klog_version < Version(2, 0, 0) {
            return Err(RuntimeError::Conflict(format!(
                "klog {} has no structured calls; the first version that has them is v2.0.0",
                self.klog_version
            )));
        }
        let below = |module: &str| self.import_path.starts_with(&format!("k8s.io/{module}/"));
        if self.id_source == IdSource::AuditId
            && (below("component-base") || below("client-go") || below("apimachinery"))
        {
            return Err(RuntimeError::Conflict(format!(
                "audit IDs come from k8s.io/apiserver, which {} must not import; {KUBERNETES_AUDIT_DIR}/requestid would do",
                self.import_path
            )));
        }
        Ok(())
    }
}

/// A module that has gRPC for others' sake alone must not be made to depend on it.
fn has_grpc(gomod: &GoMod) -> bool {
    !gomod.indirect.contains(GRPC) && gomod.require.get(GRPC).is_some_and(|version| *version >= GRPC_SINCE)
}

/// An unreadable go.mod is one of an old Go: the package then does without.
fn has_generics(root: &Path, dir: &str) -> bool {
    module_of(root, dir).is_ok_and(|(_, gomod)| gomod.go.is_some_and(|go| go >= GENERICS_SINCE))
}

fn check(
    option: &'static str,
    value: &str,
    expected: &'static str,
    fits: impl Fn(&str) -> bool,
) -> Result<(), RuntimeError> {
    if fits(value) { Ok(()) } else { Err(RuntimeError::Option { option, value: value.to_owned(), expected }) }
}

/// RFC 9110's tokens, less the characters that nobody uses.
fn is_header(header: &str) -> bool {
    header.starts_with(|c: char| c.is_ascii_alphabetic())
        && header.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// What the API server accepts: a DNS subdomain, a slash, and at most 63 characters.
fn is_annotation(annotation: &str) -> bool {
    let Some((prefix, name)) = annotation.split_once('/') else { return false };
    let edge = |c: char| c.is_ascii_alphanumeric();
    let label = |label: &str| {
        label.starts_with(edge)
            && label.ends_with(edge)
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    prefix.len() <= 253
        && prefix.split('.').all(label)
        && name.len() <= 63
        && name.starts_with(edge)
        && name.ends_with(edge)
        && name.chars().all(|c| edge(c) || ['-', '_', '.'].contains(&c))
}

fn is_package(name: &str) -> bool {
    // Go's keywords are no names; of the predeclared ones none is likely enough to list.
    const KEYWORDS: [&str; 25] = [
        "break",
        "case",
        "chan",
        "const",
        "continue",
        "default",
        "defer",
        "else",
        "fallthrough",
        "for",
        "func",
        "go",
        "goto",
        "if",
        "import",
        "interface",
        "map",
        "package",
        "range",
        "return",
        "select",
        "struct",
        "switch",
        "type",
        "var",
    ];
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        && !KEYWORDS.contains(&name)
        && name != "main"
}

fn is_path_part(part: &str) -> bool {
    !part.is_empty()
        && part != "."
        && part != ".."
        && part.chars().all(|c| c.is_ascii_alphanumeric() || ['-', '_', '.', '~'].contains(&c))
}

fn read_gomod(root: &Path, dir: &str) -> Result<GoMod, RuntimeError> {
    let path = if dir.is_empty() { "go.mod".to_owned() } else { format!("{dir}/go.mod") };
    let text =
        disk::text_of_go(&root.join(&path)).map_err(|source| RuntimeError::Read { path: path.clone(), source })?;
    let gomod = GoMod::parse(&text);
    if gomod.module.is_empty() {
        return Err(RuntimeError::Tree { path, reason: "names no module".to_owned() });
    }
    Ok(gomod)
}

/// The klog that the package in `dir` is compiled against.
fn klog_version(root: &Path, module_dir: &str, dir: &str) -> Result<Version, RuntimeError> {
    let reason = || format!("does not require {KLOG}, which the package needs");
    let path = if module_dir.is_empty() { "go.mod".to_owned() } else { format!("{module_dir}/go.mod") };
    Modules::new(root, KLOG).version(dir).ok_or_else(|| RuntimeError::Tree { path, reason: reason() })
}

/// Whether the checkout is kubernetes itself.
pub fn is_kubernetes(root: &Path) -> bool {
    root.join(KUBERNETES_DIR).is_dir()
}

/// Whether a directory holds functions of somebody else's: the package is known by its switch.
fn is_foreign(dir: &Path) -> bool {
    let text = |path: &Path| disk::read_text(path, disk::SOURCE).unwrap_or_default();
    let is_go = |path: &Path| path.extension().is_some_and(|end| end == "go");
    let paths = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let declares = paths.filter(|path| is_go(path)).any(|path| text(&path).contains("func "));
    declares && !text(&dir.join("switch.go")).contains("\"log-request-id\"")
}

/// kubernetes is its own apiserver, without a version: what the files of the tree declare tells the age.
fn kubernetes_apiserver(root: &Path) -> Option<Version> {
    let declares = |file: &str, what: &str| {
        let path = format!("staging/src/k8s.io/apiserver/pkg/{file}");
        disk::text_within(root, &path, disk::SOURCE).is_ok_and(|text| text.contains(what))
    };
    if declares("audit/context.go", "func AuditIDFrom(") {
        Some(Version(0, 26, 0))
    } else if declares("endpoints/request/auditid.go", "func AuditIDFrom(") {
        Some(Version(0, 22, 0))
    } else if declares("endpoints/request/context.go", "func AuditEventFrom(") {
        Some(Version(0, 18, 0))
    } else {
        None
    }
}

/// The latest year that the notices of the directory's files name: the tree's own, so that the same tree gets the same
/// files in any year.
fn latest_year(dir: &Path) -> Result<u16, RuntimeError> {
    let read = |source| RuntimeError::Read { path: KUBERNETES_DIR.to_owned(), source };
    let mut latest = None;
    for entry in std::fs::read_dir(dir).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if path.extension().is_none_or(|extension| extension != "go") {
            continue;
        }
        let text = disk::read_text(&path, disk::SOURCE).map_err(read)?;
        let year = text
            .lines()
            .find_map(|line| line.strip_prefix("Copyright ")?.strip_suffix(" The Kubernetes Authors."))
            .and_then(|year| year.parse::<u16>().ok());
        latest = latest.max(year);
    }
    let reason = || "no file names the year of its copyright".to_owned();
    latest.ok_or_else(|| RuntimeError::Tree { path: KUBERNETES_DIR.to_owned(), reason: reason() })
}
