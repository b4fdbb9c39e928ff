//! What a field meets that goes from one type to another which is not what became of it: the worst that
//! the rules say of the two types, as if the one had been made into the other, and where.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::model::{
    Category, Direction, Finding, Path, Reader, Rule, Severity, Span, Undecided, Witness, Writer,
};
use crate::protobuf::diff::{Change, Insides, MAX_PAIRS, Types};
use crate::protobuf::rules::{
    BOTH, Context, enum_value_name_not_reserved, extension_range_removed, field_name_not_reserved,
    reserved_removed,
};

/// Rules about what may come later. The old type is still there and makes its own promises.
static PROMISES: [&Rule; 4] = [
    &enum_value_name_not_reserved::RULE,
    &extension_range_removed::RULE,
    &field_name_not_reserved::RULE,
    &reserved_removed::RULE,
];

/// How bad a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Harm {
    /// The bytes are read as they were written, JSON is not.
    Json,
    /// Something that was written is not looked for.
    Dropped,
    /// Something is read as what it was not written as.
    Broken,
}

impl Harm {
    /// Worst first.
    const ALL: [Self; 3] = [Self::Broken, Self::Dropped, Self::Json];

    fn of(finding: &Finding) -> Option<Self> {
        let is = |category| finding.rule.categories.contains(&category);
        match finding.severity {
            _ if PROMISES.contains(&finding.rule) => None,
            Severity::Error if is(Category::Wire) => Some(Self::Broken),
            Severity::Warning if is(Category::Wire) => Some(Self::Dropped),
            _ => is(Category::WireJson).then_some(Self::Json),
        }
    }
}

/// What tells two types apart.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub harm: Harm,
    /// The member of the old type, or of one that it holds.
    path: Path,
    text: String,
    /// Data of the old and the new type that show it.
    pub witness: Option<Witness>,
}

impl Cause {
    /// What stands behind "was this and is now that".
    pub(crate) fn told(cause: Option<&Arc<Self>>) -> String {
        let told = |cause: &Arc<Self>| format!("; inside, at `{}`: {}", cause.path, cause.text);
        cause.map(told).unwrap_or_default()
    }
}

/// The worst cause of each pair of types that a field holds one after the other, and of those that
/// these lead to.
#[derive(Debug, Default)]
pub(crate) struct Causes<'a> {
    worst: HashMap<(Types<'a>, Direction), Arc<Cause>>,
    /// Whether there were too many pairs.
    cut: bool,
}

impl<'a> Causes<'a> {
    /// Judges what differs inside, and lets each pair of types know what those have that its fields
    /// hold: of the worst causes the nearest.
    pub(crate) fn of(cx: &Context<'a>, insides: &Insides<'a>) -> Self {
        // Other versions than these two say nothing about two types that each stay what they are.
        let cx = Context::new(cx.old, cx.new, cx.scope);
        let mut causes = Self {
            worst: HashMap::new(),
            cut: insides.cut,
        };
        let mut holders: HashMap<Types, Vec<Types>> = HashMap::new();
        for (types, inside) in &insides.walked {
            let own = inside.changes.iter().flat_map(|change| found(&cx, change));
            for (direction, cause) in own {
                causes.enter((*types, direction), Arc::new(cause));
            }
            for held in &inside.leads {
                holders.entry(*held).or_default().push(*types);
            }
        }
        for direction in BOTH {
            for harm in Harm::ALL {
                let mut open: VecDeque<Types> = insides.walked.keys().copied().collect();
                open.retain(|types| causes.harm(Some(*types), direction) == Some(harm));
                causes.spread(direction, open, &holders);
            }
        }
        causes
    }

    /// What is worse than what is known takes its place.
    fn enter(&mut self, of: (Types<'a>, Direction), cause: Arc<Cause>) -> bool {
        let worse = self
            .worst
            .get(&of)
            .is_none_or(|known| known.harm < cause.harm);
        if worse {
            self.worst.insert(of, cause);
        }
        worse
    }

    fn spread(
        &mut self,
        direction: Direction,
        mut open: VecDeque<Types<'a>>,
        holders: &HashMap<Types<'a>, Vec<Types<'a>>>,
    ) {
        while let Some(types) = open.pop_front() {
            let Some(cause) = self.worst.get(&(types, direction)).cloned() else {
                continue;
            };
            for holder in holders.get(&types).into_iter().flatten() {
                if self.enter((*holder, direction), Arc::clone(&cause)) {
                    open.push_back(*holder);
                }
            }
        }
    }

    /// What tells the types apart; nothing if they are no such pair.
    pub(crate) fn between<'s>(
        &'s self,
        types: Option<Types<'s>>,
        direction: Direction,
    ) -> Option<&'s Arc<Cause>> {
        self.worst.get(&(types?, direction))
    }

    /// How bad that is.
    pub(crate) fn harm(&self, types: Option<Types>, direction: Direction) -> Option<Harm> {
        self.between(types, direction).map(|cause| cause.harm)
    }

    /// What cannot be said of a field, because not all types were looked into.
    pub(crate) fn undecided(&self, change: &Change) -> Vec<Undecided> {
        let Some((path, span, types)) = retyped(change).filter(|_| self.cut) else {
            return Vec::new();
        };
        let known = |direction: &Direction| {
            let harm = |types| self.harm(Some(types), *direction);
            types.iter().all(|types| harm(*types) == Some(Harm::Broken))
        };
        let open = BOTH.into_iter().filter(|direction| !known(direction));
        let report = |direction| Undecided {
            direction,
            path: Path::name(path.clone()),
            span: span.cloned(),
            reason: format!(
                "fields and RPCs of other types than before lead to more than {MAX_PAIRS} pairs of types"
            ),
        };
        open.map(report).collect()
    }
}

/// Whether an element holds other types than before, so that it matters what these have inside.
pub(crate) fn is_retyped(change: &Change) -> bool {
    retyped(change).is_some()
}

/// An element that holds other types than before, and these.
fn retyped<'c>(change: &'c Change) -> Option<(String, Option<&'c Span>, Vec<Types<'c>>)> {
    let (path, span, types): (_, _, Vec<Types>) = match change {
        Change::Field {
            message,
            old,
            new,
            retyped,
        } => {
            let path = message.old.path_of(old);
            (path, &new.type_span, retyped.iter().copied().collect())
        }
        Change::Method {
            service,
            old,
            new,
            input,
            output,
        } => {
            let path = format!("{}.{}", service.name, old.name);
            (
                path,
                &new.name_span,
                input.iter().chain(output).copied().collect(),
            )
        }
        _ => return None,
    };
    (!types.is_empty()).then(|| (path, span.as_ref(), types))
}

/// What the rules say of a change inside, where it reaches readers.
fn found(cx: &Context, change: &Change) -> Vec<(Direction, Cause)> {
    let mut found: Vec<_> = BOTH
        .into_iter()
        .filter_map(|direction| Some((direction, strangers(change, direction)?)))
        .collect();
    let judged = cx.judge(change).into_iter().filter_map(|finding| {
        let cause = Cause {
            harm: Harm::of(&finding)?,
            text: absent(change).unwrap_or(finding.message),
            path: finding.path,
            witness: finding.witness,
        };
        Some((finding.direction, cause))
    });
    found.extend(judged);
    found
}

/// Two messages none of whose numbers agree: the reader finds nothing at all.
fn strangers(change: &Change, direction: Direction) -> Option<Cause> {
    let Change::Message { old, new } = change else {
        return None;
    };
    let (Reader(reader), Writer(writer)) = direction.roles(*old, *new);
    let known = |number| reader.field(number).is_some();
    let strange =
        !writer.fields.is_empty() && !writer.fields.iter().any(|field| known(field.number));
    strange.then(|| Cause {
        harm: Harm::Broken,
        path: Path::name(old.name.clone()),
        witness: None,
        text: format!(
            "`{}` has none of the fields of `{}`",
            reader.name, writer.name
        ),
    })
}

/// Of two types the one need not reserve what the other has.
fn absent(change: &Change) -> Option<String> {
    let (what, name, number, of) = match change {
        Change::FieldRemoved { message, old } => {
            ("field", &old.name, old.number, &message.new.name)
        }
        Change::EnumValueRemoved { new, value, .. } => {
            ("value", &value.name, value.number, &new.name)
        }
        _ => return None,
    };
    Some(format!("`{of}` has no {what} `{name}` ({number})"))
}

#[cfg(test)]
mod tests {
    use crate::model::Severity;
    use crate::protobuf::compare;
    use crate::protobuf::diff::MAX_PAIRS;
    use crate::protobuf::rules::BOTH;
    use crate::protobuf::testing::{findings, proto, schema};
    use crate::{Direction, Options};

    /// What is said of a schema whose message `M` is all that changes, as `severity direction rule path`.
    #[track_caller]
    fn said(types: &str, old: &str, new: &str) -> Vec<String> {
        let text = |body: &str| {
            let body = format!("message M {{ {body} }} {types}");
            if body.contains("optional") {
                format!("syntax = \"proto2\"; package p; {body}")
            } else {
                proto(&body)
            }
        };
        let found = findings(&text(old), &text(new));
        let found = found.iter().map(|found| {
            let wire = found.severity == Severity::Error;
            assert!(!wire || found.witness.is_some(), "{found:?}");
            let rule = found.rule.id.trim_start_matches("protobuf/");
            let direction = match found.direction {
                Direction::Backward => "backward",
                Direction::Forward => "forward",
            };
            format!(
                "{} {direction} {rule} {}",
                found.severity.name(),
                found.path
            )
        });
        found.collect()
    }

    const BROKEN: [&str; 2] = [
        "error backward field-type-changed p.M.a",
        "error forward field-type-changed p.M.a",
    ];

    #[test]
    fn what_is_inside_of_another_type_is_told_once_and_at_the_field() {
        let types = "message A { int32 x = 1; } message B { string x = 1; string z = 3; }";
        assert_eq!(said(types, "A a = 1;", "B a = 1;"), BROKEN);
        assert_eq!(
            said(types, "repeated A a = 1;", "repeated B a = 1;"),
            BROKEN
        );
        let maps = ("map<string, A> a = 1;", "map<string, B> a = 1;");
        assert_eq!(said(types, maps.0, maps.1), BROKEN);
        let oneofs = ("oneof o { A a = 1; }", "oneof o { B a = 1; }");
        assert_eq!(said(types, oneofs.0, oneofs.1), BROKEN);
        let deep = "message A { N n = 1; message N { int32 x = 1; } }
                    message B { N n = 1; message N { string x = 1; } }";
        assert_eq!(said(deep, "A a = 1;", "B a = 1;"), BROKEN);
    }

    #[test]
    fn groups_and_extensions_are_fields_too() {
        let types = "message A { optional int32 x = 1; } message B { optional string x = 1; }";
        let group = |kind: &str| format!("optional group A = 1 {{ optional {kind} x = 1; }}");
        // A group is declared where it stands, so it is what became of the old one.
        let found = said("", &group("int32"), &group("string"));
        assert_eq!(found, BROKEN.map(|line| line.replace("p.M.a", "p.M.A.x")));
        let extended = |kind: &str| {
            format!("extensions 5; }} {types} extend M {{ optional {kind} a = 5; }} message Z {{")
        };
        let found = said("", &extended("A"), &extended("B"));
        assert_eq!(found, BROKEN.map(|line| line.replace("p.M.a", "p.a")));
    }

    #[test]
    fn the_message_names_both_types_and_the_member() {
        let text = |kind: &str| {
            proto(&format!(
                "message M {{ {kind} a = 1; }} message A {{ int32 x = 1; }} message B {{ string x = 1; }}"
            ))
        };
        let found = findings(&text("A"), &text("B"));
        assert_eq!(
            found.first().map(|found| &*found.message),
            Some(
                "field `a` was p.A and is now p.B; inside, at `p.A.x`: field `x` was int32 and is now \
                 string"
            )
        );
    }

    #[test]
    fn types_that_read_each_other_break_code_and_names_only() {
        let (old, new) = ("A a = 1;", "B a = 1;");
        let code = "warning backward generated-type-changed p.M.a";
        let json = [
            "warning backward field-json-type-changed p.M.a",
            "warning forward field-json-type-changed p.M.a",
            code,
        ];
        let same = "message A { int32 x = 1; } message B { int32 x = 1; }";
        assert_eq!(said(same, old, new), [code]);
        let names = "message A { int32 x = 1; } message B { int32 y = 1; }";
        assert_eq!(said(names, old, new), json);
        let enums = "enum A { X = 0; } enum B { Y = 0; }";
        assert_eq!(said(enums, old, new), json);
    }

    #[test]
    fn what_the_new_type_lacks_is_dropped_and_what_it_has_more_is_news() {
        let types = "message A { int32 x = 1; int32 y = 2; } message B { int32 x = 1; }";
        assert_eq!(
            said(types, "A a = 1;", "B a = 1;"),
            ["warning backward field-type-changed p.M.a"]
        );
        assert_eq!(
            said(types, "B a = 1;", "A a = 1;"),
            ["warning backward generated-type-changed p.M.a"]
        );
        // Where nothing is read of what is written it is no version of it.
        let types = "message A { int32 x = 1; } message B { int32 y = 2; }";
        assert_eq!(said(types, "A a = 1;", "B a = 1;"), BROKEN);
    }

    #[test]
    fn a_type_within_that_changed_itself_is_told_there() {
        let text = |kind: &str, of: &str| {
            proto(&format!(
                "message M {{ {kind} a = 1; }} message A {{ N n = 1; }} message B {{ N n = 1; }} \
                 message N {{ {of} x = 1; }}"
            ))
        };
        let found = findings(&text("A", "int32"), &text("B", "string"));
        let errors = found
            .iter()
            .filter(|found| found.severity == Severity::Error);
        let paths: Vec<String> = errors.map(|found| found.path.to_string()).collect();
        assert_eq!(paths, ["p.N.x", "p.N.x"]);
    }

    /// Messages that each hold the next one, the last one the first.
    fn ring(name: &str, length: usize, last: &str) -> String {
        let link = |n: usize| format!("message {name}{n} {{ {name}{} n = 1; }}", (n + 1) % length);
        let links: String = (0..length - 1).map(link).collect();
        format!(
            "{links} message {name}{} {{ {name}0 n = 1; {last} x = 2; }}",
            length - 1
        )
    }

    #[test]
    fn too_many_pairs_are_undecided() {
        for (lengths, undecided) in [((99, 101), false), ((101, 103), true)] {
            assert_eq!(lengths.0 * lengths.1 > MAX_PAIRS, undecided);
            let types = ring("A", lengths.0, "int32") + &ring("B", lengths.1, "int32");
            let text = |kind: &str| proto(&format!("message M {{ {kind} a = 1; }} {types}"));
            let (old, new) = (schema(&text("A0")), schema(&text("B0")));
            let found = compare(
                &old,
                &new,
                &BOTH,
                &Options::default(),
                crate::protobuf::Between::default(),
            );
            let open: Vec<String> = found
                .undecided
                .iter()
                .map(|open| open.path.to_string())
                .collect();
            let expected: &[&str] = if undecided { &["p.M.a", "p.M.a"] } else { &[] };
            assert_eq!(open, expected);
        }
    }
}
