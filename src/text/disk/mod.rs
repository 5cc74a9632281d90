//! Files by name: reads that are bounded and never wait, writes that are whole or absent, programs that no checkout brings along.
//!
//! A checkout may hold pipes, devices and links to anything. What is read here is a regular file of a sensible size, and
//! where a checkout names it, one that lies inside.

mod program;
mod read;
mod write;

pub use program::{command, program};
pub use read::{
    DECLARATION, DOCUMENT, SOURCE, open_named, read, read_as_it_is, read_named, read_stdin, read_text, same,
    text_of_go, text_within, utf8, within,
};
pub use write::{WriteError, create_file, lock, replace_file, stage, write_file, write_output};
