//! The three calls of the protocol, answered.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use super::archive::archive;
use super::asked::{Call, Flags, told};
use super::package::Package;
use super::report::{Found, json, plain};
use super::unit::Unit;
use crate::ship::series::unified;
use crate::text::FileChange;
use crate::text::digest::Hasher;
use crate::text::disk;

/// Runs a call; vet knows two ends: 0, and 1 for findings and failures alike.
pub fn run(call: &Call) -> ExitCode {
    let ended = match call {
        Call::Version => version(),
        Call::Flags => flags(),
        Call::Unit(path, flags) => unit(path, flags),
        Call::Wrong(why) => Err(anyhow::anyhow!("{why}")),
    };
    match ended {
        Ok(is_clean) => ExitCode::from(u8::from(!is_clean)),
        Err(error) => {
            eprintln!("klogmod: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The go command keeps answers under what this prints: the program's bytes. It never says what an answer goes by otherwise (a flag, the
/// settings around a package), so that no answer is kept that goes by it.
fn version() -> Result<bool> {
    let program = std::env::current_exe().context("where the program is cannot be found out")?;
    let mut hasher = Hasher::default();
    hasher.part(disk::read(&program, u64::MAX).with_context(|| program.display().to_string())?);
    println!("{} version devel buildID={}", program.display(), hasher.finish());
    Ok(true)
}

fn flags() -> Result<bool> {
    println!("{}", serde_json::to_string_pretty(&told())?);
    Ok(true)
}

/// Looks at a package; whether nothing is to be said that ends the run.
fn unit(path: &Path, flags: &Flags) -> Result<bool> {
    let unit = Unit::load(path)?;
    // Other packages want to know nothing, but where this file is, the go command keeps the answer, under what the package and the
    // program are and not under the settings, and an answer for other packages is the package's own as well.
    if unit.is_apart() && !unit.vetx_output.as_os_str().is_empty() {
        disk::write_output(&unit.vetx_output, b"").with_context(|| unit.vetx_output.display().to_string())?;
    }
    let mut out = Vec::new();
    let ended = if unit.vetx_only { Ok(true) } else { looked_at(&unit, flags, &mut out) };
    match unit.stdout.as_os_str().is_empty() {
        true => std::io::stdout().write_all(&out)?,
        false => disk::write_output(&unit.stdout, &out).with_context(|| unit.stdout.display().to_string())?,
    }
    ended
}

fn looked_at(unit: &Unit, flags: &Flags, out: &mut Vec<u8>) -> Result<bool> {
    let files = unit.files();
    if files.is_empty() || unit.is_apart() {
        // Only what cgo has made, or what says the same under all settings.
        return finish(unit, flags, &[], &[], out);
    }
    let package = Package::new(&files, flags)?;
    let (plan, mut failed) = package.look()?;
    if unit.succeed_on_typecheck_failure {
        failed.clear();
    }
    if flags.fix {
        failed.iter().for_each(|failed| eprintln!("{failed}"));
        let changes = package.fixed(plan, flags)?;
        return fix(unit, flags, &package, &changes, out).map(|()| failed.is_empty());
    }
    let paths: Vec<_> = plan.files.iter().map(|file| package.path(&file.path)).collect();
    let found = plan.files.iter().zip(&paths);
    let found: Vec<_> = found
        .map(|(file, path)| Found { path, source: &file.source, findings: package.findings(file, flags) })
        .collect();
    finish(unit, flags, &found, &failed, out)
}

fn finish(unit: &Unit, flags: &Flags, found: &[Found<'_>], failed: &[String], out: &mut Vec<u8>) -> Result<bool> {
    if flags.json {
        json(&unit.id, found, failed, out)?;
        return Ok(true);
    }
    failed.iter().for_each(|failed| eprintln!("{failed}"));
    plain(found, flags.context, &mut std::io::stderr())?;
    Ok(failed.is_empty() && found.iter().all(|file| file.findings.is_empty()))
}

/// Hands fixed files on: as a diff, in an archive, or to the tree.
fn fix(unit: &Unit, flags: &Flags, package: &Package, changes: &[FileChange], out: &mut Vec<u8>) -> Result<()> {
    let whole = |change: &FileChange| package.path(&change.path).display().to_string();
    if flags.diff {
        for change in changes {
            out.extend(unified(change)?);
        }
    } else if unit.fix_archive.as_os_str().is_empty() {
        for change in changes {
            disk::replace_file(&package.path(&change.path), change.base(), &change.after)?;
        }
    } else {
        let files: Vec<_> = changes.iter().map(|change| (whole(change), change.after.to_vec())).collect();
        let bytes = archive(&unit.id, &files).context("the fixed files are more than an archive holds")?;
        disk::write_output(&unit.fix_archive, &bytes).with_context(|| unit.fix_archive.display().to_string())?;
    }
    Ok(())
}
