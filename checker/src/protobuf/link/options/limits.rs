//! Where and in which edition an option may be used, as its own declaration says: `targets` and
//! `feature_support` of `FieldOptions`.

use super::super::super::descriptor::{Edition, Options};
use super::super::super::dynamic::{Value, options};
use super::super::super::features;
use super::super::super::pool::{FieldRef, Pool};
use super::Mistake;
use super::sites::{self, Target};

/// Fields of `FieldOptions`.
const TARGETS: u32 = 19;
const FEATURE_SUPPORT: u32 = 22;

/// Fields of `FieldOptions.FeatureSupport`.
const INTRODUCED: u32 = 1;
const REMOVED: u32 = 4;

/// Checks the options that a descriptor brings interpreted.
pub(super) fn of_encoded(pool: &mut Pool, file: usize) -> Vec<Mistake> {
    let mut all = Vec::new();
    pool.amend(file, |proto| {
        sites::each(proto, &mut |site, options| {
            if !options.encoded.is_empty() {
                let scope = site.scope.to_owned();
                all.push((site.target, site.path.to_vec(), scope, options.clone()));
            }
        });
    });
    let Some(file) = pool.files().get(file) else {
        return Vec::new();
    };
    let edition = features::edition(&file.proto);
    let mut mistakes = Vec::new();
    for (target, path, scope, encoded) in all {
        let Some(message) = options(pool, target.message(), &encoded) else {
            continue;
        };
        let own = Use { target, edition };
        let wrong = message.fields().find_map(|(field, value)| {
            let early = edition < Edition::Edition2023 && field.proto.name() == "features";
            let known = own.check(&[field], value).err();
            known.or(early.then(|| "features are there since edition 2023, remove them".to_owned()))
        });
        if let Some(wrong) = wrong {
            let message = format!("{} of `{scope}`: {wrong}", target.noun());
            mistakes.push(Mistake { path, message });
        }
    }
    mistakes
}

/// What an option is used for.
#[derive(Clone, Copy)]
pub(super) struct Use {
    pub target: Target,
    pub edition: Edition,
}

impl Use {
    /// Checks the fields of an option's name and all that its value sets.
    pub(super) fn check(self, path: &[FieldRef], value: &Value) -> Result<(), String> {
        for field in path {
            self.field(*field)?;
        }
        self.values(value)
    }

    /// Recursion is bounded: a value nests as deep as its text.
    fn values(self, value: &Value) -> Result<(), String> {
        match value {
            Value::List(values) => values.iter().try_for_each(|value| self.values(value)),
            Value::Map(entries) => entries.values().try_for_each(|value| self.values(value)),
            Value::Message(message) => message.fields().try_for_each(|(field, value)| {
                self.field(field)?;
                self.values(value)
            }),
            _ => Ok(()),
        }
    }

    fn field(self, field: FieldRef) -> Result<(), String> {
        let Some(options) = &field.proto.options else {
            return Ok(());
        };
        let name = field.extension.unwrap_or_else(|| field.proto.name());
        let targets = options.varints(TARGETS);
        if !targets.is_empty() && !targets.contains(&self.target.number()) {
            let target = self.target.noun();
            return Err(format!(
                "`{name}` cannot be set on a {target}, remove it here"
            ));
        }
        match options.lengths(FEATURE_SUPPORT).last() {
            Some(support) => self.lifetime(name, support),
            None => Ok(()),
        }
    }

    fn lifetime(self, name: &str, support: &[u8]) -> Result<(), String> {
        let support = Options {
            encoded: support.to_vec(),
            ..Options::default()
        };
        let edition = u64::try_from(i32::from(self.edition)).unwrap_or_default();
        let introduced = support.varint(INTRODUCED).filter(|first| edition < *first);
        if let Some(first) = introduced {
            return Err(format!(
                "`{name}` is there since {}, use that edition or remove it",
                edition_name(first)
            ));
        }
        let removed = support.varint(REMOVED).filter(|end| edition >= *end);
        match removed {
            Some(end) => Err(format!(
                "`{name}` was removed in {}, remove it",
                edition_name(end)
            )),
            None => Ok(()),
        }
    }
}

fn edition_name(number: u64) -> String {
    match number {
        998 => "proto2".to_owned(),
        999 => "proto3".to_owned(),
        // 1000 is 2023, and there is one a year.
        number => format!("edition {}", number.saturating_add(1023)),
    }
}
