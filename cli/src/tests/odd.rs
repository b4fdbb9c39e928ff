//! Working trees and repositories in odd states: what is no plain file, what is not all there.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use super::world::{Ran, World};

const FILE: &str = "syntax = \"proto3\";\npackage a;\nmessage M {}\n";

/// A repository with one file.
fn world() -> World {
    let world = World::new();
    world.write("proto/a.proto", FILE).commit();
    world
}

fn check(world: &World) -> Ran {
    world.run(&["protos", "check", "--against", "git:main"])
}

fn assert_refused(ran: &Ran, told: &str, help: &str) {
    assert_eq!((ran.exit, &*ran.out), (2, ""), "{}", ran.err);
    assert!(ran.err.contains(told), "{}", ran.err);
    assert!(ran.err.contains(help), "{}", ran.err);
}

#[test]
fn what_is_called_as_a_file_and_is_none_is_told() {
    let world = world();
    fs::create_dir(world.path("proto/folder.proto")).expect("is writable");
    symlink("a.proto", world.path("proto/link.proto")).expect("is writable");
    symlink("..", world.path("proto/round")).expect("is writable");
    let socket = UnixListener::bind(world.path("proto/socket.proto"));
    let _socket = socket.expect("is writable");
    // By git and without it.
    for against in ["git:main", "."] {
        let ran = world.run(&["protos", "check", "--against", against]);
        assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
        let told = |name: &str| {
            let told = format!("warning: `proto/{name}` is a symbolic link or no regular file");
            ran.out.contains(&told)
        };
        // git knows nothing of sockets.
        assert_eq!(told("socket.proto"), against == ".", "{}", ran.out);
        assert!(told("link.proto"), "{}", ran.out);
        assert!(!told("folder.proto") && !told("round"), "{}", ran.out);
    }
}

#[test]
fn only_the_name_of_a_schema_has_to_be_utf_8() {
    let world = world();
    let odd = |name: &[u8]| world.path("proto").join(OsStr::from_bytes(name));
    fs::write(odd(b"caf\xe9.txt"), "").expect("is writable");
    assert_eq!(check(&world).exit, 0);
    fs::write(odd(b"caf\xe9.proto"), FILE.replace('M', "N")).expect("is writable");
    let told = "error: the path `proto/caf\u{fffd}.proto` is not UTF-8\n  = help  rename the file";
    assert_refused(&check(&world), told, "");
    let ran = world.run(&["protos", "check", "--against", "."]);
    assert_refused(&ran, told, "");
    // What is past cannot be renamed, and is compared all the same.
    world.commit();
    fs::remove_file(odd(b"caf\xe9.proto")).expect("is there");
    let ran = check(&world);
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("message `a.N` is removed"), "{}", ran.out);
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_not_taken_for_removed() {
    let world = world();
    world
        .write("proto/b/b.proto", &FILE.replace("package a", "package b"))
        .write("proto/b/b.avsc", "\"int\"")
        .commit();
    world.git(&["sparse-checkout", "set", "--no-cone", "/*", "!/proto/b"]);
    assert!(!world.path("proto/b").exists());
    let remedy = "check them out (`git sparse-checkout add` or `disable`)";
    for command in ["check", "affected", "diff"] {
        let ran = world.run(&["protos", command, "--against", "git:main"]);
        assert_refused(
            &ran,
            "the sparse checkout leaves out `proto/b/b.proto`\n",
            remedy,
        );
    }
    let ran = world.run(&["check", ".", "--against", "git:main"]);
    assert_refused(
        &ran,
        "leaves out `proto/b/b.avsc`, `proto/b/b.proto`\n",
        remedy,
    );
    // What looks at files one by one needs no others.
    assert_eq!(world.run(&["validate", "."]).exit, 0);
    world.git(&["sparse-checkout", "disable"]);
    assert_eq!(check(&world).exit, 0);
}

#[test]
fn files_of_a_submodule_are_not_looked_at_and_a_missing_import_says_so() {
    let world = world();
    world.write("proto/sub/s.proto", "syntax = \"proto3\";\nmessage S {}\n");
    let sub = world.path("proto/sub").display().to_string();
    world.git(&["init", "--quiet", &sub]);
    assert_eq!(check(&world).exit, 0);
    let import = format!("{FILE}import \"sub/s.proto\";\n");
    world.write("proto/a.proto", &import);
    let ran = check(&world);
    assert_eq!(ran.exit, 2, "{}", ran.out);
    let told = "note: `proto/sub` is a git repository of its own, so its files are not looked at; \
                where files import from it: -I proto/sub\n";
    assert!(ran.err.contains(told), "{}", ran.err);
}

#[test]
fn a_pointer_of_git_lfs_is_no_file_in_either_state() {
    let world = World::new();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    world.write("proto/a.proto", pointer).commit();
    for text in [pointer, FILE] {
        world.write("proto/a.proto", text);
        let ran = check(&world);
        assert_eq!(ran.exit, 2, "{}", ran.out);
        let told = "error: `git:main:proto/a.proto` is a pointer of Git LFS and not the file";
        assert!(ran.out.contains(told), "{}", ran.out);
    }
}

#[test]
fn a_repository_without_a_working_tree_gets_a_remedy() {
    let world = world();
    world.git(&["clone", "--quiet", "--bare", ".", "bare.git"]);
    let ran = world.run_in("bare.git", &["protos", "check", "--against", "git:main"]);
    assert_refused(
        &ran,
        "has no working tree",
        "protos diff --against git:OLD --to git:NEW",
    );
    let states = [
        "protos",
        "diff",
        "--against",
        "git:main",
        "--to",
        "git:HEAD",
    ];
    let ran = world.run_in("bare.git", &states);
    assert_eq!(ran.exit, 0, "{}", ran.err);
}

#[test]
fn a_branch_without_commits_is_told_apart_from_a_repository_without() {
    let world = world();
    world.git(&["checkout", "--quiet", "--orphan", "fresh"]);
    for arguments in [&[][..], &["--against", "git:main..."]] {
        let ran = world.run(&[&["protos", "check"], arguments].concat());
        assert_refused(
            &ran,
            "error: the current branch has no commits yet",
            "--against git:REF",
        );
    }
    assert_eq!(check(&world).exit, 0);
}
