//! `--against git:REF` in temporary repositories.

use insta::assert_snapshot;

use super::world::{ORDER, World, order_changed};

#[test]
fn a_file_is_compared_with_itself_in_a_commit() {
    let world = World::new();
    world
        .write("order.avsc", ORDER)
        .commit()
        .write("order.avsc", &order_changed());
    let ran = world.run(&["check", "order.avsc", "--against", "git:main"]);
    assert_eq!((ran.exit, &*ran.err), (1, ""));
    assert_snapshot!(ran.out);
}

#[test]
fn a_file_may_be_compared_with_another_path_of_a_commit() {
    let world = World::new();
    world
        .write("old/order.avsc", ORDER)
        .commit()
        .write("new.avsc", ORDER);
    let against = |path: &str| world.run(&["check", "new.avsc", "--against", path]);
    assert_eq!(against("git:main:old/order.avsc").exit, 0);
    let gone = against("git:main:order.avsc");
    assert_eq!(gone.exit, 2);
    assert!(
        gone.err.contains("`main` has no file `order.avsc`"),
        "{}",
        gone.err
    );
    let added = against("git:HEAD");
    assert_eq!((added.exit, &*added.out), (0, "checked 1 schema: 1 new\n"));
}

#[test]
fn a_ref_that_could_be_an_option_or_is_unknown_is_refused() {
    let world = World::new();
    world.write("order.avsc", ORDER).commit();
    for revision in ["--output=pwned", "-h", "", "gone", "HEAD~7"] {
        let against = format!("git:{revision}");
        let ran = world.run(&["check", "order.avsc", "--against", &against]);
        assert_eq!((ran.exit, &*ran.out), (2, ""), "{revision:?}");
        assert!(ran.err.contains("= help"), "{}", ran.err);
    }
    assert!(!world.path("pwned").exists());
}

#[test]
fn paths_with_spaces_and_line_ends_are_read() {
    let world = World::new();
    let name = "a dir/or\nder \"x\" *.avsc";
    world
        .write(name, ORDER)
        .commit()
        .write(name, &order_changed());
    let alone = world.run(&["check", name, "--against", "git:main"]);
    assert_eq!(alone.exit, 1, "{}", alone.err);
    let all = world.run(&["check", ".", "--against", "git:main"]);
    assert_eq!(all.exit, 1, "{}", all.err);
    assert!(all.out.contains("--> a dir/or\\nder"), "{}", all.out);
}

#[test]
fn a_subdirectory_is_compared_with_itself() {
    let world = World::new();
    world
        .write("events/order.avsc", ORDER)
        .write("other/x.avsc", ORDER)
        .commit();
    world
        .write("events/order.avsc", &order_changed())
        .write("other/x.avsc", "broken");
    let ran = world.run(&["check", "events", "--against", "git:main"]);
    assert_eq!(ran.exit, 1, "{}", ran.err);
    assert!(
        ran.out.contains("--> events/order.avsc:7:32"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("::: git:main:events/order.avsc:7:32"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .ends_with("checked 1 schema: 1 incompatible (exit code 1)\n"),
        "{}",
        ran.out
    );
}

#[test]
fn what_git_ignores_is_not_looked_at() {
    let world = World::new();
    world
        .write("order.avsc", ORDER)
        .write(".gitignore", "build/\n")
        .commit();
    world
        .write("build/order.avsc", "broken")
        .write("new.avsc", ORDER);
    let ran = world.run(&["check", ".", "--against", "git:main"]);
    assert_eq!(
        (ran.exit, &*ran.out),
        (0, "checked 2 schemas: 1 compatible, 1 new\n")
    );
}

#[test]
fn references_are_taken_from_the_same_commit() {
    let money = r#"{"type": "record", "name": "Money", "fields": []}"#;
    let order = |kind: &str| format!(r#"{{"type": "array", "items": "{kind}"}}"#);
    let world = World::new();
    world
        .write("money.avsc", money)
        .write("order.avsc", &order("Money"))
        .commit();
    world
        .write("money.avsc", &money.replace("Money", "Coin"))
        .write("order.avsc", &order("Coin"));
    let ran = world.run(&[
        "check",
        "order.avsc",
        "--against",
        "git:main",
        "--reference",
        "Money=money.avsc",
        "--level",
        "FULL",
    ]);
    assert!(!ran.out.contains("invalid"), "{}", ran.out);
}

#[test]
fn a_file_refers_to_those_beside_it_in_the_same_commit() {
    let money = |of: &str| {
        format!(
            r#"{{"type": "record", "name": "shop.Money", "fields": [{{"name": "cents", "type": "{of}"}}]}}"#
        )
    };
    let world = World::new();
    world
        .write(
            "schemas/order.avsc",
            &ORDER.replace("\"long\"", "\"Money\""),
        )
        .write("schemas/common/money.avsc", &money("long"))
        .write("elsewhere/money.avsc", &money("int"))
        .commit();
    let check = |against: &str| world.run(&["check", "schemas/order.avsc", "--against", against]);
    for against in ["git:main", "git:main:schemas/order.avsc"] {
        assert_eq!(check(against).exit, 0, "{}", check(against).out);
    }
    world.write("schemas/common/money.avsc", &money("string"));
    for against in ["git:main", "git:main:schemas/order.avsc"] {
        let ran = check(against);
        assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
        let old = "::: git:main:schemas/common/money.avsc:1:";
        assert!(ran.out.contains(old), "{}", ran.out);
    }
}

#[test]
fn a_proto_file_imports_from_the_same_commit() {
    let money = "syntax = \"proto3\";\npackage money.v1;\nmessage Money { int64 cents = 1; }\n";
    let order = "syntax = \"proto3\";\nimport \"money/v1/money.proto\";\n\
                 message Order { money.v1.Money total = 1; }\n";
    let world = World::new();
    world
        .write("proto/money/v1/money.proto", money)
        .write("proto/order.proto", order)
        .commit();
    world.write(
        "proto/money/v1/money.proto",
        &money.replace("int64", "string"),
    );
    let args = [
        "check",
        "proto/order.proto",
        "--against",
        "git:main",
        "-I",
        "proto",
    ];
    let ran = world.run(&args);
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    assert!(
        ran.out.contains("--> proto/money/v1/money.proto:3:"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("::: git:main:proto/money/v1/money.proto:3:"),
        "{}",
        ran.out
    );
}
