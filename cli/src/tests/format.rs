//! `schemactl protos format`.

use super::world::World;

const ROUGH: &str = "syntax=\"proto3\";\nmessage M{int32 a=1;// kept\n}\n";
const SMOOTH: &str = "syntax = \"proto3\";\n\nmessage M {\n  int32 a = 1; // kept\n}\n";

fn world() -> World {
    let world = World::new();
    world
        .write("p/rough.proto", ROUGH)
        .write("p/smooth.proto", SMOOTH)
        .write("p/order.avsc", "\"int\"");
    world
}

#[test]
fn one_file_is_printed_and_stays_as_it_is() {
    let world = world();
    let ran = world.run(&["protos", "format", "p/rough.proto"]);
    assert_eq!((ran.exit, &*ran.out, &*ran.err), (0, SMOOTH, ""));
    let text = std::fs::read_to_string(world.path("p/rough.proto")).expect("is there");
    assert_eq!(text, ROUGH);
    let ran = world.run(&["protos", "format", "p"]);
    assert_eq!(ran.exit, 2);
    assert!(
        ran.err.contains("--write, --check or --diff"),
        "{}",
        ran.err
    );
}

#[test]
fn check_names_what_is_not_formatted_and_write_mends_it() {
    let world = world();
    let ran = world.run(&["protos", "format", "--check", "p"]);
    assert_eq!((ran.exit, &*ran.out), (1, "p/rough.proto\n"));
    assert_eq!(ran.err, "note: 1 to format, 1 unchanged\n");
    let ran = world.run(&["protos", "format", "--write"]);
    assert_eq!((ran.exit, &*ran.out), (0, ""));
    assert_eq!(ran.err, "note: 1 formatted, 1 unchanged\n");
    let text = std::fs::read_to_string(world.path("p/rough.proto")).expect("is there");
    assert_eq!(text, SMOOTH);
    let ran = world.run(&["protos", "format", "--check"]);
    assert_eq!(
        (ran.exit, &*ran.err),
        (0, "note: 0 to format, 2 unchanged\n")
    );
}

#[test]
fn a_file_that_is_not_utf_8_is_not_written() {
    let world = world();
    let bytes = b"message M{} // \xff\n";
    std::fs::write(world.path("p/rough.proto"), bytes).expect("is writable");
    let ran = world.run(&["protos", "format", "--write", "p"]);
    assert_eq!(ran.exit, 2);
    assert!(
        ran.err.contains("`p/rough.proto` is not UTF-8"),
        "{}",
        ran.err
    );
    let now = std::fs::read(world.path("p/rough.proto")).expect("is there");
    assert_eq!(now, bytes);
}

#[test]
fn diff_shows_the_lines_that_change() {
    let world = world();
    let ran = world.run(&["protos", "format", "--diff", "p"]);
    assert_eq!(ran.exit, 0);
    let expected = "--- p/rough.proto\n+++ p/rough.proto\n@@ -1,3 +1,5 @@\n-syntax=\"proto3\";\n\
                    -message M{int32 a=1;// kept\n+syntax = \"proto3\";\n+\n+message M {\n\
                    +  int32 a = 1; // kept\n }\n";
    assert_eq!(ran.out, expected);
    let ran = world.run(&["protos", "format", "--check", "--diff", "p"]);
    assert_eq!((ran.exit, &*ran.out), (1, expected));
}

#[test]
fn what_is_no_proto_text_is_told_with_its_place_and_does_not_stop_the_others() {
    let world = world();
    world.write("p/bad.proto", "message {\n");
    let ran = world.run(&["protos", "format", "--check", "p"]);
    assert_eq!((ran.exit, &*ran.out), (2, "p/rough.proto\n"));
    assert!(ran.err.contains("--> p/bad.proto:1:9"), "{}", ran.err);
    let summary = "note: 1 to format, 1 unchanged, 1 not readable\n";
    assert!(ran.err.ends_with(summary), "{}", ran.err);
    let ran = world.run(&["protos", "format", "gone.proto"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("cannot read `gone.proto`"), "{}", ran.err);
}
