//! Fixed files in the form that `go fix` takes them in: a zip whose entries have the files' whole paths for their names. Nothing is
//! compressed: the go command reads the archive once and drops it.

/// 1 January 1980: the format has no earlier day, and equal files make equal archives.
const DAY: u16 = 0x21;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
const VERSION: u16 = 20;

/// An archive of files by their paths, with the package's name for its comment; `None` if it is more than the format holds.
pub fn archive(package: &str, files: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (path, bytes) in files {
        let start = u32::try_from(out.len()).ok()?;
        let (name, size) = (u16::try_from(path.len()).ok()?, u32::try_from(bytes.len()).ok()?);
        let mut about = Vec::new();
        [VERSION, UTF8, 0, 0, DAY].iter().for_each(|number| about.extend(number.to_le_bytes()));
        [crc32(bytes), size, size].iter().for_each(|number| about.extend(number.to_le_bytes()));
        [name, 0].iter().for_each(|number| about.extend(number.to_le_bytes()));
        out.extend(b"PK\x03\x04");
        out.extend(&about);
        out.extend(path.as_bytes());
        out.extend(bytes);
        directory.extend(b"PK\x01\x02");
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&about);
        // No comment, one disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(path.as_bytes());
    }
    let (start, size) = (u32::try_from(out.len()).ok()?, u32::try_from(directory.len()).ok()?);
    let (count, comment) = (u16::try_from(files.len()).ok()?, u16::try_from(package.len()).ok()?);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    [count, count].iter().for_each(|number| out.extend(number.to_le_bytes()));
    [size, start].iter().for_each(|number| out.extend(number.to_le_bytes()));
    out.extend(comment.to_le_bytes());
    out.extend(package.as_bytes());
    Some(out)
}

/// The format's checksum.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_sizes_are_the_format_s() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        let packed = archive("p", &[("/a.go".to_owned(), b"package a\n".to_vec())]).unwrap();
        assert_eq!(packed.len(), 30 + 5 + 10 + 46 + 5 + 22 + 1);
        assert_eq!(&packed[packed.len() - 7..], [45, 0, 0, 0, 1, 0, b'p']);
    }
}
