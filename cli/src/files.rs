//! Schema files: which ones there are, in which language, and what they say, on the disk or in a
//! commit. It does not parse them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::mem;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use checker::{Format, Problem, Source};

use crate::context::Context;
use crate::error::Error;
use crate::git::Repository;
use crate::listing::Listing;

/// The largest schema file that is read.
pub const MAX_FILE_BYTES: u64 = 16 << 20;
/// What reports call standard input.
const INPUT_NAME: &str = "<stdin>";
/// How a file begins that stands for one that Git LFS keeps elsewhere.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";
/// Fewer files than these are not worth a thread.
const MIN_PART: usize = 64;

/// A text, or why it is none: too large, or not UTF-8.
pub type Text = Result<Source, Problem>;

/// The schema language that a file name tells: `.avsc`, `.proto`, `.json`.
pub fn format_of(path: &str) -> Option<Format> {
    let (_, extension) = path.rsplit_once('.')?;
    match extension.to_ascii_lowercase().as_str() {
        "avsc" => Some(Format::Avro),
        "proto" => Some(Format::Protobuf),
        "json" => Some(Format::Json),
        _ => None,
    }
}

/// The schema language of a file that a user named, or the remedy.
pub fn require_format(path: &Path, given: Option<Format>) -> Result<Format, Error> {
    let told = given.or_else(|| format_of(&path.to_string_lossy()));
    told.ok_or_else(|| {
        Error::usage(
            format!(
                "the name `{}` does not tell the schema type",
                path.display()
            ),
            "files end in .avsc, .proto or .json; or say it: --type AVRO, PROTOBUF or JSON",
        )
    })
}

/// Whether a path stands for standard input.
pub fn is_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// Reads a file that a user named, or standard input for `-`.
pub fn read_given(path: &Path, context: &mut Context) -> Result<Text, Error> {
    if !is_input(path) {
        return read(&context.path(path), &path.to_string_lossy());
    }
    let bytes = read_bounded(&mut context.input).map_err(Error::Input)?;
    Ok(text(bytes, INPUT_NAME))
}

/// Reads a file; `shown` is the name that reports print.
pub fn read(path: &Path, shown: &str) -> Result<Text, Error> {
    Ok(text(read_bytes(path, shown)?, shown))
}

/// The same without a look at what it holds; `None` where it is too much.
pub fn read_bytes(path: &Path, shown: &str) -> Result<Option<Vec<u8>>, Error> {
    read_file(path).map_err(|source| Error::Read {
        path: shown.into(),
        source,
    })
}

/// All of a file; `None` where it is too much.
fn read_file(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = fs::File::open(path)?;
    let length = file.metadata()?.len().min(MAX_FILE_BYTES);
    // One more than there is, so that the end is seen without a second piece of memory.
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    read_bounded_to(file, &mut bytes)
}

/// All that there is to read; `None` where it is too much.
fn read_bounded(from: impl Read) -> io::Result<Option<Vec<u8>>> {
    read_bounded_to(from, &mut Vec::new())
}

fn read_bounded_to(from: impl Read, bytes: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    from.take(MAX_FILE_BYTES + 1).read_to_end(bytes)?;
    let too_large = u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_FILE_BYTES;
    Ok((!too_large).then(|| mem::take(bytes)))
}

/// Makes a text of bytes; `None` are too many.
pub fn text(bytes: Option<Vec<u8>>, shown: &str) -> Text {
    let Some(bytes) = bytes else {
        return Err(Problem::whole(format!(
            "`{shown}` is larger than {MAX_FILE_BYTES} bytes, the most that is read"
        )));
    };
    if bytes.starts_with(LFS_POINTER) {
        return Err(Problem::whole(format!(
            "`{shown}` is a pointer of Git LFS and not the file; `git lfs pull` fetches files for the \
             working tree, those of commits cannot be read: keep schemas out of Git LFS"
        )));
    }
    if format_of(shown) == Some(Format::Protobuf) {
        return Ok(Source::new(shown, checker::protobuf::text_of(bytes)));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(shown, text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
            let span = Source::new(shown, text).span(valid..valid);
            Err(Problem::at(
                span,
                "the text is not UTF-8 from here on; save it as UTF-8",
            ))
        }
    }
}

/// The files of a directory at one moment.
#[derive(Debug)]
pub enum Snapshot {
    /// As they are on the disk now.
    Disk {
        /// The directory.
        root: PathBuf,
        /// The directory as the user wrote it.
        shown: PathBuf,
        /// The repository that says which files count; without one all but hidden ones do.
        repository: Option<Repository>,
    },
    /// As a commit has them.
    Commit {
        /// The repository, seen from the directory.
        repository: Repository,
        /// Its id.
        commit: String,
        /// What reports call it: the revision as the user wrote it, or the beginning of the id.
        revision: String,
        /// Objects by path relative to the directory.
        objects: BTreeMap<String, String>,
    },
    /// As another program handed them out, such as a registry.
    Memory {
        /// What reports call the whole.
        shown: String,
        /// Texts by path, each under the name that reports print.
        texts: BTreeMap<String, Source>,
    },
}

impl Snapshot {
    /// A directory of a commit.
    pub fn commit(repository: Repository, revision: &str) -> Result<Self, Error> {
        let commit = repository.resolve(revision)?;
        Self::commit_named(repository, &commit, revision)
    }

    /// The same, with another name for the commit in reports.
    pub fn commit_named(repository: Repository, commit: &str, name: &str) -> Result<Self, Error> {
        let prefix = repository.path_from_top("");
        let entries = repository.files_at(commit, &prefix)?.into_iter();
        let objects = entries.filter_map(|entry| {
            let path = entry.path.strip_prefix(&prefix)?.to_owned();
            Some((path, entry.object))
        });
        Ok(Self::Commit {
            objects: objects.collect(),
            commit: commit.to_owned(),
            revision: name.to_owned(),
            repository,
        })
    }

    /// What there is of schema files on the disk; of other states the files alone are known, and
    /// not told here.
    pub fn listing(&self) -> Result<Listing, Error> {
        match self {
            Self::Disk {
                root, repository, ..
            } => Listing::of(root, repository.as_ref()),
            Self::Commit { .. } | Self::Memory { .. } => Ok(Listing::default()),
        }
    }

    /// The same of `.proto` files only.
    pub fn proto_listing(&self) -> Result<Listing, Error> {
        let mut listing = self.listing()?;
        for files in [
            &mut listing.files,
            &mut listing.passed_over,
            &mut listing.left_out,
        ] {
            files.retain(|file| format_of(file) == Some(Format::Protobuf));
        }
        Ok(listing)
    }

    /// The schema files, by path relative to the directory, sorted.
    pub fn schema_files(&self) -> Result<Vec<String>, Error> {
        let mut files = match self {
            Self::Disk { .. } => self.listing()?.files,
            Self::Commit { objects, .. } => objects.keys().cloned().collect(),
            Self::Memory { texts, .. } => texts.keys().cloned().collect(),
        };
        files.retain(|file| format_of(file).is_some());
        files.sort();
        Ok(files)
    }

    /// The `.proto` files among them.
    pub fn proto_files(&self) -> Result<Vec<String>, Error> {
        let mut files = self.schema_files()?;
        files.retain(|file| format_of(file) == Some(Format::Protobuf));
        Ok(files)
    }

    /// The files right below a folder, by path relative to the directory, sorted; none where there is
    /// no such folder.
    pub fn files_in(&self, folder: &str) -> Vec<String> {
        let below = |path: &&String| {
            let rest = path.strip_prefix(folder);
            let rest = rest.and_then(|rest| rest.strip_prefix('/'));
            rest.is_some_and(|name| !name.contains('/'))
        };
        match self {
            Self::Disk { root, .. } => {
                let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
                let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
                let mut files: Vec<String> = names.map(|name| format!("{folder}/{name}")).collect();
                files.retain(|path| root.join(path).is_file());
                files.sort();
                files
            }
            Self::Commit { objects, .. } => objects.keys().filter(below).cloned().collect(),
            Self::Memory { texts, .. } => texts.keys().filter(below).cloned().collect(),
        }
    }

    /// Whether there is such a file.
    pub fn contains(&self, path: &str) -> bool {
        match self {
            Self::Disk { root, .. } => root.join(path).is_file(),
            Self::Commit { objects, .. } => objects.contains_key(path),
            Self::Memory { texts, .. } => texts.contains_key(path),
        }
    }

    /// The texts of files that are there, in the order asked.
    pub fn read(&self, paths: &[&str]) -> Result<Vec<Text>, Error> {
        match self {
            Self::Disk { root, .. } => {
                let read = |path: &&str| read(&root.join(path), &self.name(path));
                in_parallel(paths, read).into_iter().collect()
            }
            Self::Commit {
                repository,
                objects,
                ..
            } => {
                let known = paths
                    .iter()
                    .filter_map(|path| Some((*path, objects.get(*path)?)));
                let (names, wanted): (Vec<&str>, Vec<&str>) =
                    known.map(|(path, object)| (path, object.as_str())).unzip();
                let contents = repository.read(&wanted)?.into_iter();
                Ok(contents
                    .zip(names)
                    .map(|(bytes, path)| text(bytes, &self.name(path)))
                    .collect())
            }
            Self::Memory { texts, .. } => {
                let known = paths.iter().filter_map(|path| texts.get(*path));
                Ok(known.map(|source| Ok(source.clone())).collect())
            }
        }
    }

    /// What people call the state: the revision, or the directory.
    pub fn state(&self) -> String {
        match self {
            Self::Disk { shown, .. } => shown.display().to_string(),
            Self::Memory { shown, .. } => shown.clone(),
            Self::Commit { revision, .. } => revision.clone(),
        }
    }

    /// The name of a file in reports.
    pub fn name(&self, path: &str) -> String {
        match self {
            Self::Disk { shown, .. } => display(shown, path),
            Self::Commit {
                repository,
                revision,
                ..
            } => {
                format!("git:{revision}:{}", repository.path_from_top(path))
            }
            Self::Memory { shown, texts } => match texts.get(path) {
                Some(source) => source.file().to_owned(),
                None => shown.clone(),
            },
        }
    }
}

/// Does the same with each, on all processors where there is much to do. The order is kept.
fn in_parallel<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let part = all.len().div_ceil(threads).max(MIN_PART);
    if all.len() <= part {
        return all.iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let parts = all.chunks(part);
        let started: Vec<_> = parts
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>()))
            .collect();
        let done = started.into_iter().map(thread::ScopedJoinHandle::join);
        done.flat_map(|part| part.unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

/// A path below a directory, with `/`, as a user would write it.
fn display(directory: &Path, path: &str) -> String {
    let directory = directory.to_string_lossy();
    match directory.trim_end_matches('/') {
        "" if directory.starts_with('/') => format!("/{path}"),
        "" | "." => path.to_owned(),
        directory => format!("{directory}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_the_language_in_any_case() {
        assert_eq!(format_of("a/b.avsc"), Some(Format::Avro));
        assert_eq!(format_of("b.PROTO"), Some(Format::Protobuf));
        assert_eq!(format_of("c.schema.json"), Some(Format::Json));
        assert_eq!(format_of("README.md"), None);
        assert_eq!(format_of("avsc"), None);
    }

    #[test]
    fn text_that_is_not_utf_8_is_a_problem_with_a_place() {
        let problem = text(Some(b"ab\n\xffc".to_vec()), "x.avsc").expect_err("is no text");
        assert_eq!(
            problem.to_string(),
            "x.avsc:2:1: the text is not UTF-8 from here on; save it as UTF-8"
        );
    }

    #[test]
    fn a_pointer_of_git_lfs_is_told_as_one() {
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
        for name in ["x.avsc", "x.proto"] {
            let problem = text(Some(pointer.into()), name).expect_err("is no schema");
            assert!(
                problem.message.contains("is a pointer of Git LFS"),
                "{problem}"
            );
        }
    }

    #[test]
    fn a_file_that_is_too_large_is_a_problem_not_a_crash() {
        let directory = tempfile::tempdir().expect("has a temporary directory");
        let path = directory.path().join("large.avsc");
        let file = fs::File::create(&path).expect("is writable");
        file.set_len(MAX_FILE_BYTES + 1).expect("is writable");
        let problem = read(&path, "large.avsc")
            .expect("is readable")
            .expect_err("is too large");
        assert!(
            problem.message.contains("larger than 16777216 bytes"),
            "{}",
            problem.message
        );
    }

    #[test]
    fn names_are_as_a_user_would_write_them() {
        assert_eq!(display(Path::new("."), "a.avsc"), "a.avsc");
        assert_eq!(display(Path::new("x/"), "a.avsc"), "x/a.avsc");
        assert_eq!(display(Path::new("/"), "a.avsc"), "/a.avsc");
    }
}
