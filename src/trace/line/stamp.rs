//! Times: those with a year, and klog's, which have none and are in the writer's time zone.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A time as it stands in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// Nanoseconds since 1970.
    At(i64),
    /// A time without a year or a zone.
    Yearless {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
        /// 0 to 23.
        hour: i8,
        /// Nanoseconds since the hour.
        rest: i64,
    },
}

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400 * SECOND;
/// Zones differ by multiples of this.
const QUARTER: i64 = 900 * SECOND;

impl Stamp {
    /// klog's, if there can be such a time; a leap second is the next minute's first.
    pub fn yearless(month: u32, day: u32, hour: u32, minute: u32, second: u32, micros: u32) -> Option<Self> {
        let fits = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
        let rest = i64::from(minute * 60 + second) * SECOND + i64::from(micros) * 1000;
        fits.then_some(Self::Yearless { month: month as i8, day: day as i8, hour: hour as i8, rest })
    }
}

/// A time with a date and a zone, as RFC 3339 has it: `2024-05-06T07:08:09.123456789Z`; a zone may lack its colon, as journald's does.
pub fn full_time(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() < 19 || bytes[4] != b'-' || !matches!(bytes[10], b'T' | b' ') {
        return None;
    }
    let at = match text.parse::<Timestamp>() {
        Ok(at) => at,
        Err(_) => {
            let zone = text.len().checked_sub(5).filter(|at| matches!(bytes[*at], b'+' | b'-'))?;
            format!("{}:{}", text.get(..zone + 3)?, text.get(zone + 3..)?).parse().ok()?
        }
    };
    i64::try_from(at.as_nanosecond()).ok()
}

/// A time for people and programs: RFC 3339, with microseconds, UTC.
pub fn text_of_time(at: i64) -> String {
    let at = Timestamp::from_nanosecond(i128::from(at)).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// What a line's year is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A time that lines with a year have, nearby: in the year that is nearest to it.
    Near(i64),
    /// When the file was written last: in the year that is the last before it.
    Before(i64),
}

/// Resolves the times of one file.
pub struct Clock {
    zone: TimeZone,
    reference: Reference,
    /// The hour that was resolved last: lines of one hour stand together.
    kept: Option<(i8, i8, i8, i64)>,
}

impl Clock {
    /// A clock for lines that were written in a zone.
    pub fn new(zone: TimeZone, reference: Reference) -> Self {
        Self { zone, reference, kept: None }
    }

    /// What the year is found by.
    pub fn reference(&self) -> Reference {
        self.reference
    }

    /// Nanoseconds since 1970. `beside` is the time that a runtime or journald put in front of the line: it tells year and zone.
    pub fn resolve(&mut self, stamp: Stamp, beside: Option<i64>) -> Option<i64> {
        let (month, day, hour, rest) = match stamp {
            Stamp::At(at) => return Some(at),
            Stamp::Yearless { month, day, hour, rest } => (month, day, hour, rest),
        };
        if let Some(beside) = beside {
            let naive = hours(month, day, hour, Reference::Near(beside), &TimeZone::UTC)?.checked_add(rest)?;
            let zone = (naive.checked_sub(beside)?.checked_add(QUARTER / 2)?).div_euclid(QUARTER) * QUARTER;
            return naive.checked_sub(zone);
        }
        match self.kept {
            Some((m, d, h, base)) if (m, d, h) == (month, day, hour) => base.checked_add(rest),
            _ => {
                let base = hours(month, day, hour, self.reference, &self.zone)?;
                self.kept = Some((month, day, hour, base));
                base.checked_add(rest)
            }
        }
    }
}

/// The start of an hour, in the year that fits.
fn hours(month: i8, day: i8, hour: i8, reference: Reference, zone: &TimeZone) -> Option<i64> {
    let (Reference::Near(at) | Reference::Before(at)) = reference;
    let year = TimeZone::UTC.to_datetime(Timestamp::from_nanosecond(i128::from(at)).ok()?).year();
    let candidates = (year.saturating_sub(4)..=year.saturating_add(1)).filter_map(|year| {
        let civil = DateTime::new(year, month, day, hour, 0, 0, 0).ok()?;
        let zoned = zone.to_ambiguous_timestamp(civil).compatible().ok()?;
        i64::try_from(zoned.as_nanosecond()).ok()
    });
    match reference {
        Reference::Near(at) => candidates.min_by_key(|candidate| candidate.abs_diff(at)),
        Reference::Before(at) => candidates.filter(|candidate| *candidate <= at.saturating_add(DAY)).max(),
    }
}

/// A zone by its name, or by its distance from UTC as `+02:00`.
pub fn zone(text: &str) -> Option<TimeZone> {
    if matches!(text, "UTC" | "Z") {
        return Some(TimeZone::UTC);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    if let Some(rest) = text.strip_prefix(['+', '-']) {
        let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
        let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
        let offset = SignedDuration::from_secs(sign * (hours * 3600 + minutes * 60));
        return Some(jiff::tz::Offset::try_from(offset).ok()?.to_time_zone());
    }
    TimeZone::get(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        full_time(text).unwrap()
    }

    #[test]
    fn years_are_those_that_fit() {
        let december = Stamp::yearless(12, 31, 23, 59, 59, 1).unwrap();
        let january = Stamp::yearless(1, 1, 0, 0, 1, 0).unwrap();
        let mut near = Clock::new(TimeZone::UTC, Reference::Near(at("2025-01-01T00:00:00Z")));
        assert_eq!(text_of_time(near.resolve(december, None).unwrap()), "2024-12-31T23:59:59.000001Z");
        assert_eq!(text_of_time(near.resolve(january, None).unwrap()), "2025-01-01T00:00:01.000000Z");
        let mut before = Clock::new(TimeZone::UTC, Reference::Before(at("2025-03-01T00:00:00Z")));
        assert_eq!(text_of_time(before.resolve(december, None).unwrap()), "2024-12-31T23:59:59.000001Z");
        let leap = Stamp::yearless(2, 29, 1, 0, 0, 0).unwrap();
        assert_eq!(text_of_time(before.resolve(leap, None).unwrap()), "2024-02-29T01:00:00.000000Z");
    }

    #[test]
    fn zones_come_from_what_stands_beside() {
        let stamp = Stamp::yearless(7, 1, 14, 0, 0, 500_000).unwrap();
        let mut clock = Clock::new(TimeZone::UTC, Reference::Before(at("2024-08-01T00:00:00Z")));
        let beside = at("2024-07-01T12:00:00.52Z");
        assert_eq!(text_of_time(clock.resolve(stamp, Some(beside)).unwrap()), "2024-07-01T12:00:00.500000Z");
        let mut there = Clock::new(zone("+02:00").unwrap(), clock.reference());
        assert_eq!(text_of_time(there.resolve(stamp, None).unwrap()), "2024-07-01T12:00:00.500000Z");
        assert!(zone("nowhere").is_none() && zone("+99").is_none() && zone("-xy").is_none());
    }

    #[test]
    fn full_times_are_those_of_runtimes_and_journald() {
        assert_eq!(full_time("2024-05-06T07:08:09.5+0200"), full_time("2024-05-06T05:08:09.5Z"));
        for text in ["2024-05-06", "2024-13-06T07:08:09Z", "2024-05-06T07:08:09", "", "é2024-05-06T07:08:09Zé"] {
            assert_eq!(full_time(text), None, "{text}");
        }
    }
}
