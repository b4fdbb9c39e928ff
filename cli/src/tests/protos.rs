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
        ("main", "is meant: --against git:main"),
        ("git:main:proto", "--against git:REF"),
    ] {
        let ran = world.run(&["protos", "check", "--against", against]);
        assert_eq!((ran.exit, &*ran.out), (2, ""), "{against}");
        assert!(ran.err.contains(help), "{against}: {}", ran.err);
    }
    let file = world.run(&["protos", "check", "proto/order.proto"]);
    assert_eq!(file.exit, 2, "{}", file.out);
    let told = "`proto/order.proto` is a file\n  = help  name the directory that holds it";
    assert!(file.err.contains(told), "{}", file.err);
    let alone = World::new();
    alone.write("proto/a.proto", "syntax = \"proto3\";\n");
    let ran = alone.run(&["protos", "check"]);
    assert_eq!(ran.exit, 2, "{}", ran.out);
    alone.git(&["init", "--quiet", "--initial-branch", "trunk"]);
    let ran = alone.run(&["protos", "check"]);
    assert!(ran.err.contains("--against git:REF"), "{}", ran.err);
}

#[test]
fn what_would_do_nothing_is_told() {
    let world = branched();
    let check = ["protos", "check", "--against", "git:v1"];
    let ran = world.run(&[&check[..], &["--history", "tags:nope"]].concat());
    assert!(ran.out.contains("no tag `nope`"), "{}{}", ran.out, ran.err);
    world.write(
        "protos.toml",
        "[[stability]]\npackages = \"nowhere.**\"\nweight = \"off\"\n",
    );
    let ran = world.run(&check);
    assert!(
        ran.out
            .contains("[[stability]] names packages that are nowhere: `nowhere.**`"),
        "{}{}",
        ran.out,
        ran.err
    );
    std::fs::create_dir(world.path("empty")).expect("is writable");
    for command in ["check", "diff", "affected"] {
        let ran = world.run(&["protos", command, "--against", "empty"]);
        assert_eq!((ran.exit, &*ran.out), (2, ""), "{command}");
        assert!(
            ran.err.contains("there are no .proto files in `empty`"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_shallow_clone_has_fewer_versions_than_are_asked_for() {
    let world = branched();
    let from = format!("file://{}", world.path(".").display());
    world.git(&["clone", "--quiet", "--depth", "1", &from, "clone"]);
    let check = [
        "protos",
        "check",
        "--against",
        "git:HEAD",
        "--history",
        "10",
    ];
    let ran = world.run_in("clone", &check);
    assert!(
        ran.out
            .contains("only 0 of 10 earlier versions were looked at, since the clone is shallow"),
        "{}{}",
        ran.out,
        ran.err
    );
    assert!(!world.run(&check).out.contains("shallow"));
}

#[test]
fn what_is_not_there_is_told_in_own_words() {
    let world = World::new();
    for args in [
        &["protos", "check", "nope"][..],
        &[
            "protos",
            "init",
            "--source",
            "nope",
            "--dependency",
            "version:1.0",
        ],
    ] {
        let ran = world.run(args);
        assert_eq!(ran.exit, 2, "{args:?}");
        assert!(ran.err.contains("there is no directory `"), "{}", ran.err);
        assert!(!ran.err.contains("git rev-parse"), "{}", ran.err);
    }
    let ran = world.run(&["protos", "affected", "--consumer", "checkout"]);
    assert!(
        ran.err.contains("`checkout` is not NAME=DIR"),
        "{}",
        ran.err
    );
    world.git(&["init", "--quiet", "--initial-branch", "main"]);
    world.write("proto/a.proto", "syntax = \"proto3\";\n");
    let ran = world.run(&["protos", "check"]);
    assert!(ran.err.contains("commit first"), "{}", ran.err);
}

#[test]
fn below_the_top_a_missing_import_names_the_top() {
    let world = World::new();
    let order = "syntax = \"proto3\";\npackage shop;\nimport \"shop/money.proto\";\n\
                 message Order { Money price = 1; }\n";
    let money = "syntax = \"proto3\";\npackage shop;\nmessage Money {}\n";
    world
        .write("proto/shop/order.proto", order)
        .write("proto/shop/money.proto", money)
        .commit();
    world.write("proto/shop/order.proto", &order.replace("= 1", "= 2"));
    let check = ["protos", "check", "--against", "git:main"];
    let ran = world.run(&[&check[..], &["--proto-root", "proto/shop"]].concat());
    assert_eq!(ran.exit, 2, "{}", ran.out);
    let told = "note: name the directory that .proto files import from: -I DIR\n";
    assert_eq!(ran.err, told);
    let ran = world.run_in("proto/shop", &check);
    assert_eq!(ran.exit, 2, "{}", ran.out);
    assert!(
        ran.err.contains("the directory is `proto/shop/`"),
        "{}",
        ran.err
    );
    let ran = world.run_in("proto/shop", &[&check[..], &["-I", ".."]].concat());
    assert!(!ran.out.contains("the import"), "{}{}", ran.out, ran.err);
}
