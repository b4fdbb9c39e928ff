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
