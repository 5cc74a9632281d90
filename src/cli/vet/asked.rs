//! What the go command asks for: one of the protocol's three calls, and its flags.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

use crate::measure::coverage::UNSTRUCTURED;
use crate::write::edit::Target;

/// One of the protocol's calls.
#[derive(Debug, PartialEq, Eq)]
pub enum Call {
    /// `-V=full`: what the tool is, so that its answers can be kept.
    Version,
    /// `-flags`: which flags it takes.
    Flags,
    /// A package that this file describes.
    Unit(PathBuf, Flags),
    /// Something that looks like the protocol and is not.
    Wrong(String),
}

/// How a package is looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Findings as JSON, on standard output.
    pub json: bool,
    /// Fixes are made.
    pub fix: bool,
    /// With `fix`: shown as a diff instead.
    pub diff: bool,
    /// With `fix`: also those that want review.
    pub review: bool,
    /// Lines around each finding that are shown.
    pub context: Option<usize>,
    /// What structural fixes make of a call.
    pub target: Target,
    /// Settings, instead of the nearest klogmod.toml.
    pub config: Option<PathBuf>,
    /// Kinds of findings that are asked for by name, and whether they are wanted.
    kinds: Vec<(Kind, bool)>,
}

/// Kinds of findings that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unstructured,
    Lint,
}

/// A flag as `-flags` tells it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Told {
    name: &'static str,
    bool: bool,
    usage: &'static str,
}

const FLAGS: [(&str, bool, &str); 13] = [
    ("unstructured", true, "enable unstructured analysis: calls that print one text"),
    ("lint", true, "enable lint analysis: structured calls that break a rule of klogmod"),
    ("review", true, "with -fix, also make fixes that want review"),
    ("target", false, "what fixes make of a call: infos or contextual (default infos)"),
    ("config", false, "settings, instead of the nearest klogmod.toml"),
    ("V", true, "print version and exit"),
    ("json", true, "emit JSON output"),
    ("c", false, "display offending line with this many lines of context"),
    ("diff", true, "with -fix, don't update the files, but print a unified diff"),
    ("source", true, "no effect (deprecated)"),
    ("v", true, "no effect (deprecated)"),
    ("all", true, "no effect (deprecated)"),
    ("tags", false, "no effect (deprecated)"),
];

/// All flags.
pub fn told() -> Vec<Told> {
    FLAGS.iter().map(|(name, bool, usage)| Told { name, bool: *bool, usage }).collect()
}

impl Call {
    /// Reads arguments without the program's name; `None` if they are not the protocol's, but a person's.
    pub fn of(args: &[OsString]) -> Option<Self> {
        let texts: Vec<&str> = args.iter().map(|arg| arg.to_str()).collect::<Option<_>>()?;
        match texts.as_slice() {
            ["-V=full"] => Some(Self::Version),
            ["-flags"] => Some(Self::Flags),
            [flags @ .., unit] if unit.ends_with(".cfg") && !unit.starts_with('-') => {
                let read = Flags::read(flags);
                Some(read.map_or_else(Self::Wrong, |flags| Self::Unit(PathBuf::from(unit), flags)))
            }
            _ => None,
        }
    }
}

impl Flags {
    fn read(args: &[&str]) -> Result<Self, String> {
        let mut flags = Self::default();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            let text = arg.strip_prefix("--").or_else(|| arg.strip_prefix('-'));
            let (name, given) = match text.ok_or_else(|| format!("`{arg}` is no flag"))?.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (text.unwrap_or_default(), None),
            };
            let known = FLAGS.iter().find(|(known, ..)| *known == name).map(|(_, bool, _)| *bool);
            let known = known.or_else(|| (name == "fix").then_some(true));
            let is_bool = known.ok_or_else(|| format!("flag provided but not defined: -{name}"))?;
            let value = match given {
                Some(value) => value,
                None if is_bool => "true",
                None => rest.next().ok_or_else(|| format!("flag needs an argument: -{name}"))?,
            };
            flags.set(name, value)?;
        }
        Ok(flags)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let wrong = || format!("invalid value \"{value}\" for flag -{name}");
        let truth = || match value {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
            "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
            _ => Err(wrong()),
        };
        match name {
            "json" => self.json = truth()?,
            "fix" => self.fix = truth()?,
            "diff" => self.diff = truth()?,
            "review" => self.review = truth()?,
            "c" => self.context = value.parse::<i64>().map_err(|_| wrong())?.try_into().ok(),
            "target" => self.target = Target::from_str(value, false).map_err(|_| wrong())?,
            "config" => self.config = (!value.is_empty()).then(|| value.into()),
            "unstructured" => self.kinds.push((Kind::Unstructured, truth()?)),
            "lint" => self.kinds.push((Kind::Lint, truth()?)),
            "source" | "v" | "all" | "tags" => {}
            _ => return Err(format!("flag provided but not defined: -{name}")),
        }
        Ok(())
    }

    /// Whether findings of a rule are asked for: as vet has it, naming one leaves out the others, and refusing one leaves out that one.
    pub fn wants(&self, rule: &str) -> bool {
        let kind = if rule == UNSTRUCTURED { Kind::Unstructured } else { Kind::Lint };
        let own = self.kinds.iter().rev().find(|(named, _)| *named == kind).map(|(_, wanted)| *wanted);
        own.unwrap_or_else(|| !self.kinds.iter().any(|(_, wanted)| *wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(args: &[&str]) -> Option<Call> {
        Call::of(&args.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn the_protocol_is_told_from_a_person() {
        assert_eq!(call(&["-V=full"]), Some(Call::Version));
        assert_eq!(call(&["-flags"]), Some(Call::Flags));
        for args in [["-V", ""].as_slice(), &["plan", "."], &[], &["check", "--config", "x.toml"]] {
            assert_eq!(call(args), None, "{args:?}");
        }
        let Some(Call::Unit(path, flags)) = call(&["-json", "-c=2", "-target", "contextual", "a/vet.cfg"]) else {
            panic!()
        };
        assert_eq!(
            (path, flags.json, flags.context, flags.target),
            ("a/vet.cfg".into(), true, Some(2), Target::Contextual)
        );
        assert!(matches!(call(&["-other", "vet.cfg"]), Some(Call::Wrong(why)) if why.contains("-other")));
        assert!(matches!(call(&["-json=maybe", "vet.cfg"]), Some(Call::Wrong(why)) if why.contains("maybe")));
    }

    #[test]
    fn kinds_are_chosen_as_vet_chooses() {
        let wants = |args: &[&str]| {
            let flags = Flags::read(args).unwrap();
            (flags.wants(UNSTRUCTURED), flags.wants("lint-key-name"))
        };
        assert_eq!(wants(&[]), (true, true));
        assert_eq!(wants(&["-lint"]), (false, true));
        assert_eq!(wants(&["-lint=false"]), (true, false));
        assert_eq!(wants(&["-lint", "-unstructured"]), (true, true));
    }
}
