//! Streams as they were before gzip or zstd, told by their first bytes; what expands without end is stopped.

use std::io::{BufReader, Cursor, Error, Read, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

/// A stream of somebody's.
pub type Stream = Box<dyn Read + Send>;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// No log shrinks to less than this share; what does so after that many bytes is there to fill a disk.
const RATIO: u64 = 400;
const FREE: u64 = 256 << 20;

/// Whether the first bytes are those of a packed stream.
pub fn is_packed(first: &[u8]) -> bool {
    first.starts_with(&GZIP) || first.starts_with(&ZSTD)
}

/// The stream, unpacked if it is packed. `first` is what was read of it already.
pub fn unpack(first: Vec<u8>, rest: Stream) -> Stream {
    let is_zstd = first.starts_with(&ZSTD);
    if !is_packed(&first) {
        return Box::new(Cursor::new(first).chain(rest));
    }
    let packed = Arc::new(AtomicU64::new(0));
    let source = Counting { inner: Cursor::new(first).chain(rest), count: packed.clone() };
    let source: Stream = match is_zstd {
        true => Box::new(Frames { state: State::Between(BufReader::with_capacity(64 << 10, Box::new(source))) }),
        false => Box::new(MultiGzDecoder::new(source)),
    };
    Box::new(Guarded { inner: source, packed, unpacked: 0 })
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
        let read = self.inner.read(buffer)?;
        self.unpacked += read as u64;
        Ok(read)
    }
}

type Packed = BufReader<Stream>;

/// The frames of a zstd stream, one behind the other.
struct Frames {
    state: State,
}

enum State {
    Between(Packed),
    Within(Box<StreamingDecoder<Packed, ruzstd::decoding::FrameDecoder>>),
    Ended,
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between(mut packed) => {
                    use std::io::BufRead;
                    if packed.fill_buf()?.is_empty() {
                        return Ok(0);
                    }
                    let frame = StreamingDecoder::new(packed).map_err(Error::other)?;
                    self.state = State::Within(Box::new(frame));
                }
                State::Within(mut frame) => {
                    let read = frame.read(buffer)?;
                    if read > 0 || buffer.is_empty() {
                        self.state = State::Within(frame);
                        return Ok(read);
                    }
                    self.state = State::Between(frame.into_inner());
                }
            }
        }
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
        unpack(packed, Box::new(std::io::empty())).read_to_end(&mut out).map(|_| out)
    }

    #[test]
    fn packed_streams_are_read_to_their_end() {
        let two = [gzip(b"one\n"), gzip(b"two\n")].concat();
        assert_eq!(read(two).unwrap(), b"one\ntwo\n");
        let zstd = |text: &[u8]| ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest);
        assert_eq!(read([zstd(b"one\n"), zstd(b"two\n")].concat()).unwrap(), b"one\ntwo\n");
        assert_eq!(read(b"plain".to_vec()).unwrap(), b"plain");
        let mut cut = gzip(&b"a line of a log\n".repeat(100));
        cut.truncate(cut.len() - 6);
        assert!(read(cut).is_err());
        assert!(read(ZSTD.to_vec()).is_err());
    }

    #[test]
    fn what_expands_without_end_is_stopped() {
        let mut out = std::io::sink();
        let bomb = gzip(&vec![0; (FREE as usize) + (64 << 20)]);
        let error = std::io::copy(&mut unpack(bomb, Box::new(std::io::empty())), &mut out).unwrap_err();
        assert!(error.to_string().contains("expands more than 400-fold"), "{error}");
    }
}
