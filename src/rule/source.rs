//! The text of a rules or configuration file: read, merged with what extends it, and blamed for what is wrong with it.

use std::borrow::Cow;
use std::fmt::Display;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use serde::Deserializer;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::RuleError;
use crate::text::disk;

/// One file, or a built-in one and the file that extends it. Places in the latter count on from the end of the former, so that
/// each place of the two together belongs to one of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    base: Origin,
    own: Option<Origin>,
}

#[derive(Clone, Debug, Default)]
struct Origin {
    path: PathBuf,
    text: Cow<'static, str>,
    /// How much of the text is white space in the place of another one.
    blank: usize,
}

/// A step from the top of a file to a value in it.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// To what a key stands for.
    Key(String),
    /// To an entry of a list.
    Entry(usize),
}

/// What is wrong with a value.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// Where the value is. Of a value that is not there, the nearest that is around it is shown.
    pub at: Vec<Step>,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Source {
    /// A file that stands alone.
    pub fn alone(path: &Path, text: &str) -> Self {
        Self { base: Origin::of(path, text.to_owned()), own: None }
    }

    /// A built-in file, and the one of its name in `dir`.
    pub fn of_rules(name: &str, builtin: &'static str, dir: Option<&Path>) -> Result<Self, RuleError> {
        let base = Origin { path: Path::new("rules").join(name), text: Cow::Borrowed(builtin), blank: 0 };
        let own = dir.map(|dir| dir.join(name)).filter(|path| path.exists()).map(|path| Origin::read(&path));
        let Some(mut own) = own.transpose()? else { return Ok(Self { base, own: None }) };
        let table = own.table()?;
        let Some((key, value)) = table.get_ref().get_key_value("replace") else {
            drop(table);
            own.blank = base.text.len();
            own.text = Cow::Owned(format!("{:1$}{2}", "", base.text.len(), own.text));
            return Ok(Self { base, own: Some(own) });
        };
        if value.get_ref().as_bool() != Some(true) {
            let place = key.span().start;
            drop(table);
            return Err(own.invalid(place, "`replace` is either true or absent".to_owned()));
        }
        // `replace = true` is blanked, not cut, so that places stay true.
        let (start, end) = (key.span().start, value.span().end);
        let text = format!("{}{:3$}{}", &own.text[..start], "", &own.text[end..], end - start);
        Ok(Self { base: Origin { text: Cow::Owned(text), ..own }, own: None })
    }

    /// What the file says.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, RuleError> {
        T::deserialize(toml::Deserializer::from(self.table()?)).map_err(|error| {
            let place = error.span().map_or(0, |span| span.start);
            self.invalid(place, error.message().to_owned())
        })
    }

    /// What is wrong with a value, with the line that it stands in.
    pub fn fault(&self, fault: &Fault) -> RuleError {
        match self.table() {
            Ok(table) => self.invalid(place(table, &fault.at), fault.message.clone()),
            Err(error) => error,
        }
    }

    fn table(&self) -> Result<Spanned<DeTable<'_>>, RuleError> {
        let mut whole = self.base.table()?;
        if let Some(own) = &self.own {
            extend(whole.get_mut(), own.table()?.into_inner());
        }
        Ok(whole)
    }

    fn invalid(&self, place: usize, message: String) -> RuleError {
        match &self.own {
            Some(own) if place >= self.base.text.len() => own.invalid(place, message),
            _ => self.base.invalid(place, message),
        }
    }
}

impl Hash for Source {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.base.text.hash(state);
        if let Some(own) = &self.own {
            own.text.hash(state);
        }
    }
}

impl Origin {
    fn read(path: &Path) -> Result<Self, RuleError> {
        let text = disk::read_text(path, disk::DECLARATION);
        Ok(Self::of(path, text.map_err(|source| RuleError::Unreadable { path: path.to_owned(), source })?))
    }

    fn of(path: &Path, text: String) -> Self {
        // A byte order mark may only stand at the start, which is not where the text may come to stand.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Self { path: path.to_owned(), text: Cow::Owned(text), blank: 0 }
    }

    fn table(&self) -> Result<Spanned<DeTable<'_>>, RuleError> {
        DeTable::parse(&self.text).map_err(|error| {
            let place = error.span().map_or(0, |span| span.start);
            self.invalid(place, error.message().to_owned())
        })
    }

    fn invalid(&self, place: usize, message: String) -> RuleError {
        let (text, place) = (&self.text[self.blank..], place.saturating_sub(self.blank));
        let at = crate::text::LineIndex::new(text.as_bytes()).line_col(place.min(text.len()));
        let line = text.lines().nth(at.line as usize - 1).unwrap_or_default();
        let caret = " ".repeat(at.col as usize - 1);
        let rendered = format!("{message}\n  |\n  | {line}\n  | {caret}^");
        RuleError::Invalid { path: self.path.clone(), line: at.line, col: at.col, rendered }
    }
}

/// Where a value starts, or the nearest around it that there is.
fn place(table: Spanned<DeTable<'_>>, steps: &[Step]) -> usize {
    let span = table.span();
    let whole = Spanned::new(span, DeValue::Table(table.into_inner()));
    let mut here = &whole;
    for step in steps {
        let inner = match (here.get_ref(), step) {
            (DeValue::Table(table), Step::Key(key)) => table.get(key.as_str()),
            (DeValue::Array(list), Step::Entry(at)) => list.get(*at),
            _ => None,
        };
        match inner {
            Some(inner) => here = inner,
            None => break,
        }
    }
    here.span().start
}

/// Lists grow (new entries first, so that they win), tables gain or change entries, other values are replaced. In a list of
/// tables with names, one takes the place of the one with its name; of two dimensions with one name, the choices are put together.
fn extend<'i>(base: &mut DeTable<'i>, extension: DeTable<'i>) {
    for (key, mut value) in extension {
        match (base.get_mut(key.get_ref().as_ref()).map(Spanned::get_mut), value.get_mut()) {
            (Some(DeValue::Array(old)), DeValue::Array(new)) => {
                let mut first = Vec::new();
                let mut list: Vec<Spanned<DeValue<'i>>> = std::mem::replace(old, DeArray::new()).into_iter().collect();
                let mut names: Vec<Option<String>> = list.iter().map(|entry| name(entry).map(str::to_owned)).collect();
                for entry in std::mem::replace(new, DeArray::new()) {
                    let known =
                        name(&entry).and_then(|own| names.iter().position(|known| known.as_deref() == Some(own)));
                    // The second of two is refused, not taken.
                    known.map(|known| names[known].take());
                    match (known, entry.get_ref()) {
                        (Some(known), DeValue::Table(table)) if key.get_ref() == "dimension" => {
                            if let DeValue::Table(old) = list[known].get_mut() {
                                extend(old, table.clone());
                            }
                        }
                        (Some(known), _) => list[known] = entry,
                        (None, _) => first.push(entry),
                    }
                }
                *old = first.into_iter().chain(list).collect();
            }
            (Some(DeValue::Table(old)), DeValue::Table(new)) => extend(old, std::mem::take(new)),
            _ => drop(base.insert(key, value)),
        }
    }
}

/// Reads what a text stands for, so that an error is shown where the text is, in a list too.
pub(super) fn parsed<'de, D: Deserializer<'de>, T, E: Display>(
    deserializer: D,
    expected: &'static str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, D::Error> {
    struct Text<F>(&'static str, F);
    impl<T, E: Display, F: Fn(&str) -> Result<T, E>> serde::de::Visitor<'_> for Text<F> {
        type Value = T;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }

        fn visit_str<R: serde::de::Error>(self, text: &str) -> Result<T, R> {
            self.1(text).map_err(R::custom)
        }
    }
    deserializer.deserialize_str(Text(expected, parse))
}

/// The name of an entry that has one.
fn name<'v>(entry: &'v Spanned<DeValue<'_>>) -> Option<&'v str> {
    entry.get_ref().as_table()?.get("name")?.get_ref().as_str()
}
