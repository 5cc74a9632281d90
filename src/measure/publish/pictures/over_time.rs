//! Parts over time as stacked areas.

use super::canvas::{Anchor, Canvas, in_words};
use crate::measure::coverage::{Part, Parts};
use crate::text::counted;

const LEFT: u64 = 56;
const WIDTH: u64 = 760;
const TOP: u64 = 12;
const HEIGHT: u64 = 280;
/// Pixels from one label below to the next: nearer ones would touch.
const APART: u64 = 100;

/// The picture: labels and parts of each point, oldest first. One point is as wide as all of them.
pub fn over_time(points: &[(String, Parts)]) -> String {
    let most = points.iter().map(|(_, parts)| parts.sum()).max().unwrap_or(0).max(1);
    let last = points.len().saturating_sub(1);
    let x = |at: usize| LEFT + if last == 0 { 0 } else { at as u64 * WIDTH / last as u64 };
    let y = |calls: u64| TOP + HEIGHT - calls.saturating_mul(HEIGHT) / most;
    let mut canvas = Canvas::new("over-time");
    for mark in if most > 1 { vec![0, most / 2, most] } else { vec![0, most] } {
        canvas.text(LEFT - 8, y(mark) + 4, Anchor::End, &mark.to_string());
        canvas.raw(&format!("<path d=\"M{} {}H{}\" class=\"rule\"/>\n", LEFT, y(mark), LEFT + WIDTH));
    }
    let mut below = vec![0u64; points.len()];
    for part in Part::ALL {
        let above: Vec<u64> = points.iter().zip(&below).map(|((_, parts), under)| under + parts.get(part)).collect();
        if above != below {
            let at = |calls: &[u64]| -> Vec<(u64, u64)> {
                let mut line: Vec<_> = calls.iter().enumerate().map(|(at, calls)| (x(at), y(*calls))).collect();
                line.extend(line.first().filter(|_| last == 0).map(|(_, y)| (LEFT + WIDTH, *y)));
                line
            };
            let outline: Vec<String> =
                at(&above).into_iter().chain(at(&below).into_iter().rev()).map(|(x, y)| format!("{x},{y}")).collect();
            let fill = canvas.fill(part);
            canvas.raw(&format!(
                "<polygon points=\"{}\" fill=\"{fill}\" class=\"part\"><title>{}</title></polygon>\n",
                outline.join(" "),
                part.title()
            ));
        }
        below = above;
    }
    labels(points, &mut canvas, &x);
    let mut said = Vec::new();
    if let (Some((from, before)), Some((to, after))) = (points.first(), points.last()) {
        said.push(format!("{from}: {}: {}", counted(before.sum() as usize, "call"), in_words(before)));
        if last > 0 {
            said.push(format!("{to}: {}: {}", counted(after.sum() as usize, "call"), in_words(after)));
        }
    }
    let both = |part: Part| {
        let count = |point: Option<&(String, Parts)>| point.map_or(0, |(_, parts)| parts.get(part));
        match (count(points.first()), count(points.last())) {
            (before, after) if last > 0 => format!("{}: {before} → {after}", part.title()),
            (_, after) => format!("{}: {after}", part.title()),
        }
    };
    let whole = LEFT + WIDTH + 40;
    let height = canvas.legend(TOP + HEIGHT + 36, whole, &both);
    canvas.finish(whole, height, "klog calls over time", &said)
}

/// What stands below the areas: the first, the last and as many between them as there is room for.
fn labels(points: &[(String, Parts)], canvas: &mut Canvas, x: &dyn Fn(usize) -> u64) {
    let last = points.len().saturating_sub(1);
    let stride = (last * APART as usize).div_ceil(WIDTH as usize).max(1);
    for (at, (label, _)) in points.iter().enumerate() {
        if at == last || at.is_multiple_of(stride) && at + stride <= last {
            canvas.name(x(at), TOP + HEIGHT + 18, Anchor::Middle, APART - 8, label);
            let (from, to) = (TOP + HEIGHT, TOP + HEIGHT + 5);
            canvas.raw(&format!("<path d=\"M{} {from}V{to}\" class=\"rule\"/>\n", x(at)));
        }
    }
}
