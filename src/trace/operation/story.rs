//! One operation, or one object's history, as it is told.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::collect::{Collected, Want};
use super::order::{Gap, fill, gaps, sort};
use super::reader::Options;
use super::skew::{Skew, measure};
use crate::text::counted;
use crate::trace::line::{Line, Object, Reference, objects, text_of_time};
use crate::trace::read::{Counts, Input};

/// What a file gave.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FilePart {
    /// Its name.
    pub name: String,
    /// The component that wrote it.
    pub component: String,
    /// What was read of it.
    pub counts: Counts,
}

/// What a component did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComponentPart {
    /// Its name.
    pub name: String,
    /// Its lines.
    pub lines: usize,
    /// Those of errors.
    pub errors: usize,
    /// Number of its first line, from 0.
    pub first: usize,
    /// Number of its last line.
    pub last: usize,
}

/// What an object went through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectPart {
    /// The object.
    #[serde(flatten)]
    pub object: Object,
    /// Numbers of the lines that name it, from 0.
    pub lines: Vec<usize>,
}

/// An operation that met an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperationPart {
    /// Its ID; empty for lines that carry none.
    pub id: String,
    /// Its lines.
    pub lines: usize,
    /// Number of its first line, from 0.
    pub first: usize,
}

/// A place in source that printed lines, as somebody found it who knows the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SitePart {
    /// Path below the checkout's root.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// The function around it.
    pub function: String,
    /// Whose it is.
    pub owner: String,
    /// Operations on resources that reach it.
    pub operations: Vec<String>,
    /// What brings its request ID; absent where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_from: Option<String>,
    /// Why nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_none: Option<String>,
    /// Numbers of the lines that it printed, from 0.
    pub lines: Vec<usize>,
}

impl SitePart {
    /// In one line.
    pub fn words(&self) -> String {
        let mut words = vec![format!("{}:{} {}", self.path, self.line, self.function)];
        words.extend((!self.operations.is_empty()).then(|| self.operations.join(", ")));
        words.extend((!self.owner.is_empty()).then(|| self.owner.clone()));
        words.extend(self.id_from.as_ref().map(|from| format!("ID from {from}")));
        words.extend(self.id_none.as_ref().map(|none| format!("no ID: {none}")));
        words.join(" · ")
    }
}

/// The whole of it.
pub struct Story {
    /// What was asked for.
    pub want: Want,
    /// The request ID's key.
    pub key: String,
    /// The lines, in order of time.
    pub lines: Vec<Line>,
    start: Option<i64>,
    /// When each was written, by the clock of the file that served most requests.
    pub times: Vec<Option<i64>>,
    /// The files.
    pub files: Vec<FilePart>,
    /// The components, in the order in which they came in.
    pub components: Vec<ComponentPart>,
    /// Numbers of the lines of errors.
    pub errors: Vec<usize>,
    /// The gaps.
    pub gaps: Vec<Gap>,
    /// The objects, in the order in which they came in.
    pub objects: Vec<ObjectPart>,
    /// The operations, most lines first.
    pub operations: Vec<OperationPart>,
    /// The call sites that printed its lines, where somebody found them.
    pub sites: Vec<SitePart>,
    /// What was measured of clocks.
    pub skews: Vec<Skew>,
    /// What is to be known of how this was found.
    pub notes: Vec<String>,
    /// Why files were not read to their end, or at all.
    pub unread: Vec<String>,
}

impl Story {
    /// Puts together what was found; gaps are those of at least so many nanoseconds.
    pub fn new(want: Want, found: Collected, inputs: &[Input], options: &Options, least: i64) -> Self {
        let Collected { mut lines, mentions, dropped, interleaved, counts, errors, .. } = found;
        let timeless = fill(&mut lines);
        let skews = measure(&lines, &options.key);
        let shifts: BTreeMap<u32, i64> = skews
            .iter()
            .filter(|skew| skew.is_sure())
            .map(|skew| (skew.file, -skew.ahead_microseconds * 1000))
            .collect();
        let shift = |source: u32| shifts.get(&source).copied().unwrap_or_default();
        let twice = sort(&mut lines, &shift);
        let times: Vec<Option<i64>> =
            lines.iter().map(|line| line.at.map(|at| at.saturating_add(shift(line.source)))).collect();
        let files: Vec<FilePart> = inputs
            .iter()
            .zip(counts)
            .map(|(input, counts)| FilePart {
                name: input.name.clone(),
                component: input.component.to_string(),
                counts,
            })
            .collect();
        let mut story = Self {
            components: components(&lines),
            errors: lines.iter().enumerate().filter(|(_, line)| line.severity.is_error()).map(|(at, _)| at).collect(),
            gaps: gaps(&times, least),
            objects: of_objects(&lines, &options.key),
            operations: operations(&lines),
            sites: Vec::new(),
            start: times.iter().flatten().min().copied(),
            want,
            key: options.key.clone(),
            lines,
            times,
            files,
            skews,
            notes: Vec::new(),
            unread: errors,
        };
        story.notes = story.notes(inputs, options);
        let said = [
            (
                mentions as usize,
                "lines that name the ID otherwise than by its pair, as in a header or an annotation, and are not shown",
            ),
            (dropped as usize, "lines that were found and not kept, since there are too many; fewer files give them"),
            (
                interleaved as usize,
                "lines that stood within others, where two programs wrote to one file or one was cut; they are shown apart",
            ),
            (twice, "lines that stood in a second file as well; they are shown once"),
            (timeless, "lines without a time, which stand behind the line before them in their file"),
        ];
        story.notes.extend(said.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{what}: {count}")));
        story
    }

    fn notes(&self, inputs: &[Input], options: &Options) -> Vec<String> {
        let mut notes: Vec<String> = self.skews.iter().map(|skew| self.clock(skew)).collect();
        let mut total = Counts::default();
        self.files.iter().for_each(|file| total.add(&file.counts));
        let troubles = total.troubles();
        if !troubles.is_empty() {
            notes.push(format!("of {} read: {}", counted(total.lines as usize, "line"), troubles.join(", ")));
        }
        if total.klog > 0 {
            notes.extend(years(inputs, &self.files, options));
        }
        notes
    }

    fn clock(&self, skew: &Skew) -> String {
        let name = |file: u32| self.files.get(file as usize).map_or("", |file| file.name.as_str());
        let (file, against) = (name(skew.file), name(skew.against));
        let by = |micros: i64| format!("{:.3} ms", micros.unsigned_abs() as f64 / 1000.0);
        let uncertain = by(skew.uncertain_microseconds);
        let requests = skew.requests;
        match skew.is_sure() {
            true => {
                let way = if skew.ahead_microseconds > 0 { "ahead of" } else { "behind" };
                let ahead = by(skew.ahead_microseconds);
                format!(
                    "the clock of {file} is {ahead} {way} that of {against} (give or take {uncertain}, from {requests} requests); its lines are ordered by the latter"
                )
            }
            false => {
                let within = by(skew.ahead_microseconds.abs() + skew.uncertain_microseconds);
                format!("the clocks of {file} and {against} agree within {within} ({requests} requests)")
            }
        }
    }

    /// Nanoseconds from the first line to this one.
    pub fn since(&self, at: usize) -> Option<i64> {
        Some(self.times.get(at).copied().flatten()?.saturating_sub(self.start()?))
    }

    /// Where lines stand in what must have a time: one without stands with the line before it, or with the first; where no line has any,
    /// they stand a microsecond apart, from 1970 on.
    pub fn placed(&self) -> Vec<i64> {
        let mut last = self.start;
        let place = |(number, at): (usize, &Option<i64>)| {
            last = at.or(last);
            last.unwrap_or(number as i64 * 1000)
        };
        self.times.iter().enumerate().map(place).collect()
    }

    /// Nanoseconds from the first line to the last.
    pub fn length(&self) -> Option<i64> {
        Some(self.end()?.saturating_sub(self.start()?))
    }

    /// When it began.
    pub fn start(&self) -> Option<i64> {
        self.start
    }

    /// When it ended.
    pub fn end(&self) -> Option<i64> {
        self.times.iter().flatten().max().copied()
    }

    /// How it is called.
    pub fn title(&self) -> String {
        match &self.want {
            Want::Id(id) => format!("operation {id}"),
            Want::Object(object) => object.to_string(),
        }
    }
}

fn years(inputs: &[Input], files: &[FilePart], options: &Options) -> Vec<String> {
    let text = inputs.iter().zip(files).filter(|(_, file)| file.counts.klog > 0).map(|(input, _)| input);
    let mut near: Option<i64> = None;
    let mut before: Option<i64> = None;
    for input in text {
        match input.reference {
            Reference::Near(at) => near = near.max(Some(at)),
            Reference::Before(at) => before = before.max(Some(at)),
        }
    }
    let zone = options.zone.iana_name().unwrap_or("the given zone");
    let said = [
        (near, "by times with a year in the same logs, such as"),
        (before, "by when files were written last, at latest"),
    ];
    said.into_iter()
        .filter_map(|(at, by)| Some((at?, by)))
        .map(|(at, by)| format!("klog's text lines have no year and no time zone: taken {by} {}; read as {zone} where nothing beside them tells", text_of_time(at)))
        .collect()
}

fn components(lines: &[Line]) -> Vec<ComponentPart> {
    let mut parts: Vec<ComponentPart> = Vec::new();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        let number = *numbers.entry(&line.component).or_insert_with(|| {
            parts.push(ComponentPart { name: line.component.to_string(), lines: 0, errors: 0, first: at, last: at });
            parts.len() - 1
        });
        let part = &mut parts[number];
        part.lines += 1;
        part.errors += usize::from(line.severity.is_error());
        part.last = at;
    }
    parts
}

fn of_objects(lines: &[Line], key: &str) -> Vec<ObjectPart> {
    let mut parts: Vec<ObjectPart> = Vec::new();
    let mut numbers: std::collections::HashMap<Object, usize> = std::collections::HashMap::new();
    for (at, line) in lines.iter().enumerate() {
        for object in objects(&line.pairs(key)) {
            let number = *numbers.entry(object.clone()).or_insert_with(|| {
                parts.push(ObjectPart { object, lines: Vec::new() });
                parts.len() - 1
            });
            parts[number].lines.push(at);
        }
    }
    parts
}

fn operations(lines: &[Line]) -> Vec<OperationPart> {
    let mut parts: BTreeMap<&str, OperationPart> = BTreeMap::new();
    for (first, line) in lines.iter().enumerate() {
        let none = [String::new()];
        let ids: &[String] = if line.ids.is_empty() { &none } else { &line.ids };
        for id in ids {
            if let Some(part) = parts.get_mut(id.as_str()) {
                part.lines += 1;
            } else {
                let key = line.ids.iter().find(|known| *known == id).map_or("", String::as_str);
                parts.insert(key, OperationPart { id: id.clone(), lines: 1, first });
            }
        }
    }
    let mut parts: Vec<OperationPart> = parts.into_values().collect();
    parts.sort_by_key(|part| (std::cmp::Reverse(part.lines), part.first));
    parts
}
