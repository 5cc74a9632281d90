//! Logs that components wrote, and one operation out of them: its components, its lines in order of time, what each object went through.
//!
//! In come log files of any mix (klog's text, JSON, with what kubectl, container runtimes and journald put in front, compressed or not),
//! out come the lines of an operation or the list of operations. Line formats are known here, and nothing of Go. Nothing is lost in
//! silence: what could not be read is counted.

pub mod line;
pub mod operation;
pub mod read;
pub mod show;
