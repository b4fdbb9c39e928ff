//! What the program makes of answers that a registry should not give. That a registry's good answers
//! are understood is tested against the real server, in the end-to-end tests.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use super::world::{ORDER, World};

/// A server that gives these answers, status and body, one per connection.
fn answering(answers: Vec<(u16, &'static str)>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("has a free port");
    let url = format!("http://{}", listener.local_addr().expect("is bound"));
    let server = thread::spawn(move || {
        let answer = |(status, body): (u16, &str)| {
            let (mut stream, _) = listener.accept().expect("is asked");
            let mut lines = BufReader::new(stream.try_clone().expect("is open")).lines();
            let request = lines.next().expect("has a first line").expect("is text");
            for line in lines {
                if line.expect("is text").is_empty() {
                    break;
                }
            }
            let length = body.len();
            let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n");
            write!(stream, "{head}Connection: close\r\n\r\n{body}").expect("is read");
            request
        };
        answers.into_iter().map(answer).collect()
    });
    (url, server)
}

#[track_caller]
fn list(status: u16, body: &'static str, expected: &str) {
    let (url, server) = answering(vec![(status, body)]);
    let ran = World::new().run(&["list", "--registry", &url]);
    server.join().expect("answered");
    assert_eq!((ran.exit, &*ran.out), (2, ""));
    assert!(ran.err.contains(expected), "{}", ran.err);
}

#[test]
fn an_answer_that_is_not_a_registrys_is_told() {
    list(
        200,
        "<html>hello</html>",
        "did not answer as a schema registry does: status 200 and",
    );
    list(502, "", "status 502 and nothing else");
    list(404, "{\"other\": 1}", "status 404 and `{\"other\": 1}`");
}

#[test]
fn a_registrys_refusal_is_told_with_its_error_code() {
    let body = r#"{"error_code": 50001, "message": "Error in the backend"}"#;
    list(
        500,
        body,
        "the registry refused (50001): Error in the backend",
    );
}

/// Registers a file with a server that gives these answers; what came on standard error.
fn register(text: &str, more: &[&str], answers: Vec<(u16, &'static str)>) -> (u8, String) {
    let (url, server) = answering(answers);
    let world = World::new();
    world.write("a.avsc", text);
    let args = ["register", "a.avsc", "--subject", "a b", "--registry", &url];
    let ran = world.run(&[&args[..], more].concat());
    server.join().expect("answered");
    (ran.exit, ran.err.replace(&url, "URL"))
}

const REFUSAL: &str = r#"{"error_code": 40901, "message": "Incompatible, details: [{errorType:'A', additionalInfo:'x, y'}, {oldSchemaVersion: 1}]"}"#;

#[test]
fn a_refused_registration_is_told_line_by_line_with_the_check_that_shows_more() {
    let (exit, err) = register(ORDER, &[], vec![(409, REFUSAL)]);
    assert_eq!(exit, 1);
    assert_eq!(
        err,
        "error: the registry refused (40901): Incompatible\n  \
         - {errorType:'A', additionalInfo:'x, y'}\n  \
         - {oldSchemaVersion: 1}\n  \
         = help  see all of it: schemactl check a.avsc --against URL --subject 'a b'\n"
    );
    let (_, err) = register(
        ORDER,
        &["--reference", "shop.Money=money:1"],
        vec![(409, REFUSAL)],
    );
    assert!(
        err.ends_with(
            "see all of it, with the files that the references stand for: schemactl check a.avsc \
             --against URL --subject 'a b' --reference shop.Money=FILE\n"
        ),
        "{err}"
    );
}

#[test]
fn the_problems_of_an_invalid_schema_are_told_line_by_line() {
    let refusal = r#"{"error_code": 42201, "message": "Invalid schema of type AVRO, details: line 1, column 2: no; not at all; line 3, column 4: neither"}"#;
    let (exit, err) = register("[", &[], vec![(422, refusal)]);
    assert_eq!(exit, 2);
    assert_eq!(
        err,
        "error: the registry refused (42201): Invalid schema of type AVRO\n  \
         - line 1, column 2: no; not at all\n  \
         - line 3, column 4: neither\n"
    );
}

#[test]
fn the_warnings_of_what_is_registered_are_shown() {
    let order = ORDER.replace(
        "\"long\"",
        r#"{"type": "string", "logicalType": "date"}, "doc": "Money""#,
    );
    let (exit, err) = register(&order, &[], vec![(200, r#"{"id": 1}"#)]);
    assert_eq!(exit, 0);
    let warning = "warning: `date` is ignored: it is for an int, not for a string\n  --> a.avsc:7:";
    assert!(err.starts_with(warning), "{err}");
    // What is referred to is asked for.
    let of_money = order.replace("\"string\"}", "\"shop.Money\"}");
    let money = r#"{"subject": "money", "version": 1, "id": 1, "schema": "{\"type\": \"fixed\", \"name\": \"shop.Money\", \"size\": 8}"}"#;
    let (exit, err) = register(
        &of_money,
        &["--reference", "shop.Money=money:1"],
        vec![(200, r#"{"id": 2}"#), (200, money)],
    );
    assert_eq!(exit, 0);
    assert!(err.starts_with(warning), "{err}");
}

#[test]
fn control_characters_of_an_answer_do_not_reach_the_terminal() {
    list(500, "\u{1b}[2Jgone", "\\u{1b}[2Jgone");
}

#[test]
fn a_level_that_makes_no_sense_is_no_verdict() {
    let (url, server) = answering(vec![(200, r#"{"compatibilityLevel": "SOME"}"#)]);
    let world = World::new();
    world.write("a.avsc", ORDER);
    let ran = world.run(&["check", "a.avsc", "--against", &url, "--subject", "a b/c"]);
    assert_eq!((ran.exit, &*ran.out), (2, ""));
    assert!(
        ran.err.contains("`SOME` is no compatibility level"),
        "{}",
        ran.err
    );
    let requests = server.join().expect("answered");
    assert_eq!(
        requests,
        ["GET /config/a%20b%2Fc?defaultToGlobal=true HTTP/1.1"]
    );
}

#[test]
fn a_subject_without_versions_leaves_nothing_to_compare() {
    let missing = r#"{"error_code": 40401, "message": "Subject 'new' not found."}"#;
    let level = r#"{"compatibilityLevel": "FULL"}"#;
    let (url, server) = answering(vec![(200, level), (404, missing)]);
    let world = World::new();
    world.write("a.avsc", ORDER);
    let ran = world.run(&["check", "a.avsc", "--against", &url, "--subject", "new"]);
    server.join().expect("answered");
    assert_eq!((ran.exit, &*ran.out), (0, "checked 1 schema: 1 new\n"));
    assert!(
        ran.err.contains("the subject `new` has no version at"),
        "{}",
        ran.err
    );
}

#[test]
fn an_old_version_may_be_laxer_than_a_new_file() {
    let lax = r#"{"type": "fixed", "name": "F", "namespace": "a-b", "size": 1}"#;
    let body = r#"{"subject": "s", "version": 1, "id": 1, "schema":
        "{\"type\": \"fixed\", \"name\": \"F\", \"namespace\": \"a-b\", \"size\": 1}"}"#;
    let check = |new: &str| {
        let (url, server) = answering(vec![(200, "[1]"), (200, body)]);
        let world = World::new();
        world.write("f.avsc", new);
        let ran = world.run(&[
            "check",
            "f.avsc",
            "--against",
            &url,
            "--subject",
            "s",
            "--level",
            "FULL",
        ]);
        server.join().expect("answered");
        ran
    };
    let ran = check(&lax.replace("a-b", "ab"));
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let ran = check(lax);
    assert_eq!(ran.exit, 2, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("\"a-b\" is no namespace"), "{}", ran.out);
}
