//! `schemactl protos init`: what it writes, and what it leaves alone. That the result really runs is
//! a test of the whole project.

use std::fs;

use super::world::{Ran, World};

const ORDER: &str = "syntax = \"proto3\";\npackage orders.v1;\n";

const AROUND: [&str; 7] = [
    "Cargo.toml",
    ".cargo/config.toml",
    "xtask/Cargo.toml",
    "xtask/src/main.rs",
    "README.md",
    ".github/workflows/protos.yml",
    ".gitignore",
];

fn init(world: &World, args: &[&str]) -> Ran {
    let dependency = ["--dependency", "git:https://git.example/registry#tag=v1.0"];
    world.run(&[&["protos", "init"], &dependency[..], args].concat())
}

fn text(world: &World, file: &str) -> String {
    fs::read_to_string(world.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn files_are_copied_into_a_new_repository() {
    let world = World::new();
    world
        .write("api/proto/orders/v1/order.proto", ORDER)
        .write("api/buf.yaml", "version: v2\n")
        .write("api/other.proto", ORDER)
        .write("api/main.go", "not copied");
    let ran = init(&world, &["--source", "api", "structs"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert_eq!(text(&world, "structs/proto/orders/v1/order.proto"), ORDER);
    assert_eq!(text(&world, "structs/buf.yaml"), "version: v2\n");
    for file in AROUND {
        assert!(world.path("structs").join(file).is_file(), "{file}");
    }
    assert!(world.path("structs/.git").is_dir());
    assert!(!world.path("structs/main.go").exists());
    assert!(
        ran.err.contains("`other.proto` is not in `proto`"),
        "{}",
        ran.err
    );
    let manifest = text(&world, "structs/xtask/Cargo.toml");
    for line in [
        "cli = { git = \"https://git.example/registry\", tag = \"v1.0\" }\n",
        "name = \"structs-xtask\"\n",
    ] {
        assert!(manifest.contains(line), "{manifest}");
    }
    assert!(
        ran.out
            .starts_with("wrote 1 .proto files\nwrote buf.yaml\n"),
        "{}",
        ran.out
    );
    let again = init(&world, &["--source", "api", "structs"]);
    assert_eq!(again.exit, 0, "{}", again.err);
    assert!(!again.out.contains("wrote"), "{}", again.out);
}

#[test]
fn files_are_copied_byte_by_byte() {
    let world = World::new();
    let latin = [ORDER.as_bytes(), b"// caf\xe9\n"].concat();
    world.write("api/order.proto", "");
    fs::write(world.path("api/order.proto"), &latin).expect("is writable");
    let ran = init(&world, &["--source", "api", "structs"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let copied = fs::read(world.path("structs/proto/order.proto")).expect("is there");
    assert_eq!(copied, latin);
}

#[test]
fn a_folder_is_named_as_a_shell_completes_it() {
    let world = World::new();
    world.write("service/api/orders/order.proto", ORDER);
    let root = ["--proto-root", "./api/"];
    let ran = init(
        &world,
        &[&["--source", "service", "structs"], &root[..]].concat(),
    );
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert_eq!(text(&world, "structs/proto/orders/order.proto"), ORDER);
    let ran = init(&world, &[&["service"], &root[..]].concat());
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(text(&world, "service/xtask/src/main.rs").contains(", \"api\")"));
}

#[test]
fn files_that_git_ignores_are_copied_where_there_are_no_others() {
    let world = World::new();
    world.write(".gitignore", "given/\n").commit();
    world.write("given/order.proto", ORDER);
    let ran = init(&world, &["--source", "given", "structs"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert_eq!(text(&world, "structs/proto/order.proto"), ORDER);
}

#[test]
fn a_directory_that_has_files_keeps_them_where_they_are() {
    let world = World::new();
    world
        .write("api/v1/order.proto", ORDER)
        .write("README.md", "Ours.\n")
        .write(".gitignore", "/build")
        .write("buf.yaml", "version: v1\n")
        .commit();
    let ran = init(&world, &["--proto-root", "api"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert_eq!(text(&world, "README.md"), "Ours.\n");
    assert_eq!(text(&world, "buf.yaml"), "version: v1\n");
    assert_eq!(text(&world, ".gitignore"), "/build\ntarget/\n");
    let main = text(&world, "xtask/src/main.rs");
    let call = "cli::struct_repo::main_in(env!(\"CARGO_MANIFEST_DIR\"), \"api\")";
    assert!(main.contains(call), "{main}");
    assert!(ran.out.contains("kept README.md\n"), "{}", ran.out);
    assert!(!ran.out.contains("made a git repository"), "{}", ran.out);
}

#[test]
fn a_git_repository_is_cloned_with_its_history() {
    let world = World::new();
    world.write("structs/proto/order.proto", ORDER);
    let git = |args: &[&str]| world.git(&[&["-C", "structs"], args].concat());
    git(&["init", "--quiet", "--initial-branch", "main"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "First"]);
    let url = format!("file://{}", world.path("structs").display());
    let ran = init(&world, &["--source", &url, "clone"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert_eq!(text(&world, "clone/proto/order.proto"), ORDER);
    assert!(world.path("clone/xtask/src/main.rs").is_file());
    world.git(&[
        "-C",
        "clone",
        "rev-parse",
        "--verify",
        "--quiet",
        "origin/main",
    ]);
    let again = init(&world, &["--source", &url, "clone"]);
    assert_eq!((again.exit, &*again.out), (2, ""));
    assert!(again.err.contains("`git clone` failed"), "{}", again.err);
}

#[test]
fn nothing_is_written_where_something_else_is_in_the_way() {
    let world = World::new();
    world
        .write("proto/order.proto", ORDER)
        .write("Cargo.toml", "[workspace]\nmembers = [\"ours\"]\n");
    let ran = init(&world, &[]);
    assert_eq!((ran.exit, &*ran.out), (2, ""));
    assert!(
        ran.err.contains("`./Cargo.toml` is there already"),
        "{}",
        ran.err
    );
    for file in AROUND.iter().filter(|file| **file != "Cargo.toml") {
        assert!(!world.path(file).exists(), "{file}");
    }
}

#[test]
fn mistakes_get_remedies() {
    let world = World::new();
    world
        .write("empty/README.md", "")
        .write("given/proto/order.proto", ORDER);
    for (args, help) in [
        (&["empty"][..], "--source PATH or --source GIT-URL"),
        (
            &["--source", "empty", "new"],
            "--source PATH or --source GIT-URL",
        ),
        (
            &["--source", "given", "--proto-root", "prot", "new"],
            "no .proto files in the folder `prot` of `given`",
        ),
        (
            &["given", "--proto-root", "prot"],
            "--proto-root names a folder",
        ),
        (&["--source", "--upload-pack=x://y", "new"], "help"),
        (&["--source", "-x://y", "new"], "help"),
        (
            &["--source", "file:///gone.git", "new"],
            "`git clone` failed",
        ),
    ] {
        let ran = init(&world, args);
        assert_eq!((ran.exit, &*ran.out), (2, ""), "{args:?}");
        assert!(ran.err.contains(help), "{args:?}: {}", ran.err);
        assert!(!world.path("new").exists(), "{args:?}");
    }
    let bad = world.run(&["protos", "init", "--dependency", "svn:x"]);
    assert!(bad.err.contains("git:URL#tag=v1.0"), "{}", bad.err);
}
