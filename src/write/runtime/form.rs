//! What calls look like, by klog's version.

use crate::rule::Version;

/// klog has a log filter since this version.
pub const FILTER_SINCE: Version = Version(2, 4, 0);
/// klog has contextual loggers since this version.
pub const CONTEXTUAL_SINCE: Version = Version(2, 50, 0);
/// klog's loggers take part in log/slog since this version.
pub const SLOG_SINCE: Version = Version(2, 120, 0);

/// How a call names the pair, so that it can vanish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallForm {
    /// `klog.InfoS("Updated pod", "pod", klog.KObj(pod), "requestID", requestid.FromObject(pod))`: a filter drops it.
    Pair,
    /// `klog.InfoS("Updated pod", requestid.Pairs("pod", klog.KObj(pod), "requestID", requestid.FromObject(pod))...)`:
    /// klog has no filter yet, or the package that is imported gives it none; and klog prints every key that a call is given.
    Pairs,
}

impl CallForm {
    /// The form for calls of klog's functions, compiled against this version. `filters`: the package gives klog its filter.
    pub fn of(klog: Version, filters: bool) -> Self {
        if filters && klog >= FILTER_SINCE { Self::Pair } else { Self::Pairs }
    }
}
