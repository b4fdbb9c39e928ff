//! Options against `protoc`: `cases.txt` are texts, `cases.json` is what `protoc` 35.1 makes of them
//! (`tests/clients/options.py` writes it).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use std::sync::Arc;

use super::*;
use crate::model::Source;
use crate::protobuf::bundled;
use crate::protobuf::descriptor::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, Type,
};
use crate::protobuf::features::Features;
use crate::protobuf::places::Places;
use crate::protobuf::pool::File;
use crate::protobuf::pool::join;
use crate::protobuf::syntax;

/// What `protoc` says of a case.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Rejected {
        /// Line and column; nothing where it gives no place.
        rejected: Vec<u32>,
    },
    Accepted {
        /// By descriptor path, in hexadecimal.
        options: BTreeMap<String, String>,
        /// The paths within options in source info.
        paths: Vec<String>,
    },
}

fn cases() -> Vec<(&'static str, &'static str, Expected)> {
    let mut expected: BTreeMap<String, Expected> =
        serde_json::from_str(include_str!("cases.json")).expect("is JSON");
    let texts = include_str!("cases.txt").split("--- ").skip(1);
    let cases = texts.map(|case| {
        let (name, text) = case.split_once('\n').expect("has a name");
        (
            name,
            text,
            expected.remove(name).expect("was run through protoc"),
        )
    });
    cases.collect()
}

/// A name as the language searches it, among all names of the pool.
fn resolve(pool: &Pool, name: &str, at: &str) -> Result<String, String> {
    if let Some(name) = name.strip_prefix('.') {
        return Ok(name.to_owned());
    }
    let mut scope = at;
    while let Some((around, _)) = scope.rsplit_once('.') {
        let full_name = join(around, name);
        if pool.symbols().get(&full_name).is_some() {
            return Ok(full_name);
        }
        scope = around;
    }
    pool.symbols()
        .get(name)
        .map(|_| name.to_owned())
        .ok_or_else(|| format!("`{name}` is not known"))
}

/// Gives fields their types.
fn link(pool: &Pool, proto: &mut FileDescriptorProto) {
    let mut fields: Vec<(String, &mut FieldDescriptorProto)> = Vec::new();
    let package = proto.package().to_owned();
    let mut open: Vec<(String, &mut DescriptorProto)> = Vec::new();
    open.extend(
        proto
            .message_type
            .iter_mut()
            .map(|message| (join(&package, message.name()), message)),
    );
    fields.extend(
        proto
            .extension
            .iter_mut()
            .map(|field| (join(&package, "_"), field)),
    );
    while let Some((name, message)) = open.pop() {
        let inner = join(&name, "_");
        fields.extend(message.field.iter_mut().map(|field| (inner.clone(), field)));
        fields.extend(
            message
                .extension
                .iter_mut()
                .map(|field| (inner.clone(), field)),
        );
        open.extend(
            message
                .nested_type
                .iter_mut()
                .map(|nested| (join(&name, nested.name()), nested)),
        );
    }
    for (scope, field) in fields {
        if let Some(name) = &field.extendee {
            let name = resolve(pool, name, &scope).expect("is declared");
            field.extendee = Some(format!(".{name}"));
        }
        if let Some(name) = &field.type_name {
            let name = resolve(pool, name, &scope).expect("is declared");
            if field.r#type.is_none() {
                let is_enum = pool
                    .symbols()
                    .get(&name)
                    .is_some_and(|found| found.kind == crate::protobuf::pool::SymbolKind::Enum);
                field.set_type(if is_enum { Type::Enum } else { Type::Message });
            }
            field.type_name = Some(format!(".{name}"));
        }
    }
}

/// Interprets the options of a text.
fn interpreted(text: &str) -> (FileDescriptorProto, Outcome) {
    let parsed = syntax::parse(&Source::new("case.proto", text)).expect("is well formed");
    let mut pool = Pool::default();
    for path in [
        "google/protobuf/descriptor.proto",
        "google/protobuf/any.proto",
        "google/protobuf/cpp_features.proto",
    ] {
        pool.add(file(bundled::file(path).expect("is bundled")));
    }
    let mut proto = parsed.proto;
    pool.declare(&proto);
    link(&pool, &mut proto);
    let index = pool.files().len();
    pool.push(file(proto));
    let outcome = interpret(&mut pool, index, &resolve);
    (pool.files()[index].proto.clone(), outcome)
}

fn file(proto: FileDescriptorProto) -> File {
    File {
        features: Features::of_file(&proto),
        proto,
        source: Source::new("case.proto", ""),
        places: Arc::new(Places::none()),
        encoded: false,
        bundled: false,
    }
}

fn dotted(path: &[i32]) -> String {
    let steps: Vec<String> = path.iter().map(i32::to_string).collect();
    steps.join(".")
}

fn hex(bytes: &[u8]) -> String {
    let bytes = bytes.iter().map(|byte| format!("{byte:02x}"));
    bytes.collect::<Vec<_>>().concat()
}

#[test]
fn options_are_encoded_as_protoc_encodes_them() {
    let mut run = 0;
    for (name, text, expected) in cases() {
        let Expected::Accepted { options, .. } = expected else {
            continue;
        };
        let (mut proto, outcome) = interpreted(text);
        assert_eq!(outcome.mistakes, [], "{name}");
        let mut found = BTreeMap::new();
        sites::each(&mut proto, &mut |site, options| {
            found.insert(dotted(site.path), hex(&options.encoded));
        });
        assert_eq!(found, options, "{name}");
        run += 1;
    }
    assert!(run >= 9, "{run}");
}

#[test]
fn places_of_options_get_the_paths_that_protoc_gives_them() {
    for (name, text, expected) in cases() {
        let Expected::Accepted { paths, .. } = expected else {
            continue;
        };
        let (_, outcome) = interpreted(text);
        let found: BTreeSet<String> = outcome.paths.values().map(|path| dotted(path)).collect();
        assert_eq!(found, paths.into_iter().collect(), "{name}");
    }
}

#[test]
fn what_protoc_refuses_is_refused_at_the_same_place() {
    let mut run = 0;
    for (name, text, expected) in cases() {
        let Expected::Rejected { rejected } = expected else {
            continue;
        };
        let (_, outcome) = interpreted(text);
        let [mistake] = &*outcome.mistakes else {
            panic!("{name}: {:?}", outcome.mistakes);
        };
        let places = Places::new(&Source::new("case.proto", text));
        let span = places.get(&mistake.path);
        let span = span.unwrap_or_else(|| panic!("{name}: no place of {mistake:?}"));
        if let [line, column] = *rejected {
            assert_eq!(
                (span.line, span.column),
                (line, column),
                "{name}: {}",
                mistake.message
            );
        }
        run += 1;
    }
    assert!(run >= 35, "{run}");
}

/// Milliseconds where every option is found at once, minutes where each one is searched.
#[test]
fn thousands_of_options_are_looked_up_at_once() {
    let numbers = (1..=20_000).filter(|number| !(19_000..20_000).contains(number));
    let fields = numbers
        .clone()
        .map(|at| format!("optional int32 r{at} = {at};"));
    let set = numbers.map(|at| format!("option (o).r{at} = 1;"));
    let (fields, set) = (fields.collect::<String>(), set.collect::<String>());
    let text = format!(
        "syntax = \"proto2\"; import \"google/protobuf/descriptor.proto\"; message O {{ {fields} }} \
         extend google.protobuf.FileOptions {{ optional O o = 50000; }} {set}"
    );
    let (_, outcome) = interpreted(&text);
    assert_eq!(outcome.mistakes, []);
}
