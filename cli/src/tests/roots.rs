//! Where `.proto` files import each other from: several roots, and files of others.

use super::world::World;

const API: &str = "syntax = \"proto3\";
package shop;
import \"money.proto\";
import \"vendor/unit.proto\";
message Order { Money price = 1; vendor.Unit unit = 2; }
";
const MONEY: &str = "syntax = \"proto3\";\npackage shop;\nmessage Money { int64 cents = 1; }\n";
const UNIT: &str = "syntax = \"proto3\";\npackage vendor;\nmessage Unit { string name = 1; }\n";

/// Two roots, and files of others in the folder `vendored`.
fn world(vendored: &str) -> World {
    let world = World::new();
    world
        .write("repo/api/order.proto", API)
        .write("repo/common/money.proto", MONEY)
        .write(&format!("{vendored}/vendor/unit.proto"), UNIT)
        .commit();
    world
}

#[test]
fn files_of_several_roots_import_each_other_and_those_of_others() {
    let world = world("repo/third_party");
    let options = [
        "--proto-root",
        "api",
        "--proto-root",
        "common",
        "-I",
        "third_party",
    ];
    let check = |extra: &[&str]| {
        let base = ["protos", "check", "--against", "git:main"];
        world.run_in("repo", &[&base, extra].concat())
    };
    let alone = check(&["--proto-root", "api"]);
    world.write(
        "repo/api/order.proto",
        &API.replace("price = 1", "price = 3"),
    );
    let ran = check(&["--proto-root", "api"]);
    assert_eq!(
        (alone.exit, ran.exit),
        (0, 2),
        "what is not found: {}",
        ran.out
    );
    let ran = check(&options);
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    // The warning is that the field has another number now.
    let end = "checked 2 schemas: 1 incompatible, 1 compatible (1 warning) (exit code 1)\n";
    assert!(ran.out.ends_with(end), "{}", ran.out);
    // What others change is their affair.
    world.write("repo/api/order.proto", API);
    world.write(
        "repo/third_party/vendor/unit.proto",
        &UNIT.replace("string", "int32"),
    );
    assert_eq!(check(&options).exit, 0);
    world.write(
        "repo/protos.toml",
        "[check]\nroots = [\"api\", \"common\"]\nincludes = \"third_party\"\n",
    );
    let ran = check(&[]);
    assert_eq!(
        (ran.exit, &*ran.out),
        (0, "checked 2 schemas: 2 compatible\n"),
        "{}",
        ran.err
    );
}

#[test]
fn files_of_others_may_stand_outside() {
    let world = world("elsewhere");
    world.write("repo/common/money.proto", &MONEY.replace("int64", "string"));
    let check = |include: &str| {
        let base = ["protos", "check", "--against", "git:main", "-I", include];
        let roots = ["--proto-root", "api", "--proto-root", "common"];
        world.run_in("repo", &[&base[..], &roots].concat())
    };
    let ran = check("../elsewhere");
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    assert!(
        ran.out
            .contains("field `cents` was int64 and is now string"),
        "{}",
        ran.out
    );
    let ran = check("../nowhere");
    assert_eq!(ran.exit, 2, "{}", ran.out);
    std::fs::create_dir(world.path("empty")).expect("is writable");
    assert!(
        check("../empty")
            .err
            .contains("there are no .proto files in `../empty`")
    );
}

const NOTE: &str = "syntax = \"proto3\";\npackage shop;\nimport \"money.proto\";\n\
                    message Note { Money price = 1; }\n";

#[test]
fn files_given_by_name_find_those_beside_them_and_those_given_with_them() {
    let world = World::new();
    world
        .write("note.proto", NOTE)
        .write("money.proto", MONEY)
        .write(
            "old/note.proto",
            &NOTE.replace("Money price", "string price"),
        )
        .write("old/money.proto", MONEY)
        .write("a/note.proto", NOTE)
        .write("b/money.proto", MONEY);
    for files in [
        &["note.proto", "money.proto"][..],
        &["note.proto"],
        &["a/note.proto", "b/money.proto"],
    ] {
        let ran = world.run(&[&["validate"], files].concat());
        assert_eq!(ran.exit, 0, "{files:?}: {}{}", ran.out, ran.err);
    }
    assert_eq!(world.run(&["validate", "a/note.proto"]).exit, 1);
    let ran = world.run(&["check", "note.proto", "--against", "old/note.proto"]);
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    assert!(!ran.out.contains("the import"), "{}", ran.out);
    world.commit();
    world.write("note.proto", &NOTE.replace("Money price", "string price"));
    let ran = world.run(&["check", "note.proto", "--against", "git:main"]);
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
}

#[test]
fn a_directory_is_validated_with_the_folders_that_it_imports_from() {
    let world = World::new();
    let note = NOTE.replace("money.proto", "shop/money.proto");
    world
        .write("proto/shop/note.proto", &note)
        .write("proto/shop/money.proto", MONEY);
    for args in [
        &["proto/shop", "-I", "proto"][..],
        &["proto", "-I", "proto"],
        &[".", "-I", "proto"],
        &["./proto/shop", "-I", "./proto/"],
    ] {
        let ran = world.run(&[&["validate"], args].concat());
        assert_eq!(ran.exit, 0, "{args:?}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains("checked 2 files"), "{args:?}: {}", ran.out);
    }
    let broken = note.replace("Money price", "Gold price");
    world.write("proto/shop/note.proto", &broken);
    for args in [&["proto/shop", "-I", "proto"][..], &[".", "-I", "proto"]] {
        let ran = world.run(&[&["validate"], args].concat());
        assert_eq!(ran.exit, 1, "{args:?}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains("Gold"), "{}", ran.out);
    }
}

#[test]
fn each_state_has_the_root_that_its_own_files_tell() {
    let world = World::new();
    world
        .write("proto/note.proto", NOTE)
        .write("proto/money.proto", MONEY)
        .commit();
    std::fs::rename(world.path("proto"), world.path("api")).expect("is there");
    let check = ["protos", "check", "--against", "git:main"];
    let ran = world.run(&[&check[..], &["--proto-root", "prot"]].concat());
    assert_eq!((ran.exit, &*ran.out), (2, ""));
    assert!(
        ran.err
            .contains("neither state has .proto files in a folder `prot`"),
        "{}",
        ran.err
    );
    std::fs::remove_dir_all(world.path("api")).expect("is there");
    let ran = world.run(&check);
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    assert!(!ran.out.contains("the import"), "{}", ran.out);
    world.write("note.proto", NOTE).write("money.proto", MONEY);
    let ran = world.run(&check);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
}
