//! `schemactl protos check --buf`: configurations, inputs and exit codes as buf has them. What the
//! rules find is tested where they are.

use super::world::{Ran, World};

/// A message with one field of a type.
fn message(package: &str, kind: &str) -> String {
    format!("syntax = \"proto3\";\npackage {package};\nmessage M {{\n  {kind} id = 1;\n}}\n")
}

/// Two states of a directory that differ in the type of a field.
fn changed() -> World {
    let world = World::new();
    world.write("old/a.proto", &message("p", "int32"));
    world.write("new/a.proto", &message("p", "string"));
    world
}

fn check(world: &World, more: &[&str]) -> Ran {
    let args = ["protos", "check", "new", "--against", "old", "--buf"];
    world.run(&[&args[..], more].concat())
}

/// Paths and rules of what is printed.
fn found(ran: &Ran) -> Vec<String> {
    let line = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).expect("is JSON");
        let path = line["path"].as_str().unwrap_or("-");
        format!("{path} {}", line["type"].as_str().unwrap_or_default())
    };
    ran.out.lines().map(line).collect()
}

#[test]
fn a_finding_is_a_line_of_json_with_exit_code_100() {
    let ran = check(&changed(), &["--format", "buf-json"]);
    assert_eq!((ran.exit, &*ran.err), (100, ""));
    let line: serde_json::Value = serde_json::from_str(ran.out.trim()).expect("is one line");
    let span = ["start_line", "start_column", "end_line", "end_column"];
    assert_eq!(span.map(|key| line[key].as_u64()), [4, 3, 4, 9].map(Some));
    assert_eq!(line["path"], "new/a.proto");
    assert_eq!(line["type"], "FIELD_SAME_TYPE");
    let message = line["message"].as_str().unwrap_or_default();
    for part in ["\"1\"", "\"id\"", "\"M\"", "\"int32\"", "\"string\""] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn the_form_for_people_is_bufs_too() {
    let ran = check(&changed(), &[]);
    assert_eq!(ran.exit, 100);
    assert!(
        ran.out.starts_with("new/a.proto:4:3:Field \"1\""),
        "{}",
        ran.out
    );
}

#[test]
fn the_same_state_is_clean() {
    let world = changed();
    world.write("new/a.proto", &message("p", "int32"));
    let ran = check(&world, &[]);
    assert_eq!((ran.exit, &*ran.out, &*ran.err), (0, "", ""));
}

#[test]
fn a_file_that_is_gone_has_no_path() {
    let world = changed();
    world.write("old/b.proto", &message("q", "int32"));
    let ran = check(&world, &["--format", "buf-json", "--use", "FILE_NO_DELETE"]);
    assert_eq!(found(&ran), ["- FILE_NO_DELETE"]);
    assert!(check(&world, &[]).out.starts_with("<input>:1:1:"));
}

#[test]
fn what_does_not_compile_is_a_line_as_well() {
    let world = changed();
    world.write(
        "new/b.proto",
        "syntax = \"proto3\";\nmessage N { Gone g = 1; }\n",
    );
    let ran = check(&world, &["--format", "buf-json"]);
    assert_eq!(ran.exit, 100);
    assert_eq!(found(&ran), ["new/b.proto COMPILE"]);
}

#[test]
fn columns_are_those_of_a_terminal() {
    let world = changed();
    for (side, kind) in [("old", "int32"), ("new", "string")] {
        let text = format!("syntax = \"proto3\";\nmessage M {{\n /* 語 */\t{kind} id = 1;\n}}\n");
        world.write(&format!("{side}/a.proto"), &text);
    }
    let ran = check(&world, &["--use", "FIELD_SAME_TYPE"]);
    assert!(ran.out.starts_with("new/a.proto:3:13:"), "{}", ran.out);
}

#[test]
fn ids_of_the_command_line_replace_only_those_of_use() {
    let world = changed();
    world.write(
        "new/buf.yaml",
        "version: v1\nbreaking:\n  use: [FILE_SAME_SYNTAX]\n  except: [FIELD_SAME_TYPE]\n",
    );
    assert_eq!(check(&world, &[]).exit, 0);
    assert_eq!(check(&world, &["--use", "FIELD_SAME_TYPE,WIRE"]).exit, 100);
    let ran = check(
        &world,
        &["--format", "buf-json", "--use", "FILE", "--use", "CSR"],
    );
    assert_eq!(found(&ran), ["new/a.proto FIELD_WIRE_JSON_COMPATIBLE_TYPE"]);
}

#[test]
fn configurations_that_make_no_sense_end_with_exit_code_1_and_a_remedy() {
    let world = changed();
    for (text, said) in [
        (
            "version: v2\nbreaking:\n  use: [BOGUS]\n",
            "\"BOGUS\" is not a known",
        ),
        ("version: v2\nbogus: 1\n", "bogus"),
        ("version: v9\n", "v9"),
        (
            "version: v1\nbreaking:\n  use: [WIRE]\n  except: [WIRE]\n",
            "no rule is left",
        ),
        ("version: v2\nmodules: [{path: ../x}]\n", "leads out"),
        ("version: v2\nmodules: [{path: gone}]\n", "gone"),
    ] {
        world.write("new/buf.yaml", text);
        let ran = check(&world, &[]);
        assert_eq!((ran.exit, &*ran.out), (1, ""), "{text}");
        assert!(ran.err.contains(said), "{text}: {}", ran.err);
        assert!(ran.err.contains("help"), "{text}: {}", ran.err);
    }
}

#[test]
fn ids_that_are_no_longer_used_work_and_are_told() {
    let world = changed();
    world.write(
        "new/buf.yaml",
        "version: v1\nbreaking:\n  use: [FIELD_SAME_CTYPE]\n",
    );
    let ran = check(&world, &[]);
    assert_eq!(ran.exit, 0);
    assert!(
        ran.err.contains("use FIELD_SAME_CPP_STRING_TYPE"),
        "{}",
        ran.err
    );
}

#[test]
fn ignored_paths_rules_and_packages_are_left_out() {
    let world = World::new();
    for (side, kind) in [("old", "int32"), ("new", "string")] {
        world.write(&format!("{side}/a/a.proto"), &message("a.v1", kind));
        world.write(&format!("{side}/b/b.proto"), &message("b.v1", kind));
        world.write(&format!("{side}/c/c.proto"), &message("c.v1beta1", kind));
    }
    let files = |configuration: &str| {
        world.write(
            "new/buf.yaml",
            &format!("version: v1\nbreaking:\n{configuration}"),
        );
        let ran = check(&world, &["--format", "buf-json"]);
        let mut files: Vec<String> = found(&ran);
        for file in &mut files {
            file.truncate("new/a".len());
        }
        files.join(" ")
    };
    assert_eq!(files("  use: [FILE]\n"), "new/a new/b new/c");
    assert_eq!(files("  ignore: [a, b/b.proto]\n"), "new/c");
    assert_eq!(
        files("  ignore_only:\n    FIELD_SAME_TYPE: [b]\n"),
        "new/a new/c"
    );
    assert_eq!(
        files("  ignore_only:\n    WIRE: [b]\n"),
        "new/a new/b new/c"
    );
    assert_eq!(files("  ignore_unstable_packages: true\n"), "new/a new/b");
    assert_eq!(files("  ignore: [.]\n"), "");
}

/// A workspace of two modules of which one imports from the other.
fn workspace(side: &str, kind: &str, world: &World) {
    let import = "import \"v.proto\";\nmessage U { v.M m = 1; }\n";
    let main = format!("{}{import}", message("p", kind));
    world.write(&format!("{side}/proto/m.proto"), &main);
    world.write(&format!("{side}/vendor/v.proto"), &message("v", kind));
    let modules = "version: v2\nmodules: [{path: proto}, {path: vendor}]\n";
    world.write(&format!("{side}/buf.yaml"), modules);
}

#[test]
fn modules_import_from_each_other_and_are_found_from_below() {
    let world = World::new();
    workspace("old", "int32", &world);
    workspace("new", "string", &world);
    let both = [
        "new/proto/m.proto FIELD_SAME_TYPE",
        "new/vendor/v.proto FIELD_SAME_TYPE",
    ];
    assert_eq!(found(&check(&world, &["--format", "buf-json"])), both);
    let one = [
        "protos",
        "check",
        "--buf",
        "--format",
        "buf-json",
        "--against",
        "old/vendor",
    ];
    let ran = world.run(&[&one[..], &["new/vendor"]].concat());
    assert_eq!(found(&ran), both[1..]);
    let one = [
        "protos",
        "check",
        "--buf",
        "--format",
        "buf-json",
        "--against",
    ];
    let ran = world.run_in("new/proto", &[&one[..], &["../../old/proto"]].concat());
    let names = [
        "../vendor/v.proto FIELD_SAME_TYPE",
        "m.proto FIELD_SAME_TYPE",
    ];
    assert_eq!(found(&ran), names, "an import is compared too");
    let one = [&one[..], &["../../old/proto", "--exclude-imports"]].concat();
    assert_eq!(found(&world.run_in("new/proto", &one)), names[1..]);
}

#[test]
fn modules_are_paired_by_what_they_hold() {
    let world = World::new();
    workspace("old", "int32", &world);
    workspace("new", "string", &world);
    // In front of both by its name, which is where buf would look for the first one.
    world.write("new/a/n.proto", &message("n", "int32"));
    world.write(
        "new/buf.yaml",
        "version: v2
modules:
  - {path: a}
  - {path: proto, breaking: {use: [FILE]}}
  - {path: vendor, breaking: {use: [FIELD_SAME_NAME]}}
",
    );
    let ran = check(&world, &["--format", "buf-json"]);
    assert_eq!(
        found(&ran),
        [
            "new/proto/m.proto FIELD_SAME_TYPE",
            "new/vendor/v.proto FIELD_SAME_TYPE"
        ],
        "what the first module imports counts there"
    );
    world.write("new/buf.yaml", "version: v2\nmodules: [{path: proto}]\n");
    world.write("new/proto/m.proto", &message("p", "int32"));
    let ran = check(&world, &["--format", "buf-json"]);
    assert_eq!(
        found(&ran),
        ["- FILE_NO_DELETE", "new/proto/m.proto MESSAGE_NO_DELETE"],
        "a module that is gone"
    );
}

#[test]
fn older_configurations_have_roots_and_workspaces() {
    let world = World::new();
    for (side, kind) in [("old", "int32"), ("new", "string")] {
        world.write(&format!("{side}/r1/a.proto"), &message("a", kind));
        world.write(&format!("{side}/r2/b.proto"), &message("b", kind));
        world.write(&format!("{side}/r2/out/c.proto"), &message("c", kind));
        let roots = "version: v1beta1\nbuild:\n  roots: [r1, r2]\n  excludes: [r2/out]\n";
        world.write(&format!("{side}/buf.yaml"), roots);
    }
    let ignored = "version: v1beta1\nbuild: {roots: [r1, r2], excludes: [r2/out]}\n\
                   breaking: {ignore: [a.proto]}\n";
    let all = [
        "new/r1/a.proto FIELD_SAME_TYPE",
        "new/r2/b.proto FIELD_SAME_TYPE",
    ];
    assert_eq!(found(&check(&world, &["--format", "buf-json"])), all);
    world.write("new/buf.yaml", ignored);
    assert_eq!(found(&check(&world, &["--format", "buf-json"])), all[1..]);

    let world = World::new();
    for (side, kind) in [("old", "int32"), ("new", "string")] {
        world.write(&format!("{side}/r1/a.proto"), &message("a", kind));
        world.write(&format!("{side}/r2/b.proto"), &message("b", kind));
        world.write(
            &format!("{side}/buf.work.yaml"),
            "version: v1\ndirectories: [r2, r1]\n",
        );
    }
    world.write(
        "new/r2/buf.yaml",
        "version: v1\nbreaking: {use: [FIELD_SAME_NAME]}\n",
    );
    assert_eq!(found(&check(&world, &["--format", "buf-json"])), all[..1]);
}

#[test]
fn paths_choose_what_is_meant_on_both_sides() {
    let world = World::new();
    world.write("a/a.proto", &message("a", "int32"));
    world.write("b/b.proto", &message("b", "int32"));
    world.write("c/c.proto", &message("c", "int32")).commit();
    world.write("a/a.proto", &message("a", "string"));
    world.write("b/b.proto", &message("b", "string"));
    std::fs::remove_file(world.path("c/c.proto")).expect("is there");
    let run = |more: &[&str]| {
        let args = [
            "protos",
            "check",
            "--buf",
            "--format",
            "buf-json",
            "--against",
        ];
        found(&world.run(&[&args[..], &["git:HEAD"], more].concat()))
    };
    let (a, b, c) = (
        "a/a.proto FIELD_SAME_TYPE",
        "b/b.proto FIELD_SAME_TYPE",
        "- FILE_NO_DELETE",
    );
    assert_eq!(run(&[]), [c, a, b]);
    assert_eq!(run(&["--path", "a,b/b.proto"]), [a, b]);
    assert_eq!(run(&["--exclude-path", "a"]), [c, b]);
    assert_eq!(run(&["--limit-to-input-files"]), [a, b]);
}

#[test]
fn commits_are_named_in_our_words_and_in_bufs() {
    let world = World::new();
    world
        .write("proto/a.proto", &message("p", "int32"))
        .commit();
    world.git(&["tag", "v1"]);
    world.write("proto/a.proto", &message("p", "string"));
    for (directory, against) in [
        (".", "git:main"),
        (".", "git:merge-base"),
        (".", ".git#branch=main"),
        (".", ".git#tag=v1,depth=1"),
        (".", ".git"),
        ("proto", "git:v1"),
        ("proto", ".git#ref=HEAD,subdir=proto"),
    ] {
        let args = ["protos", "check", directory, "--against", against, "--buf"];
        let ran = world.run(&[&args[..], &["--format", "buf-json"]].concat());
        assert_eq!(ran.exit, 100, "{against}: {}", ran.err);
        assert_eq!(found(&ran), ["proto/a.proto FIELD_SAME_TYPE"], "{against}");
    }
    for against in [
        "git:gone",
        ".git#branch=gone",
        ".git#format=tar",
        "gone",
        "https://example.com/x.git#branch=main",
        "old.tar.gz#format=tar",
    ] {
        let ran = world.run(&["protos", "check", "--buf", "--against", against]);
        assert_eq!((ran.exit, &*ran.out), (1, ""), "{against}");
    }
}

#[test]
fn another_configuration_may_be_given_as_a_file_or_as_a_text() {
    let world = changed();
    world.write(
        "other.yaml",
        "version: v1\nbreaking: {use: [FIELD_SAME_NAME]}\n",
    );
    assert_eq!(check(&world, &["--config", "other.yaml"]).exit, 0);
    let text = r#"{"version":"v2","breaking":{"use":["FIELD_SAME_TYPE"]}}"#;
    assert_eq!(check(&world, &["--config", text]).exit, 100);
    assert_eq!(check(&world, &["--config", "gone.yaml"]).exit, 1);
}

#[test]
fn other_formats_name_rule_and_place_too() {
    let world = changed();
    world.write("old/b.proto", &message("q", "int32"));
    for format in ["json", "github", "gitlab", "junit", "sarif", "markdown"] {
        let report = format!("{format}=report");
        let ran = check(&world, &["--format", format, "--report", &report]);
        assert_eq!(ran.exit, 100, "{format}");
        let written = std::fs::read_to_string(world.path("report")).expect("is written");
        assert_eq!(ran.out, written, "{format}");
        // Markdown has its own marks escaped.
        let told = ran.out.replace('\\', "");
        for part in ["FIELD_SAME_TYPE", "FILE_NO_DELETE", "new/a.proto"] {
            assert!(told.contains(part), "{format}: {told}");
        }
        assert!(!told.contains("schema/invalid"), "{format}: {told}");
    }
}

#[test]
fn the_json_of_buf_needs_its_mode() {
    let world = changed();
    let ran = world.run(&[
        "protos",
        "check",
        "new",
        "--against",
        "old",
        "--format",
        "buf-json",
    ]);
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("--buf"), "{}", ran.err);
}

#[test]
fn what_is_wrong_with_the_old_state_is_said_of_it() {
    let world = World::new();
    let good = "syntax = \"proto3\";\nmessage A {}\n";
    let bad = "syntax = \"proto3\";\nmessage A { Nope n = 1; }\n";
    world
        .write("new/buf.yaml", "version: v2\n")
        .write("new/a.proto", good)
        .write("old/buf.yaml", "version: v2\n")
        .write("old/a.proto", bad);
    let check = ["protos", "check", "new", "--against", "old", "--buf"];
    let ran = world.run(&check);
    assert_eq!(ran.exit, 100, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("the old state"), "{}{}", ran.out, ran.err);
    world.write("old/buf.yaml", "version: v9\n");
    let ran = world.run(&check);
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("the old state"), "{}", ran.err);
    world
        .write("old/buf.yaml", "version: v2\n")
        .write("old/a.proto", good)
        .write("new/a.proto", bad);
    let ran = world.run(&check);
    assert_eq!(ran.exit, 100, "{}{}", ran.out, ran.err);
    assert!(!ran.err.contains("the old state"), "{}", ran.err);
    for format in ["json", "github", "gitlab", "junit", "sarif", "markdown"] {
        let ran = world.run(&[&check[..], &["--format", format]].concat());
        assert_eq!(ran.exit, 100, "{format}: {}", ran.err);
        assert!(ran.out.contains("Nope"), "{format}: {}", ran.out);
    }
    world.run(&[&check[..], &["--report", "sarif=out.sarif"]].concat());
    let report = std::fs::read_to_string(world.path("out.sarif")).expect("is written");
    assert!(report.contains("Nope"), "{report}");
}
