//! What can be passed where a function is called, or a value of a type is made.

use super::facts::{Call, NAMES, Offer, Qualifier};
use super::key::Key;
use crate::go::types::Scopes;
use crate::klog::convention::Conventions;
use crate::klog::place::Place;
use crate::rule::Version;
use crate::write::carrier;
use crate::write::edit::{Made, logger_at, logger_of_new_context, receiver_there};
use crate::write::thread::ground::Ground;
use crate::write::thread::package::Unit;
use crate::write::thread::slot::Slot;

/// A file, asked what it has at hand.
pub struct Passing<'r, 'p> {
    /// What is known of the checkout.
    pub ground: &'r Ground<'r>,
    /// The file.
    pub unit: &'r Unit<'p>,
    /// How it writes the packages of contexts and of loggers.
    pub packages: &'r [Option<Qualifier>; 2],
    /// Habits, none of which matter here.
    pub conventions: &'r Conventions,
}

impl<'p> Passing<'_, 'p> {
    /// A place that passes what `key` gets, in a function of the checkout or in none. `spreads`: it may pass on several results of one call.
    pub fn call(&self, key: &Key, (slot, spreads): (Slot, bool), caller: Option<Key>, scopes: &Scopes<'p>) -> Call {
        let starts =
            caller.as_ref().is_some_and(|key| key.receiver.is_empty() && matches!(&*key.name, "main" | "init"));
        let place = self.place(scopes);
        let context = carrier::context(&place).map(|expression| Offer { expression, edits: Vec::new(), import: None });
        let logger = logger_at(&place, false).and_then(|made| self.of_klog(made, scopes));
        // Where there is a logger, nobody needs another.
        let [of_new_context, last_logger] = match &logger {
            Some(_) => [None, logger.clone()],
            None => [self.of_new_context(&place), logger_at(&place, true).and_then(|made| self.of_klog(made, scopes))],
        };
        Call {
            callee: key.clone(),
            slot,
            starts: starts || caller.is_none(),
            caller,
            is_test: self.unit.is_test(),
            spreads,
            last: [self.last_context(scopes), last_logger],
            held: if logger.is_some() { None } else { held(&place) },
            context,
            logger,
            of_new_context,
            is_light: false,
            has_context: false,
        }
    }

    /// What is known where a node stands.
    pub fn place<'a>(&'a self, scopes: &'a Scopes<'p>) -> Place<'a, 'p> {
        Place {
            rules: self.ground.rules,
            file: self.unit.file,
            imports: &self.unit.imports,
            scopes,
            conventions: self.conventions,
            types: &self.unit.types,
            klog: Version(2, 200, 0),
            qualifier: self.packages[1].as_ref().map_or("klog", |(name, _)| name),
        }
    }

    /// A logger that may need the import of klog.
    pub fn of_klog(&self, made: Made, scopes: &Scopes<'p>) -> Option<Offer> {
        let Made { expression, edits } = made;
        let Some((name, import)) = &self.packages[1] else {
            // Nothing that names klog can be written.
            return (edits.is_empty() && !expression.ends_with(')')).then_some(Offer {
                expression,
                edits,
                import: None,
            });
        };
        let names = |text: &str| text.contains(&format!("{name}."));
        let needs = names(&expression) || edits.iter().any(|edit| names(&edit.text));
        if needs && scopes.lookup(name).is_some() {
            return None;
        }
        Some(Offer { expression, edits, import: import.clone().filter(|_| needs) })
    }

    /// A logger of the context that the caller gets.
    fn of_new_context(&self, place: &Place<'_, 'p>) -> Option<Offer> {
        let made = logger_of_new_context(place, NAMES[0])?;
        self.of_klog(made, place.scopes)
    }

    /// A context where there is none.
    fn last_context(&self, scopes: &Scopes<'p>) -> Option<Offer> {
        let context = self.packages[0].as_ref().filter(|(name, _)| scopes.lookup(name).is_none());
        let maker = if self.unit.is_test() { "TODO" } else { "Background" };
        context.map(|(name, import)| Offer {
            expression: format!("{name}.{maker}()"),
            edits: Vec::new(),
            import: import.clone(),
        })
    }
}

/// The field that the type of a receiver could have, where the receiver is there.
fn held(place: &Place<'_, '_>) -> Option<(Key, Offer)> {
    let (receiver, ty) = receiver_there(place)?;
    let key = Key::field(ty.named().filter(|named| named.local.is_none())?);
    let expression = format!("{receiver}.{}", key.name);
    Some((key, Offer { expression, edits: Vec::new(), import: None }))
}
