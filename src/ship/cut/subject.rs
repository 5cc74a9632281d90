//! Subjects of patches, by templates that a checkout's owners may set.

use super::{Part, Stage};

/// Templates with `{dir}`, `{sig}`, `{calls}`, `{part}` and `{parts}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subjects {
    /// Of patches with structural edits.
    pub structural: String,
    /// Of patches that add request IDs alone.
    pub request_id: String,
    /// Added where several patches would have one subject.
    pub numbered: String,
    /// Of the cover letter.
    pub cover: String,
}

impl Default for Subjects {
    fn default() -> Self {
        Self {
            structural: "Migrate {dir} to structured logging".to_owned(),
            request_id: "Add request IDs to the logs of {dir}".to_owned(),
            numbered: " ({part}/{parts})".to_owned(),
            cover: "Migrate {calls} klog calls to structured logging".to_owned(),
        }
    }
}

/// A template that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the subject {template:?} names {{{name}}}, which is not one of dir, sig, calls, part, parts")]
pub struct TemplateError {
    template: String,
    name: String,
}

impl Subjects {
    /// Refuses templates with names that stand for nothing.
    pub fn check(&self) -> Result<(), TemplateError> {
        for template in [&self.structural, &self.request_id, &self.numbered, &self.cover] {
            fill(template, &|name| ["dir", "sig", "calls", "part", "parts"].contains(&name).then(String::new))?;
        }
        Ok(())
    }

    /// Of one patch; `structural` says whether structural edits were asked for at all.
    pub fn of(&self, part: &Part<'_, '_>, structural: bool) -> Result<String, TemplateError> {
        let request_id = part.stage == Stage::RequestId || (part.stage == Stage::Whole && !structural);
        let template = if request_id { &self.request_id } else { &self.structural };
        let value = |name: &str| {
            Some(match name {
                "dir" => part.dir.clone(),
                "sig" => part.group.sigs.join(" "),
                "calls" => part.changes.len().to_string(),
                "part" => part.number.0.to_string(),
                "parts" => part.number.1.to_string(),
                _ => return None,
            })
        };
        let mut subject = fill(template, &value)?;
        if part.number.1 > 1 && !template.contains("{part}") {
            subject.push_str(&fill(&self.numbered, &value)?);
        }
        Ok(subject)
    }

    /// Of the cover letter of a series with so many calls.
    pub fn cover(&self, calls: usize) -> Result<String, TemplateError> {
        fill(&self.cover, &|name| if name == "calls" { Some(calls.to_string()) } else { Some(String::new()) })
    }
}

fn fill(template: &str, value: &dyn Fn(&str) -> Option<String>) -> Result<String, TemplateError> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            return Err(TemplateError { template: template.to_owned(), name: after.to_owned() });
        };
        let unknown = || TemplateError { template: template.to_owned(), name: name.to_owned() };
        out.push_str(&value(name).ok_or_else(unknown)?);
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_checked() {
        assert_eq!(Subjects::default().check(), Ok(()));
        assert_eq!(Subjects::default().cover(7).unwrap(), "Migrate 7 klog calls to structured logging");
        let bad = Subjects { structural: "{dri}: x".to_owned(), ..Subjects::default() };
        assert!(bad.check().unwrap_err().to_string().contains("{dri}"));
        assert!(Subjects { cover: "{x".to_owned(), ..Subjects::default() }.check().is_err());
    }
}
