//! Dependencies go one way: the server and the command line use the checker, never each other, and
//! the checker pulls in nothing that touches the world.

use anyhow::Result;

use crate::shell;

/// What a crate may not depend on, directly or through others.
struct Edges {
    of: &'static str,
    forbidden: &'static [&'static str],
}

const EDGES: &[Edges] = &[
    Edges {
        of: "checker",
        forbidden: &[
            "axum",
            "cli",
            "clap",
            "hyper",
            "mio",
            "reqwest",
            "rusqlite",
            "rustls",
            "server",
            "socket2",
            "sqlx",
            "sqlx-core",
            "tokio",
            "tracing",
            "ureq",
        ],
    },
    Edges {
        of: "cli",
        forbidden: &["axum", "server", "sqlx", "sqlx-core", "tokio"],
    },
    Edges {
        of: "server",
        forbidden: &["cli", "ureq"],
    },
];

/// Forbidden crates in what each crate is built from. Dependencies of tests are free.
pub(super) fn check() -> Result<Vec<String>> {
    let mut violations = Vec::new();
    for edges in EDGES {
        let options = ["--edges", "normal,build", "--prefix", "none", "--locked"];
        let mut command = shell::cargo(&["tree", "--package", edges.of]);
        let tree = shell::read(command.args(options))?;
        violations.extend(forbidden_in(&tree, edges));
    }
    Ok(violations)
}

fn forbidden_in(tree: &str, edges: &Edges) -> Vec<String> {
    let mut names: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| edges.forbidden.contains(name));
    let of = edges.of;
    let report = |name| {
        format!(
            "{of}: depends on `{name}`, which it must not; `cargo tree -p {of} -i {name}` says how"
        )
    };
    names.into_iter().map(report).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_crate_anywhere_in_the_tree_is_reported_once() {
        let tree = "checker v0.1.0 (/a/checker)\nserde v1.0.0\ntokio v1.54.1\nbytes v1.0.0\ntokio v1.54.1 (*)\n";
        let edges = Edges {
            of: "checker",
            forbidden: &["tokio", "server"],
        };
        let violations = forbidden_in(tree, &edges);
        assert_eq!(violations.len(), 1);
        assert!(violations[0].starts_with("checker: depends on `tokio`"));
        assert!(forbidden_in("tokio-util v1.0.0\n", &edges).is_empty());
    }
}
