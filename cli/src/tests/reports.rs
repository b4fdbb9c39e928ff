//! Reports for other programs, as commands write them. What each format escapes is tested beside
//! the formats.

use super::world::{ORDER, World, order_changed};

/// A repository whose schemas stand in a folder of their own; one of them is broken.
fn changed() -> World {
    let world = World::new();
    world
        .write("api/order.avsc", ORDER)
        .write("api/gone.avsc", ORDER)
        .commit();
    world.write("api/order.avsc", &order_changed());
    std::fs::remove_file(world.path("api/gone.avsc")).expect("is there");
    world
}

#[test]
fn annotations_name_files_by_their_path_in_the_repository() {
    let world = changed();
    let ran = world.run_in(
        "api",
        &["check", ".", "--against", "git:main", "--format", "github"],
    );
    assert_eq!((ran.exit, &*ran.err), (1, ""), "{}", ran.out);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 3, "{}", ran.out);
    assert!(
        lines[0].starts_with(
            "::error file=api/order.avsc,line=7,endLine=7,col=32,endColumn=40,\
             title=avro/field-type-changed::field `amount` was long and is now string%0A\
             was: git:main:api/order.avsc:7:32%0Abreaks: BACKWARD"
        ),
        "{}",
        ran.out
    );
    assert!(
        lines[1].starts_with("::warning file=api/gone.avsc,title=doubtful::the schema is gone"),
        "{}",
        ran.out
    );
    assert_eq!(
        lines[2],
        "checked 1 schema: 1 incompatible, 1 deleted (exit code 1)"
    );
}

#[test]
fn reports_that_cannot_be_are_refused_before_the_run() {
    let world = World::new();
    let reports = ["--report", "json=all", "--report", "junit=all"];
    for (command, more, told) in [
        (
            "protos check",
            &["--format", "buf-json"][..],
            "`buf-json` is for `schemactl protos check",
        ),
        (
            "validate x",
            &["--report", "buf-json=x"],
            "`buf-json` is for `schemactl protos check",
        ),
        (
            "check x --against y",
            &["--format", "buf-json"],
            "`buf-json` is for",
        ),
        (
            "protos check",
            &reports,
            "two reports would be written to `all`",
        ),
        (
            "validate x",
            &["--report", "json=-"],
            "`-` is no file; --format prints",
        ),
    ] {
        let command: Vec<&str> = command.split(' ').collect();
        // Neither a repository nor a file is there, which would be told otherwise.
        let ran = world.run(&[&command, more].concat());
        assert_eq!((ran.exit, &*ran.out), (2, ""), "{command:?}");
        assert!(ran.err.contains(told), "{}", ran.err);
    }
}

#[test]
fn further_reports_are_written_beside_the_one_that_is_printed() {
    let world = changed();
    let ran = world.run(&[
        "check",
        "api",
        "--against",
        "git:main",
        "--report",
        "json=all.json",
        "--report",
        "markdown=all.md",
    ]);
    assert_eq!(ran.exit, 1);
    assert!(ran.out.starts_with("error[avro/field-type-changed]: "));
    let read = |name: &str| std::fs::read_to_string(world.path(name)).expect("is written");
    let json: serde_json::Value = serde_json::from_str(&read("all.json")).expect("is JSON");
    assert_eq!(json["verdict"], "incompatible");
    assert!(read("all.md").starts_with("### schemactl check\n\nchecked 1 schema"));
}

#[test]
fn a_report_that_cannot_be_written_is_a_failure_with_the_path() {
    let world = changed();
    let check = |report: &str| {
        let ran = world.run(&["check", "api", "--against", "git:main", "--report", report]);
        assert_eq!(ran.exit, 2, "{}", ran.out);
        ran.err
    };
    let told = check("junit=no/such/folder.xml");
    assert!(told.contains("cannot write `no/such/folder.xml`"), "{told}");
    let told = check("html=a.html");
    assert!(
        told.contains("`html` is no format; they are text, json, github, gitlab, junit, sarif"),
        "{told}"
    );
    assert!(check("a.xml").contains("is not FORMAT=FILE"));
}

#[test]
fn every_proto_file_is_a_test_case() {
    let world = World::new();
    let text = "syntax = \"proto3\"; message A { int32 x = 1; }";
    world
        .write("proto/a.proto", text)
        .write("proto/b.proto", &text.replace('A', "B"))
        .commit();
    world.write("proto/a.proto", &text.replace("int32", "string"));
    let ran = world.run(&[
        "protos",
        "check",
        "--against",
        "git:main",
        "--format",
        "junit",
    ]);
    assert_eq!(ran.exit, 1, "{}", ran.err);
    assert!(
        ran.out.contains(
            "<testsuite name=\"schemactl protos check\" tests=\"2\" failures=\"1\" errors=\"0\""
        ),
        "{}",
        ran.out
    );
    let class = "classname=\"schemactl protos check\"";
    assert!(
        ran.out.contains(&format!(
            "<testcase name=\"proto/b.proto\" {class} file=\"proto/b.proto\"/>"
        )),
        "{}",
        ran.out
    );
}

#[test]
fn invalid_schemas_are_annotated_by_validate() {
    let world = World::new();
    world
        .write("good.avsc", ORDER)
        .write("bad.avsc", "{\"type\": \"recrd\"}");
    let ran = world.run(&["validate", ".", "--format", "github"]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.out.starts_with(
            "::error file=bad.avsc,line=1,endLine=1,col=10,endColumn=17,title=not a valid schema::"
        ),
        "{}",
        ran.out
    );
    let ran = world.run(&["validate", ".", "--format", "junit"]);
    assert!(
        ran.out.contains("tests=\"2\" failures=\"0\" errors=\"1\""),
        "{}",
        ran.out
    );
}
