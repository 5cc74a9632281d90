//! Streams as they were before gzip or zstd, told by their first bytes; what expands without end is stopped.

use std::io::{BufRead, BufReader, Cursor, Error, ErrorKind, Read, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// A stream of somebody's.
pub type Stream = Box<dyn Read + Send>;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// No log shrinks to less than this share; what does so after that many bytes is there to fill a disk.
const RATIO: u64 = 400;
const FREE: u64 = 256 << 20;
/// Bytes that are unpacked at a time: with an error, no more than these are lost.
const STEP: usize = 4 << 10;

/// Whether the first bytes are those of a packed stream.
pub fn is_packed(first: &[u8]) -> bool {
    first.starts_with(&GZIP) || is_zstd(first)
}

/// A frame, or one to be skipped, as pzstd puts in front of each.
fn is_zstd(first: &[u8]) -> bool {
    first.starts_with(&ZSTD) || matches!(first, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// The stream, unpacked if it is packed. `first` is what was read of it already; `packed` counts what is taken of a packed one.
pub fn unpack(first: Vec<u8>, rest: Stream, packed: &Arc<AtomicU64>) -> Stream {
    let is_zstd = is_zstd(&first);
    if !is_packed(&first) {
        return Box::new(Cursor::new(first).chain(rest));
    }
    let source = Counting { inner: Cursor::new(first).chain(rest), count: packed.clone() };
    let source: Stream = match is_zstd {
        true => Box::new(Frames::new(Box::new(source))),
        false => Box::new(Members(Member::Between(Whole(BufReader::with_capacity(64 << 10, Box::new(source)))))),
    };
    Box::new(Guarded { inner: source, packed: packed.clone(), unpacked: 0 })
}

struct Counting<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Stops a stream that expands too much.
struct Guarded {
    inner: Stream,
    packed: Arc<AtomicU64>,
    unpacked: u64,
}

impl Read for Guarded {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let packed = self.packed.load(Ordering::Relaxed);
        if self.unpacked > FREE && self.unpacked / RATIO > packed {
            return Err(Error::other(format!(
                "it expands more than {RATIO}-fold, as no log does: {} MiB were read, the rest is not",
                self.unpacked >> 20
            )));
        }
        let step = buffer.len().min(STEP);
        let read = self.inner.read(&mut buffer[..step])?;
        self.unpacked += read as u64;
        Ok(read)
    }
}

/// A packed stream that has no end within a member: the decoder would go on with zeros, and make up what never was there.
struct Whole(BufReader<Stream>);

impl Read for Whole {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Whole {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        match self.0.fill_buf() {
            Ok([]) => Err(Error::new(ErrorKind::UnexpectedEof, "the packed stream is cut")),
            filled => filled,
        }
    }

    fn consume(&mut self, count: usize) {
        self.0.consume(count);
    }
}

/// The members of a gzip stream, one behind the other.
struct Members(Member);

enum Member {
    Between(Whole),
    Within(Box<GzDecoder<Whole>>),
    Ended,
}

impl Read for Members {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while !buffer.is_empty() {
            match std::mem::replace(&mut self.0, Member::Ended) {
                Member::Ended => break,
                Member::Between(mut packed) => {
                    let filled = packed.0.fill_buf()?;
                    // Zeros fill a block.
                    let zeros = filled.iter().take_while(|byte| **byte == 0).count();
                    match (filled.len(), zeros) {
                        (0, _) => break,
                        (_, 0) => self.0 = Member::Within(Box::new(GzDecoder::new(packed))),
                        _ => {
                            packed.consume(zeros);
                            self.0 = Member::Between(packed);
                        }
                    }
                }
                Member::Within(mut member) => {
                    let read = member.read(buffer)?;
                    if read > 0 {
                        self.0 = Member::Within(member);
                        return Ok(read);
                    }
                    self.0 = Member::Between(member.into_inner());
                }
            }
        }
        Ok(0)
    }
}

/// The frames of a zstd stream, one behind the other.
struct Frames {
    packed: BufReader<Stream>,
    decoder: FrameDecoder,
    is_within: bool,
    ended: bool,
    /// Why no more can be unpacked; what was unpacked before comes first.
    failed: Option<Error>,
}

/// A last block without content, and a checksum that nobody compares: behind a broken block, it ends the frame.
const LAST: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

impl Frames {
    fn new(packed: Stream) -> Self {
        let packed = BufReader::with_capacity(64 << 10, packed);
        Self { packed, decoder: FrameDecoder::new(), is_within: false, ended: false, failed: None }
    }

    /// Starts the next frame; false at the end. Frames that are to be skipped hold nothing for us.
    fn begin(&mut self) -> Result<bool> {
        while !self.packed.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.packed) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    std::io::copy(&mut (&mut self.packed).take(length.into()), &mut std::io::sink())?;
                }
                Err(error) => return Err(Error::other(error)),
            }
        }
        Ok(false)
    }

    /// Decodes until so many bytes can be had, or there are no more.
    fn decode(&mut self, bytes: usize) {
        let Self { packed, decoder, failed, .. } = self;
        while failed.is_none() && decoder.can_collect() < bytes && !decoder.is_finished() {
            let missing = bytes - decoder.can_collect();
            if let Err(error) = decoder.decode_blocks(&mut *packed, BlockDecodingStrategy::UptoBytes(missing)) {
                // Nothing is left to be done if this fails as well: the error is told.
                let _ = decoder.decode_blocks(&LAST[..], BlockDecodingStrategy::All);
                *failed = Some(Error::other(error));
            }
        }
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while !self.ended && !buffer.is_empty() {
            if !self.is_within {
                let begun = self.failed.take().map_or_else(|| self.begin(), Err);
                self.ended = !matches!(begun, Ok(true));
                self.is_within = begun?;
                continue;
            }
            self.decode(buffer.len());
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.is_within = false;
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(packed: Vec<u8>) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        unpack(packed, Box::new(std::io::empty()), &Arc::default()).read_to_end(&mut out).map(|_| out)
    }

    #[test]
    fn packed_streams_are_read_to_their_end() {
        let two = [gzip(b"one\n"), gzip(b"two\n")].concat();
        assert_eq!(read([two, vec![0; 512]].concat()).unwrap(), b"one\ntwo\n");
        let zstd = |text: &[u8]| ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest);
        assert_eq!(read([zstd(b"one\n"), zstd(b"two\n")].concat()).unwrap(), b"one\ntwo\n");
        assert_eq!(read(b"plain".to_vec()).unwrap(), b"plain");
        let mut cut = gzip(&b"a line of a log\n".repeat(100));
        cut.truncate(cut.len() - 6);
        assert!(read(cut).is_err());
        assert!(read(ZSTD.to_vec()).is_err());
        let skipped = [&[0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &zstd(b"one\n")].concat();
        assert_eq!(read([skipped.clone(), skipped].concat()).unwrap(), b"one\none\n");
    }

    #[test]
    fn what_was_packed_before_the_damage_is_read() {
        let text: String =
            (0..40_000).map(|number| format!("line {number} of a log {}\n", number * 7919 % 10_007)).collect();
        let zstd = ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
        for packed in [gzip(text.as_bytes()), zstd] {
            let half = packed.len() / 2;
            let torn = [&packed[..half], &[0xff; 64], &packed[half + 64..]].concat();
            for (what, packed, least) in [
                ("cut", packed[..half].to_vec(), text.len() / 3),
                ("torn", torn, text.len() / 3),
                ("followed", [&packed[..], b"x\n"].concat(), text.len()),
            ] {
                let mut out = Vec::new();
                assert!(
                    unpack(packed, Box::new(std::io::empty()), &Arc::default()).read_to_end(&mut out).is_err(),
                    "{what}"
                );
                assert!(
                    out.len() >= least && (what == "torn" || text.as_bytes().starts_with(&out)),
                    "{what}: {}",
                    out.len()
                );
            }
        }
    }

    #[test]
    fn what_expands_without_end_is_stopped() {
        let mut out = std::io::sink();
        let bomb = gzip(&vec![0; (FREE as usize) + (64 << 20)]);
        let error =
            std::io::copy(&mut unpack(bomb, Box::new(std::io::empty()), &Arc::default()), &mut out).unwrap_err();
        assert!(error.to_string().contains("expands more than 400-fold"), "{error}");
    }
}
