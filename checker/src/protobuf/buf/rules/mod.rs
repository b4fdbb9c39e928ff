//! buf's rules: pairs of elements are formed as buf forms them, and each rule judges its pairs.
//!
//! What a rule says is content and place, both of the new side; whether a configuration leaves it out
//! is decided elsewhere.

pub(super) mod defaults;
pub(super) mod enums;
pub(super) mod features;
pub(super) mod fields;
pub(super) mod files;
pub(super) mod messages;
pub(super) mod packages;
mod ranges;
pub(super) mod services;

use std::collections::BTreeMap;

use super::catalogue::Rule;
use super::image::{Enum, Field, File, Image, Message, Method, Place, Service};

/// What a rule looks at: the new element and the old one.
#[derive(Clone, Copy)]
pub(super) enum Judge {
    /// Everything at once.
    Image(for<'i, 'p> fn(&mut Report<'i, 'p>)),
    /// Files of the same path.
    File(for<'i, 'p> fn(&mut Report<'i, 'p>, Pair<&'i File<'p>>)),
    /// An option of files of the same path that holds a text, by name and number.
    Text(&'static str, u32),
    /// Such an option that is on or off.
    Switch(&'static str, u32),
    /// Enums of the same full name.
    Enum(for<'i, 'p> fn(&mut Report<'i, 'p>, Pair<&'i Enum<'p>>)),
    /// Messages of the same full name.
    Message(for<'i, 'p> fn(&mut Report<'i, 'p>, Pair<&'i Message<'p>>)),
    /// Fields of the same number in such messages, and extensions of the same number and message.
    Field(for<'i, 'p> fn(&mut Report<'i, 'p>, Pair<&Field<'p>>)),
    /// Services of the same full name.
    Service(for<'i, 'p> fn(&mut Report<'i, 'p>, Pair<&'i Service<'p>>)),
    /// RPCs of the same name in such services.
    Method(for<'i, 'p> fn(&mut Report<'i, 'p>, Pair<Method<'p>>)),
}

/// An element before and after.
#[derive(Clone, Copy)]
pub(super) struct Pair<T> {
    pub old: T,
    pub new: T,
}

/// Where a finding is shown.
#[derive(Clone, Debug)]
pub(super) enum At<'p> {
    /// Nowhere: there is no such file any more.
    Nowhere,
    /// A file as a whole.
    File(&'p str),
    /// An element of a file.
    Place(Place<'p>),
}

/// What a rule found.
#[derive(Debug)]
pub(super) struct Found<'p> {
    pub rule: &'static str,
    pub at: At<'p>,
    /// The old file that it is about, which counts for what is ignored.
    pub against: Option<&'p str>,
    pub message: String,
}

/// Collects what a rule finds in two images.
pub(super) struct Report<'i, 'p> {
    pub old: &'i Image<'p>,
    pub new: &'i Image<'p>,
    rule: &'static str,
    found: Vec<Found<'p>>,
}

impl<'p> Report<'_, 'p> {
    pub(super) fn add(&mut self, at: At<'p>, against: Option<&'p str>, message: String) {
        self.found.push(Found {
            rule: self.rule,
            at,
            against,
            message,
        });
    }
}

impl<'p> At<'p> {
    /// An element, or where it has no place its file.
    pub(super) fn place(place: Option<Place<'p>>, file: &'p str) -> Self {
        place.map_or(Self::File(file), Self::Place)
    }

    /// The file that is shown.
    pub(super) fn file(&self) -> Option<&'p str> {
        match self {
            Self::Nowhere => None,
            Self::File(file) => Some(file),
            Self::Place(place) => Some(place.file),
        }
    }
}

/// The pairs of two images, formed once for all rules.
struct Pairs<'i, 'p> {
    files: Vec<Pair<&'i File<'p>>>,
    enums: Vec<Pair<&'i Enum<'p>>>,
    messages: Vec<Pair<&'i Message<'p>>>,
    fields: Vec<Pair<Field<'p>>>,
    services: Vec<Pair<&'i Service<'p>>>,
    methods: Vec<Pair<Method<'p>>>,
}

/// Applies rules to two images.
pub(super) fn judge<'p>(
    old: &Image<'p>,
    new: &Image<'p>,
    rules: &[&'static Rule],
) -> Vec<Found<'p>> {
    let pairs = Pairs::new(old, new);
    let mut report = Report {
        old,
        new,
        rule: "",
        found: Vec::new(),
    };
    for rule in rules {
        report.rule = rule.id;
        pairs.judge(rule.judge, &mut report);
    }
    report.found
}

impl<'i, 'p> Pairs<'i, 'p> {
    fn new(old: &'i Image<'p>, new: &'i Image<'p>) -> Self {
        let messages = common(&old.messages, &new.messages);
        let services = common(&old.services, &new.services);
        let mut fields = Vec::new();
        for pair in &messages {
            fields.extend(common_owned(pair.old.by_number(), pair.new.by_number()));
        }
        fields.extend(common_owned(by_extendee(old), by_extendee(new)));
        let mut methods = Vec::new();
        for pair in &services {
            methods.extend(common_owned(pair.old.methods(), pair.new.methods()));
        }
        Self {
            files: common(&old.files, &new.files),
            enums: common(&old.enums, &new.enums),
            messages,
            fields,
            services,
            methods,
        }
    }

    fn judge(&self, judge: Judge, report: &mut Report<'i, 'p>) {
        match judge {
            Judge::Image(judge) => judge(report),
            Judge::File(judge) => self.files.iter().for_each(|pair| judge(report, *pair)),
            Judge::Text(name, number) => {
                let files = self.files.iter();
                files.for_each(|pair| files::text(report, *pair, name, number));
            }
            Judge::Switch(name, number) => {
                let files = self.files.iter();
                files.for_each(|pair| files::switch(report, *pair, name, number));
            }
            Judge::Enum(judge) => self.enums.iter().for_each(|pair| judge(report, *pair)),
            Judge::Message(judge) => self.messages.iter().for_each(|pair| judge(report, *pair)),
            Judge::Field(judge) => {
                for pair in &self.fields {
                    let (old, new) = (&pair.old, &pair.new);
                    judge(report, Pair { old, new });
                }
            }
            Judge::Service(judge) => self.services.iter().for_each(|pair| judge(report, *pair)),
            Judge::Method(judge) => self.methods.iter().for_each(|pair| judge(report, *pair)),
        }
    }
}

/// The values of keys that both maps have.
fn common<'m, K: Ord, V>(old: &'m BTreeMap<K, V>, new: &'m BTreeMap<K, V>) -> Vec<Pair<&'m V>> {
    let pair = |(key, old)| {
        Some(Pair {
            old,
            new: new.get(key)?,
        })
    };
    old.iter().filter_map(pair).collect()
}

fn common_owned<K: Ord, V>(
    old: BTreeMap<K, V>,
    mut new: BTreeMap<K, V>,
) -> impl Iterator<Item = Pair<V>> {
    old.into_iter().filter_map(move |(key, old)| {
        let new = new.remove(&key)?;
        Some(Pair { old, new })
    })
}

fn by_extendee<'p>(image: &Image<'p>) -> BTreeMap<(&'p str, i32), Field<'p>> {
    let extensions = image
        .files
        .values()
        .flat_map(|file| file.extensions.values());
    let key = |field: &Field<'p>| (field.view.proto.extendee(), field.view.proto.number());
    extensions
        .map(|field| (key(field), field.clone()))
        .collect()
}

/// The nearest message around an element that is there no more.
fn around<'p>(nested: &str, messages: &BTreeMap<&str, Message<'p>>) -> Option<Message<'p>> {
    let mut around = nested;
    while let Some((outer, _)) = around.rsplit_once('.') {
        if let Some(message) = messages.get(outer) {
            return Some(*message);
        }
        around = outer;
    }
    None
}

/// Where the deletion of an element from a file is shown: at the nearest message around it that is
/// left, else at the file.
fn left_of<'p>(
    nested: &str,
    messages: &BTreeMap<&str, Message<'p>>,
    report: &Report<'_, 'p>,
    file: &'p str,
) -> At<'p> {
    match around(nested, messages) {
        Some(message) => At::place(report.new.message_place(&message), message.view.file.path()),
        None => At::File(file),
    }
}
