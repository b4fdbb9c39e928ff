//! From the names that reports print to paths from the top of the repository, which is what the
//! programs that annotate pull requests know files by.

use std::path::{Component, Path, PathBuf};

use checker::Span;

use super::{Place, Region};
use crate::context::Context;
use crate::git::Repository;

/// Where the names of files start from.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The top of the repository, where there is one.
    top: Option<PathBuf>,
    /// The directory that relative names start from, from the top: empty, or with `/` at its end.
    prefix: String,
}

impl Places {
    /// Asks git where the directory of a command is. Outside a repository names stay as they are.
    pub fn find(context: &Context) -> Self {
        let directory = context.directory();
        let Ok(repository) = Repository::discover(directory) else {
            return Self::default();
        };
        Self {
            prefix: repository.path_from_top(""),
            top: repository.top().ok().map(|top| top.directory().to_owned()),
        }
    }

    /// The path of a name from the top: `git:main:a/b.proto` and, below `a`, `./b.proto` are both
    /// `a/b.proto`. What is no file of the repository keeps its name.
    pub fn path(&self, name: &str) -> String {
        if let Some((_, path)) = in_commit(name) {
            return path.to_owned();
        }
        if name.starts_with('<') || name.contains("://") {
            return name.to_owned();
        }
        let path = Path::new(name);
        if path.is_absolute() {
            let below = self
                .top
                .as_ref()
                .and_then(|top| path.strip_prefix(top).ok());
            return below.map_or_else(|| name.to_owned(), slashes);
        }
        let from_top = Path::new(&self.prefix).join(path);
        normalised(&from_top).unwrap_or_else(|| name.to_owned())
    }

    /// The place of a span. In a commit it is the file only: its lines are not those of today.
    pub fn place(&self, span: &Span) -> Place {
        let region = Region {
            line: span.line,
            column: span.column,
            end_line: span.end_line,
            end_column: span.end_column,
        };
        Place {
            file: self.path(&span.file),
            region: in_commit(&span.file).is_none().then_some(region),
        }
    }
}

/// `git:REF:PATH`
fn in_commit(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("git:")?.split_once(':')
}

/// Without `.` and `..`; `None` where it leads out of the repository.
fn normalised(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::ParentDir => drop(parts.pop()?),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

fn slashes(path: &Path) -> String {
    normalised(path).unwrap_or_else(|| path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below_api() -> Places {
        Places {
            top: Some("/home/me/repo".into()),
            prefix: "api/".to_owned(),
        }
    }

    #[test]
    fn names_become_paths_from_the_top() {
        let places = below_api();
        for (name, path) in [
            ("b.proto", "api/b.proto"),
            ("./x/../b.proto", "api/b.proto"),
            ("../b.proto", "b.proto"),
            ("git:main:api/b.proto", "api/b.proto"),
            ("/home/me/repo/api/b.proto", "api/b.proto"),
        ] {
            assert_eq!(places.path(name), path, "{name}");
        }
    }

    #[test]
    fn what_is_no_file_of_the_repository_keeps_its_name() {
        let places = below_api();
        for name in [
            "<stdin>",
            "http://h:1/subjects/s/versions/1",
            "/tmp/old/b.proto",
            "../../b.proto",
        ] {
            assert_eq!(places.path(name), name);
        }
        assert_eq!(Places::default().path("a/b.proto"), "a/b.proto");
    }

    #[test]
    fn a_place_in_a_commit_has_no_lines() {
        let span = |file: &str| checker::Source::new(file, "ab").span(1..2);
        let places = below_api();
        assert_eq!(places.place(&span("git:v1:api/b.proto")).region, None);
        let place = places.place(&span("b.proto"));
        assert_eq!(place.shown(), "api/b.proto:1:2");
    }
}
