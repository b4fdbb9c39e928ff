//! Pairing, held against changes that a person would name.

use std::collections::BTreeSet;

use crate::model::{Category, Severity};
use crate::protobuf::testing::{findings, proto, review, tree};
use crate::protobuf::{ChangeKind, TreeOptions, Version, review_trees};

/// What happened to elements, as `kind path [new path]`, by the change log.
fn log(old: &str, new: &str) -> Vec<String> {
    let review = review(&[old, new], &TreeOptions::default());
    let entries = review.log.iter().map(|entry| {
        let to = entry.moved_to.as_ref().map(|to| format!(" {to}"));
        format!(
            "{} {}{}",
            entry.kind.name(),
            entry.path,
            to.unwrap_or_default()
        )
    });
    entries.collect()
}

fn rules(old: &str, new: &str) -> Vec<(&'static str, String)> {
    let found = findings(old, new).into_iter();
    found
        .map(|found| (found.rule.id, found.path.to_string()))
        .collect()
}

#[test]
fn a_message_that_moved_and_changed_inside_is_compared() {
    let old = proto("message A { int32 a = 1; int32 b = 2; int32 c = 3; int32 d = 4; }");
    let new = proto("message B { int32 a = 1; int32 b = 2; int32 c = 3; string d = 4; }");
    let found = rules(&old, &new);
    assert!(
        found.contains(&("protobuf/message-renamed", "p.A".to_owned())),
        "{found:?}"
    );
    assert!(
        found.contains(&("protobuf/field-type-changed", "p.A.d".to_owned())),
        "{found:?}"
    );
    assert!(
        !found
            .iter()
            .any(|(rule, _)| *rule == "protobuf/message-removed")
    );
}

#[test]
fn messages_with_little_in_common_are_not_taken_for_each_other() {
    let old = proto("message A { int32 a = 1; int32 b = 2; int32 c = 3; int32 d = 4; }");
    let new = proto("message B { int32 a = 1; int32 b = 2; int32 x = 3; int32 y = 4; }");
    assert_eq!(log(&old, &new), ["removed p.A", "added p.B"]);
    // Two members say too little, whatever share of all they are.
    let old = proto("message A { int32 a = 1; int32 b = 2; }");
    let new = proto("message B { int32 a = 1; int32 b = 2; int32 c = 3; }");
    assert_eq!(log(&old, &new), ["removed p.A", "added p.B"]);
}

#[test]
fn the_same_short_name_needs_half_of_the_members() {
    let old = proto("message O { message A { int32 a = 1; int32 b = 2; } int32 z = 9; }");
    let new = proto("message A { int32 a = 1; string q = 3; } message O { int32 z = 9; }");
    assert!(
        log(&old, &new).contains(&"moved p.O.A p.A".to_owned()),
        "{:?}",
        log(&old, &new)
    );
    let new = proto("message A { string q = 3; } message O { int32 z = 9; }");
    assert!(log(&old, &new).contains(&"removed p.O.A".to_owned()));
}

#[test]
fn of_several_candidates_the_most_similar_one_is_taken() {
    let old = proto("message A { int32 a = 1; int32 b = 2; int32 c = 3; int32 d = 4; }");
    let new = proto(
        "message B { int32 a = 1; int32 b = 2; int32 c = 3; }
         message C { int32 a = 1; int32 b = 2; int32 c = 3; int32 d = 4; int32 e = 5; }",
    );
    assert!(
        log(&old, &new).contains(&"moved p.A p.C".to_owned()),
        "{:?}",
        log(&old, &new)
    );
}

#[test]
fn a_package_that_moves_to_other_files_takes_everything_along() {
    let text = |package: &str, kind: &str| {
        format!(
            "syntax = \"proto3\"; package {package}; message A {{ {kind} a = 1; B b = 2; }} \
             message B {{ string s = 1; E e = 2; }} enum E {{ E_ZERO = 0; E_ONE = 1; }} \
             service S {{ rpc R(A) returns (B); }}"
        )
    };
    let (old, new) = (text("shop.v1", "int32"), text("store.v1", "string"));
    let (old, new) = (
        tree(&[("shop/v1/a.proto", &old)]),
        tree(&[("store/v1/a.proto", &new)]),
    );
    let old = Version {
        name: "v1",
        tree: &old,
    };
    let review = review_trees(&[], old, &new, &TreeOptions::default()).expect("both compile");
    let moved = review
        .log
        .iter()
        .filter(|entry| entry.kind == ChangeKind::Moved);
    let mut moved: Vec<String> = moved.map(|entry| entry.path.to_string()).collect();
    moved.sort();
    assert_eq!(moved, ["shop.v1.A", "shop.v1.B", "shop.v1.E", "shop.v1.S"]);
    let errors: Vec<&str> = review
        .comparison
        .errors()
        .map(|found| found.rule.id)
        .collect();
    assert!(
        errors.contains(&"protobuf/field-type-changed"),
        "{errors:?}"
    );
    assert!(errors.contains(&"protobuf/service-removed"), "{errors:?}");
    assert!(!errors.contains(&"protobuf/message-removed"), "{errors:?}");
}

#[test]
fn a_service_that_is_renamed_is_named_with_its_new_name() {
    let old = proto(
        "message A {} service S { rpc Get(A) returns (A); rpc Put(A) returns (A); rpc Cut(A) returns (A); }",
    );
    let new = proto(
        "message A {} service T { rpc Get(A) returns (A); rpc Put(A) returns (A); rpc Cut(A) returns (stream A); }",
    );
    let found = findings(&old, &new);
    let gone = found
        .iter()
        .find(|found| found.rule.id == "protobuf/service-removed");
    assert_eq!(
        gone.map(|found| &*found.message),
        Some("service `p.S` is now called `p.T`")
    );
    assert!(
        found
            .iter()
            .any(|found| found.rule.id == "protobuf/rpc-streaming-changed")
    );
}

#[test]
fn a_renamed_map_field_breaks_no_byte_and_lists_of_entries_are_read_from_maps() {
    let wire = |old: &str, new: &str| {
        let found = findings(&proto(old), &proto(new));
        let wire = found
            .iter()
            .filter(|found| found.rule.categories.contains(&Category::Wire));
        wire.map(|found| (found.rule.id, found.direction))
            .collect::<Vec<_>>()
    };
    let (map, renamed) = (
        "message M { map<string, int32> a = 1; }",
        "message M { map<string, int32> b = 1; }",
    );
    assert_eq!(wire(map, renamed), []);
    let list =
        "message M { message AEntry { string key = 1; int32 value = 2; } repeated AEntry a = 1; }";
    // Only entries with equal keys come out of a map as fewer.
    let found = wire(map, list);
    assert!(
        found
            .iter()
            .all(|(_, direction)| *direction == crate::Direction::Forward),
        "{found:?}"
    );
}

#[test]
fn many_namesakes_say_nothing_and_cost_little() {
    let messages = |prefix: &str, count: usize, kind: &str| -> String {
        let all: Vec<String> = (0..count)
            .map(|index| {
                format!(
                    "message {prefix}{index} {{ string id = 1; string name = 2; string note = 3; \
                     {kind} x{index} = 4; }} "
                )
            })
            .collect();
        all.concat()
    };
    let (old, new) = (
        proto(&messages("A", 300, "string")),
        proto(&messages("B", 300, "int32")),
    );
    let review = review(&[&old, &new], &TreeOptions::default());
    let moved = review
        .log
        .iter()
        .filter(|entry| entry.kind == ChangeKind::Moved)
        .count();
    assert_eq!(
        moved, 0,
        "three fields that all have tell them apart in nothing"
    );
    let few = super::MAX_NAMESAKES;
    let (old, new) = (
        proto(&messages("A", few, "string")),
        proto(&messages("B", few, "int32")),
    );
    let review = self::review(&[&old, &new], &TreeOptions::default());
    let moved = review
        .log
        .iter()
        .filter(|entry| entry.kind == ChangeKind::Moved);
    assert!(
        moved
            .clone()
            .all(|entry| entry.severity == Some(Severity::Warning))
    );
    assert_eq!(moved.count(), few);
}

#[test]
fn everything_that_changed_is_in_the_log_with_what_it_weighs() {
    let old = proto(
        "message M { int32 a = 1; string b = 2; oneof o { int32 c = 3; } } enum E { Z = 0; } \
         service S { rpc R(M) returns (M); }",
    );
    let new = proto(
        "message M { int64 a = 1; reserved 2; reserved \"b\"; int32 c = 3; string d = 4 [deprecated = true]; } \
         enum E { Z = 0; Y = 1; } message N {} \
         service S { option deprecated = true; rpc R(M) returns (M); rpc Q(M) returns (M); }",
    );
    let review = review(&[&old, &new], &TreeOptions::default());
    let lines = review.log.iter().map(|entry| {
        let severity = entry.severity.map_or("-", Severity::name);
        format!("{severity} {}", entry.text)
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            "- RPC `p.S.Q` is added",
            "- enum value `p.E.Y` is added",
            "- field `p.M.d` is added",
            "- message `p.M`: reserves 2, `b` now",
            "- message `p.N` is added",
            "- service `p.S`: option `deprecated` is set to true",
            "error field `p.M.a`: the type was int32 and is now int64",
            "warning field `p.M.b` is removed",
            "warning field `p.M.c`: the label was optional and is now without presence; the oneof was `o` and is now none",
            "warning oneof `p.M.o` is removed",
        ]
    );
    assert_eq!(review.bump, crate::protobuf::Bump::Major);
}

#[test]
fn what_is_read_otherwise_hits_more_than_source_code() {
    use crate::model::Audience;
    let parties = |old: &str, new: &str, rule: &str| {
        let found = findings(old, new).into_iter();
        let mut found = found.filter(|found| found.rule.id == rule);
        found.next().map(|found| found.audience)
    };
    let file = |body: &str| {
        format!(
            "syntax = \"proto3\"; package p; import \"google/protobuf/any.proto\"; \
             message B {{ google.protobuf.Any a = 1; }} message C {{}} {body}"
        )
    };
    let renamed = |rpc: &str| {
        let (old, new) = ("message M { int32 x = 1; }", "message N { int32 x = 1; }");
        let (old, new) = (file(&format!("{old} {rpc}")), file(&format!("{new} {rpc}")));
        parties(&old, &new, "protobuf/message-renamed")
    };
    assert_eq!(renamed(""), Some(vec![Audience::StoredData]));
    assert_eq!(
        renamed("service S { rpc R(B) returns (C); }"),
        Some(vec![Audience::OldClients])
    );
    let (a, b) = (
        "syntax = \"proto3\"; package a;",
        "syntax = \"proto3\"; package b;",
    );
    assert_eq!(
        parties(a, b, "protobuf/package-changed"),
        Some(vec![Audience::StoredData])
    );
    let with = |more: &str| {
        format!("syntax = \"proto2\"; package p; message M {{ extensions 5; }} {more}")
    };
    let extended = with("extend M { optional int32 x = 5; }");
    assert_eq!(
        parties(&extended, &with(""), "protobuf/extension-removed"),
        Some(vec![Audience::StoredData])
    );
    let open = proto("enum E { A = 0; } message M { E e = 1; }");
    assert_eq!(
        parties(
            &open,
            &open
                .replace("proto3", "proto2")
                .replace("E e", "optional E e"),
            "protobuf/enum-openness-changed"
        ),
        Some(vec![Audience::StoredData])
    );
}

#[test]
fn an_option_of_a_file_is_of_the_file_in_the_list_of_changes() {
    let old = "syntax = \"proto3\"; package p;";
    let new = format!("{old} option go_package = \"a/b\";");
    let log = review(&[old, &new], &TreeOptions::default()).log;
    let option = log.iter().find(|entry| entry.text.contains("go_package"));
    let path = option.map(|entry| entry.path.as_str());
    assert!(path.is_some_and(|path| path != "p"), "{path:?}");
}

#[test]
fn the_version_grows_by_what_changed() {
    use crate::protobuf::Bump;
    let bump = |old: &str, new: &str| review(&[old, new], &TreeOptions::default()).bump;
    let old = proto("message M { int32 a = 1; }");
    assert_eq!(bump(&old, &old), Bump::None);
    assert_eq!(bump(&old, &format!("// A comment.\n{old}")), Bump::Patch);
    assert_eq!(
        bump(&old, &proto("message M { int32 a = 1; int32 b = 2; }")),
        Bump::Minor
    );
    assert_eq!(
        bump(&old, &proto("message M { string a = 1; }")),
        Bump::Major
    );
}

#[test]
fn a_package_weighs_as_its_stability_says() {
    let text = |package: &str, kind: &str, option: &str| {
        format!(
            "syntax = \"proto3\"; package {package}; import \"google/protobuf/descriptor.proto\"; \
             extend google.protobuf.FileOptions {{ string level = 50001; }} {option} \
             message M {{ {kind} a = 1; }}"
        )
    };
    let verdict = |package: &str, option: &str, packages: &str, weight: &str| {
        let options = TreeOptions {
            stability: crate::protobuf::Stability {
                rows: vec![(
                    packages.parse().expect("packages"),
                    weight.parse().expect("a weight"),
                )],
            },
            ..TreeOptions::default()
        };
        let (old, new) = (
            text(package, "int32", option),
            text(package, "string", option),
        );
        let found = review(&[&old, &new], &options).comparison;
        (found.errors().count(), found.findings.len())
    };
    let (errors, all) = verdict("a.v1", "", "@alpha", "warning");
    assert_eq!((errors, all), (2, 2));
    assert_eq!(verdict("a.v1alpha1", "", "@alpha", "warning"), (0, all));
    assert_eq!(verdict("a.v1alpha1", "", "@unstable", "off"), (0, 0));
    assert_eq!(verdict("a.b", "", "a.*", "warning"), (0, all));
    let set = "option (level) = \"draft\";";
    assert_eq!(
        verdict("a.v1", set, "(a.v1.level)=draft", "warning"),
        (0, all)
    );
    assert_eq!(
        verdict("a.v1", set, "(a.v1.level)=final", "warning"),
        (2, all)
    );
}

#[test]
fn a_finding_names_who_is_hit_by_what_rpcs_carry() {
    use crate::model::Audience;
    let text = |kind: &str, rpc: &str| {
        proto(&format!(
            "message A {{ B b = 1; }} message B {{ {kind} a = 1; }} message C {{}} {rpc}"
        ))
    };
    let hit = |rpc: &str| {
        let found = findings(&text("int32", rpc), &text("string", rpc));
        let found = found
            .into_iter()
            .filter(|found| found.rule.id == "protobuf/field-type-changed");
        found.map(|found| found.audience).collect::<Vec<_>>()
    };
    let service =
        |input: &str, output: &str| format!("service S {{ rpc R({input}) returns ({output}); }}");
    let (old, new) = (Audience::OldClients, Audience::NewClients);
    assert_eq!(
        hit(""),
        [vec![Audience::StoredData], vec![Audience::StoredData]]
    );
    assert_eq!(hit(&service("A", "C")), [vec![old], vec![new]]);
    assert_eq!(hit(&service("C", "A")), [vec![new], vec![old]]);
    assert_eq!(hit(&service("A", "A")), [vec![old, new], vec![old, new]]);
    let renamed = findings(
        &text("int32", ""),
        &text("int32", "").replace("int32 a", "int32 z"),
    );
    assert!(
        renamed
            .iter()
            .all(|found| found.audience.contains(&Audience::Json))
    );
}

#[test]
fn a_list_that_becomes_a_map_makes_no_entry_of_the_listed_message() {
    let text = |field: &str| {
        proto(&format!(
            "message Line {{ string sku = 1; int32 count = 2; }} message Order {{ {field} lines = 1; }}"
        ))
    };
    let (list, map) = (text("repeated Line"), text("map<string, Line>"));
    for (old, new) in [(&list, &map), (&map, &list)] {
        let found = findings(old, new);
        let found = found
            .iter()
            .map(|found| (found.rule.id, found.path.to_string()));
        let found: BTreeSet<_> = found.collect();
        let expected = ("protobuf/field-type-changed", "p.Order.lines".to_owned());
        assert_eq!(found, BTreeSet::from([expected]));
    }
}

#[test]
fn of_messages_with_the_same_fields_those_of_one_short_name_go_first() {
    let within = |outer: &str, names: &[&str]| {
        let inner: Vec<String> = names
            .iter()
            .map(|name| format!("message {name} {{ int32 a = 1; }} "))
            .collect();
        proto(&format!("message {outer} {{ {} }}", inner.concat()))
    };
    let log = log(
        &within("A", &["X", "Y", "Z"]),
        &within("B", &["U", "V", "Y"]),
    );
    let moved = log.iter().filter(|entry| entry.starts_with("moved"));
    assert_eq!(
        moved.collect::<Vec<_>>(),
        [
            "moved p.A.X p.B.U",
            "moved p.A.Z p.B.V",
            "moved p.A.Y p.B.Y"
        ]
    );
}
