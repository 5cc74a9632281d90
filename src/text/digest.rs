//! Names for bytes: equal names, equal bytes.

use borsh::{BorshDeserialize, BorshSerialize};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// A cryptographic hash, shortened: what the checkout holds must not be able to choose its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, BorshSerialize, BorshDeserialize)]
pub struct Digest([u8; 20]);

impl Digest {
    /// Of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::default();
        hasher.raw(bytes);
        hasher.finish()
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// Makes a digest of several parts, so that where one ends counts as well.
#[derive(Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Takes a part.
    pub fn part(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let bytes = bytes.as_ref();
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.raw(bytes)
    }

    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(bytes);
        self
    }

    /// The digest of all parts.
    pub fn finish(&self) -> Digest {
        let full = self.0.clone().finalize();
        let mut short = [0; 20];
        short.copy_from_slice(&full[..20]);
        Digest(short)
    }
}

/// The name that git gives a file of these bytes: of 40 letters, or of 64 in repositories that go by SHA-256.
pub fn blob_name(bytes: &[u8], letters: usize) -> String {
    if letters == 64 { named::<Sha256>(bytes) } else { named::<Sha1>(bytes) }
}

fn named<H: sha2::Digest>(bytes: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let hash = H::new().chain_update(format!("blob {}\0", bytes.len())).chain_update(bytes).finalize();
    let digits = hash.iter().flat_map(|byte| [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    digits.map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_names_that_git_gives_them() {
        assert_eq!(blob_name(b"hello\n", 40), "ce013625030ba8dba906f756967f9e9ca394464a");
        let long = blob_name(b"hello\n", 64);
        assert_eq!(long, "2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4");
    }

    #[test]
    fn parts_do_not_run_together() {
        let of = |parts: &[&str]| {
            let mut hasher = Hasher::default();
            parts.iter().for_each(|part| {
                hasher.part(part);
            });
            hasher.finish()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_eq!(Digest::of(b"").to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4");
    }
}
