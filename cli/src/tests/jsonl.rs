//! `schemactl check --jsonl`: one answer per question, whatever the question.

use serde_json::{Value, json};

use super::world::World;

fn ask(questions: &[String]) -> Vec<Value> {
    let world = World::new();
    let ran = world.run_with_input(&["check", "--jsonl"], &questions.concat());
    assert_eq!((ran.exit, &*ran.err), (0, ""));
    let file = world.write("questions.jsonl", &questions.concat());
    let from_file = file.run(&["check", "--jsonl", "questions.jsonl"]);
    assert_eq!(from_file.out, ran.out);
    let answers = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("is JSON"));
    answers.collect()
}

fn line(value: &Value) -> String {
    format!("{value}\n")
}

#[test]
fn every_line_gets_one_answer_in_order() {
    let answers = ask(&[
        line(&json!({"id": 1, "format": "AVRO", "old": "\"int\"", "new": "\"long\""})),
        "no JSON\n".to_owned(),
        line(
            &json!({"id": "b", "format": "AVRO", "old": {"type": "long"}, "new": {"type": "int"}}),
        ),
        line(&json!({"id": null, "format": "AVRO", "old": "{", "new": "\"int\""})),
    ]);
    assert_eq!(answers.len(), 4);
    assert_eq!(
        (&answers[0]["id"], &answers[0]["verdict"]),
        (&json!(1), &json!("compatible"))
    );
    assert_eq!(answers[1]["errors"][0]["in"], "request");
    assert_eq!(
        (&answers[2]["id"], &answers[2]["verdict"]),
        (&json!("b"), &json!("incompatible"))
    );
    assert_eq!(answers[3]["errors"][0]["in"], "old");
    assert_eq!(answers[3]["errors"][0]["span"]["file"], "old");
}

#[test]
fn the_example_of_the_help_is_a_question() {
    let help = World::new().run(&["check", "--help"]).out;
    let example = help.lines().map(str::trim);
    let mut example = example.filter(|line| line.starts_with("{\"id\": 1"));
    let answers = ask(&[line(
        &serde_json::from_str(example.next().expect("there is one")).expect("is JSON"),
    )]);
    assert_eq!(answers[0]["verdict"], "incompatible");
}

#[test]
fn a_key_that_nobody_knows_is_ignored() {
    let answers = ask(&[line(
        &json!({"id": 1, "format": "AVRO", "old": "\"int\"", "new": "\"int\"", "levle": 7}),
    )]);
    assert_eq!(answers[0]["verdict"], "compatible");
}

#[test]
fn an_answer_has_exactly_the_members_of_the_interface() {
    let answers = ask(&[
        line(&json!({"id": 1, "format": "AVRO", "old": "\"long\"", "new": "\"int\""})),
        line(&json!({"id": 2, "format": "AVRO", "old": "1", "new": "\"int\""})),
    ]);
    let keys = |value: &Value| {
        let object = value.as_object().expect("is an object");
        let mut keys: Vec<String> = object.keys().cloned().collect();
        keys.sort();
        keys.join(" ")
    };
    assert_eq!(keys(&answers[0]), "findings id messages reason verdict");
    let finding = &answers[0]["findings"][0];
    assert_eq!(
        keys(finding),
        "direction hint message new old path rule severity witness"
    );
    assert_eq!(
        keys(&finding["new"]),
        "column end_column end_line file line"
    );
    assert_eq!(keys(&answers[1]), "errors id");
    assert_eq!(keys(&answers[1]["errors"][0]), "in message span");
}

#[test]
fn the_level_chooses_directions_and_versions() {
    let ask_at = |level: &str| {
        let history = json!(["\"long\"", "\"int\""]);
        line(
            &json!({"id": level, "format": "AVRO", "history": history, "new": "\"int\"",
            "level": level}),
        )
    };
    let answers = ask(&[
        "BACKWARD",
        "BACKWARD_TRANSITIVE",
        "FORWARD_TRANSITIVE",
        "NONE",
    ]
    .map(ask_at));
    let verdicts: Vec<&str> = answers
        .iter()
        .map(|answer| answer["verdict"].as_str().expect("is there"))
        .collect();
    assert_eq!(
        verdicts,
        ["compatible", "incompatible", "compatible", "compatible"]
    );
}

#[test]
fn references_come_in_any_order() {
    let references = json!({
        "shop.Price": r#"{"type": "record", "name": "shop.Price", "fields": [{"name": "m", "type": "shop.Money"}]}"#,
        "shop.Money": r#"{"type": "record", "name": "shop.Money", "fields": []}"#,
    });
    let old = r#"{"type": "array", "items": "shop.Price"}"#;
    let question = json!({"format": "AVRO", "old": old, "new": old,
        "old_references": references, "new_references": references});
    assert_eq!(ask(&[line(&question)])[0]["verdict"], "compatible");
}

#[test]
fn what_each_question_says_cannot_be_said_for_all() {
    let world = World::new();
    for options in [
        &["--profile", "contract"][..],
        &["--policy", "lenient"],
        &["--level", "FULL"],
        &["--draft", "draft4"],
        &["--type", "JSON"],
        &["--reference", "a=a.avsc"],
        &["-I", "protos"],
    ] {
        let ran = world.run(&[&["check", "--jsonl", "-"], options].concat());
        assert_eq!(ran.exit, 2, "{options:?}");
        assert!(ran.err.contains("cannot be used with"), "{}", ran.err);
    }
}
