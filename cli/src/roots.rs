//! Where the `.proto` files of a tree import each other from: the roots of its own files, and folders
//! with files of others, which are read when they are needed and never reported.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use checker::Problem;
use checker::protobuf::TreeFile;
use checker::report::Sources;

use crate::context::Context;
use crate::error::Error;
use crate::files::Snapshot;

/// The folder that holds the `.proto` files of a repository by convention.
pub const PROTO_FOLDER: &str = "proto";

/// Which folders files are imported from.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct RootArgs {
    /// A folder from which the files import each other (repeatable); otherwise `proto` where there
    /// is one, else the directory itself
    #[arg(long = "proto-root", value_name = "FOLDER")]
    pub proto_roots: Vec<String>,
    /// A folder with files that are only imported, such as those of third parties: one of the
    /// directory, or any other, which both states share (repeatable)
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub includes: Vec<PathBuf>,
}

/// The folders, found.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// Of own files, without slashes around them, the longest first; `""` is the directory itself.
    own: Vec<String>,
    /// Of files of others, in the directory.
    included: Vec<String>,
    /// Files of others from elsewhere.
    outside: Vec<TreeFile>,
    /// The way to the directory from a folder around it that was named, with a `/` at its end; else
    /// empty.
    above: String,
    /// Whether `own` is a convention that nobody wrote down.
    guessed: bool,
}

/// Where a file stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<'p> {
    /// How others import it.
    pub import_path: Cow<'p, str>,
    /// Whether it is there to be imported only.
    pub import_only: bool,
}

impl RootArgs {
    /// The same, where nothing is said what others say.
    #[must_use]
    pub fn or(&self, others: &Self) -> Self {
        let given = |ours: &[String], theirs: &[String]| {
            if ours.is_empty() { theirs } else { ours }.to_vec()
        };
        Self {
            proto_roots: given(&self.proto_roots, &others.proto_roots),
            includes: [&*self.includes, &others.includes].concat(),
        }
    }

    /// The layout of a directory, to be found once its files are known.
    pub fn layout(&self, directory: &Path, context: &Context) -> Layout {
        Layout {
            args: self.clone(),
            directory: directory.to_owned(),
            base: context.path(Path::new("")),
        }
    }
}

/// What is said about the folders of a directory.
#[derive(Clone, Debug)]
pub struct Layout {
    args: RootArgs,
    directory: PathBuf,
    /// What relative names of folders elsewhere start from.
    base: PathBuf,
}

impl Layout {
    /// Finds the folders among the files of the directory.
    pub fn roots(&self, files: &[String]) -> Result<Roots, Error> {
        let mut roots = if self.args.proto_roots.is_empty() {
            Roots::guessed(files)
        } else {
            Roots::of(&self.args.proto_roots)
        };
        for include in &self.args.includes {
            let around = self.around(include);
            if around.as_deref() == Some("") {
                continue;
            }
            if let Some(way) = around {
                roots.above = way;
                roots.outside.extend(outside(include, &self.base)?);
                continue;
            }
            let inside = include.strip_prefix(&self.directory).unwrap_or(include);
            let inside = folder(&inside.to_string_lossy());
            if files.iter().any(|file| below(file, &inside).is_some()) {
                roots.included.push(inside);
            } else {
                roots.outside.extend(outside(include, &self.base)?);
            }
        }
        Ok(roots)
    }

    /// The folders of two states, each found among its own files: a folder may have been renamed.
    pub fn of_both(&self, new: &[String], old: &[String]) -> Result<[Roots; 2], Error> {
        let mut names = self.args.proto_roots.iter();
        let missing = names.find(|name| {
            let root = folder(name);
            let mut files = new.iter().chain(old);
            !files.any(|file| below(file, &root).is_some())
        });
        let some = !new.is_empty() || !old.is_empty();
        if let Some(name) = missing.filter(|_| some) {
            return Err(Error::usage(
                format!("neither state has .proto files in a folder `{name}`"),
                "--proto-root, or `roots` of protos.toml, names a folder of the directory from which \
                 its files import each other",
            ));
        }
        Ok([self.roots(new)?, self.roots(old)?])
    }

    /// The way to the directory from a folder around it, with a `/` at its end; empty where it is the
    /// directory.
    fn around(&self, include: &Path) -> Option<String> {
        let directory = self.base.join(&self.directory).canonicalize().ok()?;
        let include = self.base.join(include).canonicalize().ok()?;
        let way = directory.strip_prefix(include).ok()?.to_str()?;
        Some(if way.is_empty() {
            String::new()
        } else {
            format!("{way}/")
        })
    }
}

impl Roots {
    /// Some folders.
    pub fn of(folders: &[String]) -> Self {
        let mut own: Vec<String> = folders.iter().map(|name| folder(name)).collect();
        own.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Self {
            own,
            ..Self::default()
        }
    }

    /// The folder from which files import each other by convention.
    pub fn guessed(files: &[String]) -> Self {
        let conventional = files.iter().any(|file| below(file, PROTO_FOLDER).is_some());
        let root = if conventional { PROTO_FOLDER } else { "" };
        Self {
            guessed: true,
            ..Self::of(&[root.to_owned()])
        }
    }

    /// The same for another state of the directory, without the files from elsewhere.
    #[must_use]
    pub fn for_state(&self, files: &[String]) -> Self {
        let own = if self.guessed {
            Self::guessed(files).own
        } else {
            self.own.clone()
        };
        Self {
            own,
            included: self.included.clone(),
            outside: Vec::new(),
            above: self.above.clone(),
            guessed: self.guessed,
        }
    }

    /// The folder that stands for the tree in reports: the only one, or the directory.
    pub fn main(&self) -> &str {
        match &*self.own {
            [root] => root,
            _ => "",
        }
    }

    /// How a file of the directory is imported; one outside all roots by its whole path.
    pub fn place<'p>(&self, path: &'p str) -> Placed<'p> {
        let find = |roots: &[String]| roots.iter().find_map(|root| below(path, root));
        let included = find(&self.included);
        let import_path = match (included, &*self.above) {
            (Some(included), _) => included.into(),
            (None, "") => find(&self.own).unwrap_or(path).into(),
            (None, way) => format!("{way}{path}").into(),
        };
        Placed {
            import_path,
            import_only: included.is_some(),
        }
    }

    /// The files of others from elsewhere.
    pub fn outside(&self) -> impl Iterator<Item = TreeFile> {
        self.outside.iter().cloned()
    }

    /// Adds their texts to those that reports may quote.
    pub fn quote(&self, sources: &mut Sources) {
        for file in &self.outside {
            sources.insert(&file.source);
        }
    }
}

/// A folder without `.` and slashes around it.
pub fn folder(name: &str) -> String {
    let name = name.trim_start_matches("./").trim_matches('/');
    if name == "." { "" } else { name }.to_owned()
}

/// The path of a file from a folder that holds it.
pub fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    if folder.is_empty() {
        return Some(path);
    }
    path.strip_prefix(folder)?.strip_prefix('/')
}

fn outside(include: &Path, base: &Path) -> Result<Vec<TreeFile>, Error> {
    let snapshot = Snapshot::Disk {
        root: base.join(include),
        shown: include.to_owned(),
        repository: None,
    };
    let paths = snapshot.proto_files()?;
    if paths.is_empty() {
        return Err(Error::usage(
            format!("there are no .proto files in `{}`", include.display()),
            "--include names a folder from which files are imported",
        ));
    }
    let names: Vec<&str> = paths.iter().map(String::as_str).collect();
    let texts = snapshot.read(&names)?.into_iter().zip(&paths);
    let files = texts.map(|(text, path)| {
        let source = text.map_err(|problem: Problem| Error::Limit(problem.to_string()))?;
        Ok(TreeFile {
            import_path: path.clone(),
            source,
            import_only: true,
        })
    });
    files.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots(own: &[&str], included: &[&str]) -> Roots {
        let names = |names: &[&str]| -> Vec<String> {
            names.iter().map(|name| (*name).to_owned()).collect()
        };
        Roots {
            included: names(included),
            ..Roots::of(&names(own))
        }
    }

    #[test]
    fn a_file_is_imported_from_the_innermost_root() {
        let roots = roots(&["./api/", "api/internal"], &["api/third_party"]);
        for (path, import_path, import_only) in [
            ("api/a.proto", "a.proto", false),
            ("api/internal/b.proto", "b.proto", false),
            ("api/third_party/google/c.proto", "google/c.proto", true),
            ("apiary/d.proto", "apiary/d.proto", false),
        ] {
            let placed = Placed {
                import_path: import_path.into(),
                import_only,
            };
            assert_eq!(roots.place(path), placed, "{path}");
        }
    }

    #[test]
    fn the_root_is_guessed_by_convention() {
        let guess = |files: &[&str]| {
            let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
            Roots::guessed(&files).main().to_owned()
        };
        assert_eq!(guess(&["proto/a.proto", "b.proto"]), "proto");
        assert_eq!(guess(&["protos/a.proto"]), "");
    }
}
