//! So many of something, in words.

use std::fmt::Display;

/// `1 call`, `2 calls`, `1 patch`, `2 patches`: the noun is given as one is called.
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let ending = match noun {
        _ if count == N::from(1) => "",
        noun if noun.ends_with("ch") || noun.ends_with(['s', 'x']) => "es",
        noun if noun.ends_with("ry") => return format!("{count} {}ies", &noun[..noun.len() - 1]),
        _ => "s",
    };
    format!("{count} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_called_as_many_are() {
        let said = [counted(0, "call"), counted(1, "patch"), counted(2, "patch"), counted(3, "entry")];
        assert_eq!(said, ["0 calls", "1 patch", "2 patches", "3 entries"]);
    }
}
