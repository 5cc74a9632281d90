//! What every picture is drawn on: texts, stacked parts, a legend, and the frame with title, description and colours.

use std::collections::BTreeSet;

use super::super::escape::xml;
use crate::measure::coverage::{Part, Parts};
use crate::plan::report::style::is_hostile;

/// Colour and pattern of each part, in their order: no two that meet are told apart by colour alone.
const LOOKS: [(&str, &str); 8] = [
    ("#1b7f3b", ""),
    ("#86b98f", "<path d=\"M0 6L6 0\" stroke=\"#000\" stroke-opacity=\"0.45\"/>"),
    ("#e0a100", "<circle cx=\"3\" cy=\"3\" r=\"1.1\" fill-opacity=\"0.5\"/>"),
    ("#c2571a", "<path d=\"M0 0L6 6\" stroke=\"#fff\" stroke-opacity=\"0.6\"/>"),
    ("#8a8a8a", "<path d=\"M0 3H6\" stroke=\"#fff\" stroke-opacity=\"0.6\"/>"),
    ("#5b7fb5", "<path d=\"M3 0V6\" stroke=\"#fff\" stroke-opacity=\"0.6\"/>"),
    ("#a05a9c", "<path d=\"M0 3H6M3 0V6\" stroke=\"#fff\" stroke-opacity=\"0.6\"/>"),
    ("#b00020", "<path d=\"M0 0L6 6M0 6L6 0\" stroke=\"#fff\" stroke-opacity=\"0.6\"/>"),
];
/// Around everything, so that nothing touches the edge of a file of its own.
const MARGIN: u64 = 8;
/// Height of a line of the legend.
const LINE: u64 = 20;

/// Where a text stands in relation to its place.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture that is being drawn; places are in pixels from its upper left corner.
pub(super) struct Canvas {
    /// Unique in a page.
    name: String,
    body: String,
    drawn: BTreeSet<Part>,
}

impl Canvas {
    pub fn new(name: &str) -> Self {
        // Names become identifiers of XML.
        let name = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        Self { name, body: String::new(), drawn: BTreeSet::new() }
    }

    /// Markup as it is.
    pub fn raw(&mut self, markup: &str) {
        self.body.push_str(markup);
    }

    pub fn text(&mut self, x: u64, y: u64, anchor: Anchor, text: &str) {
        self.line(x, y, anchor, "", &xml(text));
    }

    /// A text that has no more than this many pixels; where it is longer, its end is shown and all of it said when pointed at.
    pub fn name(&mut self, x: u64, y: u64, anchor: Anchor, most: u64, text: &str) {
        let shown = shorten(text, most);
        let whole = if shown == text { String::new() } else { format!("<title>{}</title>", xml(text)) };
        self.line(x, y, anchor, "", &format!("{whole}{}", xml(&shown)));
    }

    /// A text that stands out.
    pub fn strong(&mut self, x: u64, y: u64, anchor: Anchor, text: &str) {
        self.line(x, y, anchor, " font-weight=\"600\"", &xml(text));
    }

    fn line(&mut self, x: u64, y: u64, anchor: Anchor, more: &str, markup: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        self.body.push_str(&format!("<text x=\"{x}\" y=\"{y}\"{anchor}{more}>{markup}</text>\n"));
    }

    /// How a part is filled.
    pub fn fill(&mut self, part: Part) -> String {
        self.drawn.insert(part);
        format!("url(#{}-{})", self.name, part.name())
    }

    /// Parts beside each other; `most` calls have the whole width.
    pub fn stack(&mut self, (x, y): (u64, u64), (width, height): (u64, u64), parts: &Parts, most: u64) {
        let at = |calls: u64| calls.saturating_mul(width * 10) / most.max(1);
        let mut before = 0;
        for part in Part::ALL.into_iter().filter(|part| parts.get(*part) > 0) {
            let count = parts.get(part);
            let fill = self.fill(part);
            let (from, to) = (at(before), at(before + count));
            let (left, wide, title) = (tenths(x * 10 + from), tenths(to - from), xml(part.title()));
            self.body.push_str(&format!(
                "<rect x=\"{left}\" y=\"{y}\" width=\"{wide}\" height=\"{height}\" fill=\"{fill}\" class=\"part\"><title>{title}: {count}</title></rect>\n"
            ));
            before += count;
        }
    }

    /// What was drawn, a swatch and what `say` has to say for each part; the lines below it start where it ends.
    pub fn legend(&mut self, top: u64, width: u64, say: &dyn Fn(Part) -> String) -> u64 {
        let (mut x, mut y) = (0, top);
        for part in self.drawn.clone() {
            let text = say(part);
            let wide = 26 + self::width(&text);
            if x > 0 && x + wide > width {
                (x, y) = (0, y + LINE);
            }
            let fill = self.fill(part);
            self.body.push_str(&format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"12\" height=\"12\" fill=\"{fill}\" class=\"part\"/>\n"
            ));
            self.text(x + 18, y + 11, Anchor::Start, &text);
            x += wide + 8;
        }
        y + LINE
    }

    /// The whole: a title, what it shows in words, and everything that was drawn.
    pub fn finish(self, width: u64, height: u64, title: &str, said: &[String]) -> String {
        let Self { name, body, drawn } = self;
        let patterns: String = Part::ALL
            .into_iter()
            .zip(LOOKS)
            .filter(|(part, _)| drawn.contains(part))
            .map(|(part, (colour, mark))| {
                format!(
                    "<pattern id=\"{name}-{}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"{colour}\"/>{mark}</pattern>\n",
                    part.name()
                )
            })
            .collect();
        let (wide, high) = (width + 2 * MARGIN, height + 2 * MARGIN);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"klogmod\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" role=\"img\" aria-labelledby=\"{name}-title\" aria-describedby=\"{name}-desc\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n\
             <title id=\"{name}-title\">{}</title>\n<desc id=\"{name}-desc\">{}</desc>\n<style>{STYLE}</style>\n<defs>\n{patterns}</defs>\n\
             <rect class=\"paper\" width=\"{wide}\" height=\"{high}\"/>\n<g transform=\"translate({MARGIN} {MARGIN})\">\n{body}</g>\n</svg>\n",
            xml(title),
            xml(&said.join("; ")),
        )
    }
}

/// Names end in `klogmod` what they style, for a page has other text.
const STYLE: &str = ".klogmod{print-color-adjust:exact}.klogmod text{fill:#1a1a1a}.klogmod .paper{fill:#fff}\
.klogmod .part,.klogmod .rule{stroke:#1a1a1a;stroke-opacity:.45;stroke-width:.6}.klogmod .covered{fill:#1b7f3b;stroke:#1a1a1a;stroke-opacity:.3}\
@media screen and (prefers-color-scheme:dark){.klogmod text{fill:#eee}.klogmod .paper{fill:#161616}\
.klogmod .part,.klogmod .rule,.klogmod .covered{stroke:#eee}}";

/// Pixels with one decimal.
fn tenths(tenths: u64) -> String {
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

/// About how many pixels a text takes, rather too many than too few: nobody knows the reader's fonts.
pub(super) fn width(text: &str) -> u64 {
    text.chars().map(of_char).sum()
}

fn of_char(c: char) -> u64 {
    match c {
        // Shown as an escape.
        c if is_hostile(c) => 56,
        'i' | 'j' | 'l' | 'f' | 't' | 'r' | '/' | '.' | ',' | ':' | ' ' | '-' | '(' | ')' => 5,
        'm' | 'w' | 'A'..='Z' | '%' | '@' => 10,
        c if c.is_ascii() => 7,
        _ => 12,
    }
}

/// The end of a text that is too long, which tells paths apart better than their beginning.
pub(super) fn shorten(text: &str, most: u64) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut taken = of_char('…');
    let kept = text.char_indices().rev().take_while(|(_, c)| {
        taken += of_char(*c);
        taken <= most
    });
    let from = kept.last().map_or(text.len(), |(at, _)| at);
    format!("…{}", text.get(from..).unwrap_or_default())
}

/// A count for each part that has one, in words.
pub(super) fn in_words(parts: &Parts) -> String {
    let some = Part::ALL.into_iter().filter(|part| parts.get(*part) > 0);
    let said: Vec<String> = some.map(|part| format!("{} {}", parts.get(part), part.title())).collect();
    said.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_name_is_kept() {
        assert_eq!(shorten("pkg/kubelet", 300), "pkg/kubelet");
        let shown = shorten("staging/src/k8s.io/apiserver/pkg/endpoints/handlers/fieldmanager", 200);
        assert!(shown.starts_with('…') && shown.ends_with("/fieldmanager") && width(&shown) <= 200, "{shown}");
        assert_eq!(shorten("ééé", 1), "…");
        assert_eq!(shorten("ééé", 25), "…é");
    }
}
