//! `schemactl protos`: which states are compared.

use super::world::World;

/// A repository whose branch `feature` left `main` before `main` changed.
fn branched() -> World {
    let world = World::new();
    let order = |kind: &str| format!("syntax = \"proto3\";\nmessage Order {{ {kind} id = 1; }}\n");
    world.write("proto/order.proto", &order("string")).commit();
    world.git(&["tag", "v1"]);
    world.git(&["switch", "--quiet", "--create", "feature"]);
    world.write("proto/new.proto", "syntax = \"proto3\";\n");
    commit(&world);
    world.git(&["switch", "--quiet", "main"]);
    world.write("proto/order.proto", &order("int64"));
    commit(&world);
    world.git(&["switch", "--quiet", "feature"]);
    world
}

fn commit(world: &World) {
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "--message", "More"]);
}

#[test]
fn the_old_state_is_where_head_left_the_main_branch() {
    let world = branched();
    for against in [
        &[][..],
        &["--against", "git:merge-base"],
        &["--against", "git:main..."],
    ] {
        let ran = world.run(&[&["protos", "check"], against].concat());
        assert_eq!(ran.exit, 0, "{against:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains("where HEAD left main\n"), "{}", ran.err);
    }
    let ran = world.run(&["protos", "check", "--against", "git:v1"]);
    assert_eq!((ran.exit, &*ran.err), (0, ""));
    let ran = world.run(&["protos", "check", "--against", "git:main"]);
    assert_eq!(ran.exit, 1, "what main became is another type");
}

#[test]
fn a_state_that_is_not_there_gets_a_remedy() {
    let world = branched();
    for (against, help) in [
        ("git:gone", "`git branch --all`"),
        ("git:gone...", "`git branch --all`"),
        ("gone", "relative to the current directory"),
        ("git:main:proto", "--against git:REF"),
    ] {
        let ran = world.run(&["protos", "check", "--against", against]);
        assert_eq!((ran.exit, &*ran.out), (2, ""), "{against}");
        assert!(ran.err.contains(help), "{against}: {}", ran.err);
    }
    let alone = World::new();
    alone.write("proto/a.proto", "syntax = \"proto3\";\n");
    let ran = alone.run(&["protos", "check"]);
    assert_eq!(ran.exit, 2, "{}", ran.out);
    alone.git(&["init", "--quiet", "--initial-branch", "trunk"]);
    let ran = alone.run(&["protos", "check"]);
    assert!(ran.err.contains("--against git:REF"), "{}", ran.err);
}
