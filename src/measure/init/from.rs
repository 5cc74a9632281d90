//! Where what `init` writes installs klogmod from: whether and where it is published only whoever writes the files knows.

use std::path::Path;
use std::str::FromStr;

use crate::text::disk;

/// Where packages are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registry {
    /// PyPI, or an index in its place.
    Pypi,
    /// npm's.
    Npm,
    /// crates.io.
    Crates,
}

/// What a user names: a published version, a repository of git, with a revision behind `#`, or a directory of the checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstallFrom {
    /// A version that a registry has.
    Published {
        /// The registry.
        registry: Registry,
        /// The version.
        version: String,
    },
    /// A repository.
    Git {
        /// Its address, as git takes it.
        url: String,
        /// A branch, a tag or a commit.
        revision: String,
    },
    /// A directory with klogmod's sources.
    Directory(String),
}

impl FromStr for InstallFrom {
    type Err = String;

    /// Reads `pypi:0.1.0`, `npm:0.1.0`, `crates:0.1.0`, `https://host/klogmod.git#v1`, `git@host:klogmod.git` or `third_party/klogmod`.
    fn from_str(text: &str) -> Result<Self, String> {
        let registries = [("pypi", Registry::Pypi), ("npm", Registry::Npm), ("crates", Registry::Crates)];
        let named = text.split_once(':').and_then(|(name, version)| {
            registries.into_iter().find(|(known, _)| *known == name).map(|(_, registry)| (registry, version))
        });
        if let Some((registry, version)) = named {
            let is_exact = version.starts_with(|c: char| c.is_ascii_digit())
                && version.chars().all(|c| c.is_ascii_alphanumeric() || ".-+".contains(c));
            return match is_exact {
                true => Ok(Self::Published { registry, version: version.to_owned() }),
                false => Err("a published version is an exact one, such as pypi:0.1.0".to_owned()),
            };
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@~+%".contains(c);
        let (place, revision) = text.split_once('#').unwrap_or((text, "HEAD"));
        // It is written into shell scripts and YAML.
        if [place, revision].iter().any(|part| part.is_empty() || part.starts_with('-') || !part.chars().all(plain)) {
            return Err(
                "what is wanted is a published version (pypi:0.1.0, npm:0.1.0, crates:0.1.0), an address of git with a revision behind #, or a \
                        directory of the checkout; letters, digits and -_./:@~+% may stand in both"
                    .to_owned(),
            );
        }
        let short = place.split_once(':').is_some_and(|(host, _)| host.contains('@') && !host.contains('/'));
        if place.contains("://") || short {
            let url = match place.split_once(':').filter(|_| !place.contains("://")) {
                // cargo reads addresses alone.
                Some((host, path)) => format!("ssh://{host}/{}", path.trim_start_matches('/')),
                None => place.to_owned(),
            };
            return Ok(Self::Git { url, revision: revision.to_owned() });
        }
        Ok(Self::Directory(text.to_owned()))
    }
}

/// An installation that says the same tomorrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pinned {
    /// A version that a registry has.
    Published {
        /// The registry.
        registry: Registry,
        /// The version.
        version: String,
    },
    /// A commit of a repository.
    Commit {
        /// The repository's address.
        url: String,
        /// The commit.
        commit: String,
    },
    /// A directory below the checkout's root.
    Directory(String),
}

impl Pinned {
    /// The command.
    pub fn command(&self) -> String {
        match self {
            Self::Published { registry: Registry::Pypi, version } => format!("pipx install klogmod=={version}"),
            Self::Published { registry: Registry::Npm, version } => format!("npm install --global klogmod@{version}"),
            Self::Published { registry: Registry::Crates, version } => {
                format!("cargo install --locked klogmod@{version}")
            }
            Self::Commit { url, commit } => format!("cargo install --locked --git {url} --rev {commit} klogmod"),
            Self::Directory(dir) => format!("cargo install --locked --path {dir}"),
        }
    }

    /// How a pre-commit hook comes by the program: a wheel can be had for it alone.
    pub fn hook(&self) -> String {
        match self {
            Self::Published { registry: Registry::Pypi, version } => {
                format!("language: python\n        additional_dependencies: [klogmod=={version}]")
            }
            _ => SYSTEM.to_owned(),
        }
    }
}

/// A hook whose program is on PATH.
pub const SYSTEM: &str = "language: system";

/// Whether a revision is a commit's whole name.
pub fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether klogmod's sources stand in a directory below `root`.
pub fn has_sources(root: &Path, dir: &str) -> bool {
    let manifest = if dir == "." { "Cargo.toml".to_owned() } else { format!("{dir}/Cargo.toml") };
    let text = disk::text_within(root, &manifest, disk::DECLARATION).unwrap_or_default();
    let table: toml::Table = toml::from_str(&text).unwrap_or_default();
    table.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str) == Some("klogmod")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_directories_are_told_apart_and_nothing_else_goes_into_scripts() {
        let git =
            |url: &str, revision: &str| Ok(InstallFrom::Git { url: url.to_owned(), revision: revision.to_owned() });
        assert_eq!("https://h/k.git#v1".parse(), git("https://h/k.git", "v1"));
        assert_eq!("git@h:team/k.git".parse(), git("ssh://git@h/team/k.git", "HEAD"));
        let published = |registry| Ok(InstallFrom::Published { registry, version: "0.1.0".to_owned() });
        assert_eq!("pypi:0.1.0".parse(), published(Registry::Pypi));
        assert_eq!("npm:0.1.0".parse(), published(Registry::Npm));
        assert_eq!("crates:0.1.0".parse(), published(Registry::Crates));
        assert_eq!("tools/klogmod".parse(), Ok(InstallFrom::Directory("tools/klogmod".to_owned())));
        for bad in [
            "",
            "pypi:",
            "pypi:>=1",
            "npm:latest",
            "crates:1;id",
            "#v1",
            "-x",
            "https://h/k.git#",
            "https://h/k;id",
            "a b",
            "$(id)",
            "https://h/k.git#--upload-pack=x",
        ] {
            assert!(bad.parse::<InstallFrom>().is_err(), "{bad}");
        }
    }
}
