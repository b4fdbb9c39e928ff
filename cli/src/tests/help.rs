//! Help texts, as users see them.

use insta::assert_snapshot;

use super::world::World;

fn help(command: &[&str]) -> String {
    let ran = World::new().run(&[command, &["--help"]].concat());
    assert_eq!((ran.exit, &*ran.err), (0, ""));
    ran.out
}

#[test]
fn every_command_has_a_help_with_examples() {
    let commands = [
        &[][..],
        &["check"],
        &["validate"],
        &["protos", "check"],
        &["protos", "diff"],
        &["protos", "affected"],
        &["protos", "init"],
        &["protos", "push"],
        &["protos", "format"],
        &["text"],
        &["fingerprint"],
        &["explain"],
        &["register"],
        &["get"],
        &["list"],
    ];
    let mut all = String::new();
    for command in commands {
        let help = help(command);
        assert!(help.contains("Examples:\n  schemactl "), "{help}");
        let command = command.join(" ");
        all += "$ schemactl ";
        all += &command;
        all += " --help\n";
        all += &help;
        all += "\n";
    }
    assert_snapshot!(all);
}

#[test]
fn a_rule_is_explained_from_its_own_data_and_a_typo_gets_a_remedy() {
    let world = World::new();
    let ran = world.run(&["explain", "schema/format-changed"]);
    assert_eq!(ran.exit, 0);
    assert_snapshot!(ran.out);
    let typo = world.run(&["explain", "avro/format-changed"]);
    assert_eq!(typo.exit, 2);
    assert!(
        typo.err.contains("schema/format-changed meant?"),
        "{}",
        typo.err
    );
}

#[test]
fn all_rules_are_listed() {
    let world = World::new();
    let ran = world.run(&["explain"]);
    let listed: Vec<&str> = ran
        .out
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    let rules: Vec<&str> = checker::rules::all().iter().map(|rule| rule.id).collect();
    assert_eq!(listed, rules);
    let changed = ran
        .out
        .lines()
        .find(|line| line.starts_with("avro/default-changed "));
    let words: Vec<&str> = changed.expect("is listed").split_whitespace().collect();
    assert_eq!(words[1], "warning");
    let json: serde_json::Value =
        serde_json::from_str(&world.run(&["explain", "--format", "json"]).out).expect("is JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(rules.len()));
}

#[test]
fn the_beginning_of_ids_lists_those_rules() {
    let world = World::new();
    let starting = |beginning: &str| {
        let ran = world.run(&["explain", beginning]);
        assert_eq!(ran.exit, 0, "{}", ran.err);
        let listed = ran.out.lines();
        assert!(
            listed.clone().all(|line| line.starts_with(beginning)),
            "{}",
            ran.out
        );
        listed.count()
    };
    let avro = starting("avro");
    let fields = starting("avro/field-");
    assert!(1 < fields && fields < avro);
    let json: serde_json::Value =
        serde_json::from_str(&world.run(&["explain", "avro", "--format", "json"]).out)
            .expect("is JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(avro));
    assert_eq!(world.run(&["explain", ""]).exit, 2);
}
