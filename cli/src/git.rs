//! Reading commits by the `git` program: no checkout, nothing is written, and no reference name or
//! path can become an option of git.
//!
//! The program is used rather than a library, so that a repository is read exactly as its owner's
//! git reads it (worktrees, alternates, partial clones, `safe.directory`).

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::files::MAX_FILE_BYTES;

/// The branches that count as the main one, first found first taken.
pub const MAIN_BRANCHES: [&str; 4] = ["origin/HEAD", "origin/main", "main", "master"];

/// How much of a commit id is shown.
const SHOWN_ID_CHARS: usize = 12;

/// The object that a tag is of, and its name.
const TAG_FORMAT: &str = "--format=%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)\
                          %(end) %(refname:short)";

/// The most entries of a tree that are listed.
const MAX_ENTRIES: usize = 1_000_000;

/// What git, or the way to it, refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program is not there.
    #[error("cannot start `git`")]
    Start(#[source] io::Error),
    /// The conversation with the program broke.
    #[error("cannot talk to `git {command}`")]
    Talk {
        /// The subcommand.
        command: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The program says no.
    #[error("`git {command}` failed: {message}")]
    Failed {
        /// The subcommand.
        command: &'static str,
        /// What it wrote to standard error.
        message: String,
    },
    /// There is no such directory.
    #[error("there is no directory `{}`", .0.display())]
    NoDirectory(PathBuf),
    /// The directory belongs to no repository.
    #[error("`{}` is not in a git repository", .0.display())]
    NoRepository(PathBuf),
    /// The name cannot be a revision.
    #[error("`{0}` cannot be a git revision")]
    BadRevision(String),
    /// The URL cannot be one.
    #[error("`{0}` cannot be the URL of a git repository")]
    BadUrl(String),
    /// The name is no commit here.
    #[error("`{0}` is no commit of this git repository")]
    UnknownRevision(String),
    /// None of the main branches exists.
    #[error("no main branch found; looked for {}", MAIN_BRANCHES.join(", "))]
    NoMainBranch,
    /// There is nothing to compare with yet.
    #[error("the repository has no commits yet")]
    NoCommits,
    /// The histories are unrelated.
    #[error("HEAD and `{0}` have no common ancestor")]
    NoMergeBase(String),
    /// There is a branch to compare with, and nothing on the current one.
    #[error("the current branch has no commits yet")]
    Unborn,
    /// The repository has no working tree.
    #[error("`{}` has no working tree, as of a bare repository", .0.display())]
    NoWorkingTree(PathBuf),
    /// git does not read what belongs to another user.
    #[error("git does not trust `{}`, which belongs to another user", .0.display())]
    Untrusted(PathBuf),
    /// A path that cannot be shown or compared.
    #[error("the path `{0}` is not UTF-8")]
    BadPath(String),
    /// More entries than this program reads.
    #[error("the tree has more than {MAX_ENTRIES} entries")]
    TooManyEntries,
}

impl Error {
    /// What the user can do about it.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::Start(_) => "install git, or compare with a file or directory instead",
            Self::NoDirectory(_) => "paths are relative to the current directory",
            Self::NoRepository(_) => {
                "run it inside a repository, or compare with a file or directory instead of git:REF"
            }
            Self::BadRevision(_) => {
                "a branch, tag or commit is meant, such as git:main, git:origin/main or git:HEAD~1"
            }
            Self::UnknownRevision(_) => {
                "list what there is with `git branch --all` and `git tag`; in CI the checkout may \
                 be shallow: fetch the branch (fetch-depth: 0)"
            }
            Self::NoMainBranch => "name what to compare with: --against git:REF",
            Self::NoCommits | Self::Unborn => {
                "commit first, or name what to compare with: --against git:REF or DIR"
            }
            Self::NoMergeBase(_) => {
                "name what to compare with: --against git:REF; in CI the checkout may be shallow: \
                 fetch the whole history (fetch-depth: 0)"
            }
            Self::NoWorkingTree(_) => {
                "run it in a clone or a `git worktree`; two commits are compared by `schemactl \
                 protos diff --against git:OLD --to git:NEW`"
            }
            Self::Untrusted(_) => {
                "as in a container with a mounted checkout; if you trust it: git config --global \
                 --add safe.directory DIRECTORY, with the top of the repository"
            }
            Self::BadPath(_) => "rename the file",
            Self::BadUrl(_) => "such as https://git.example/team/structs.git",
            Self::Talk { .. } | Self::Failed { .. } | Self::TooManyEntries => return None,
        };
        Some(text.to_owned())
    }
}

/// A repository, seen from one of its directories.
#[derive(Clone, Debug)]
pub struct Repository {
    directory: PathBuf,
    /// Where `directory` is in the repository: empty, or with a `/` at its end.
    prefix: String,
}

impl Repository {
    /// The repository that a directory belongs to.
    pub fn discover(directory: &Path) -> Result<Self, Error> {
        // An empty name is the current directory.
        if !directory.as_os_str().is_empty() && !directory.is_dir() {
            return Err(Error::NoDirectory(directory.to_owned()));
        }
        let mut command = git(directory, "rev-parse");
        let output = run(command.arg("--show-prefix"))?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            if message.contains("not a git repository") {
                return Err(Error::NoRepository(directory.to_owned()));
            }
            if message.contains("dubious ownership") {
                return Err(Error::Untrusted(directory.to_owned()));
            }
            return Err(failed("rev-parse", &output.stderr));
        }
        let prefix = output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout);
        Ok(Self {
            directory: directory.to_owned(),
            prefix: utf8(prefix)?,
        })
    }

    /// The directory that it is seen from.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The same repository, seen from its top.
    pub fn top(&self) -> Result<Self, Error> {
        let mut command = git(&self.directory, "rev-parse");
        let output = success("rev-parse", run(command.arg("--show-toplevel"))?)?;
        let top = output.strip_suffix(b"\n").unwrap_or(&output);
        Ok(Self {
            directory: utf8(top)?.into(),
            prefix: String::new(),
        })
    }

    /// The path from the top of the repository of what stands at `path` in the directory.
    pub fn path_from_top(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The commit that a revision names.
    pub fn resolve(&self, revision: &str) -> Result<String, Error> {
        check_revision(revision)?;
        let mut command = git(&self.directory, "rev-parse");
        command.args(["--verify", "--quiet", "--end-of-options"]);
        let output = run(command.arg(format!("{revision}^{{commit}}")))?;
        let id = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() && is_object_id(&id) {
            Ok(id)
        } else {
            Err(Error::UnknownRevision(revision.to_owned()))
        }
    }

    /// The commit at which HEAD left the main branch, with the name of that branch.
    pub fn merge_base_with_main(&self) -> Result<(String, &'static str), Error> {
        for branch in MAIN_BRANCHES {
            match self.merge_base(branch) {
                Ok(base) => return Ok((base, branch)),
                Err(Error::UnknownRevision(_)) => {}
                Err(error) => return Err(error),
            }
        }
        // A repository of which nothing can be resolved has no branches either.
        self.resolve("HEAD").map_err(|_| Error::NoCommits)?;
        Err(Error::NoMainBranch)
    }

    /// The commit at which HEAD left a branch.
    pub fn merge_base(&self, branch: &str) -> Result<String, Error> {
        let main = self.resolve(branch)?;
        let head = self.resolve("HEAD").map_err(|_| Error::Unborn)?;
        let mut command = git(&self.directory, "merge-base");
        let output = run(command.args([&head, &main]))?;
        let id = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if is_object_id(&id) {
            Ok(id)
        } else {
            Err(Error::NoMergeBase(branch.to_owned()))
        }
    }

    /// The last commits before one that touched the directory, so many of them, oldest first, as the
    /// main line of history had them; each with the name to show.
    pub fn commits_before(&self, base: &str, count: usize) -> Result<Vec<(String, String)>, Error> {
        // The newest one left the directory as `base` has it.
        let limit = format!("--max-count={}", count.saturating_add(1));
        let commits = self.log(&[&limit, base, "--", "."])?;
        let mut earlier: Vec<_> = commits.into_iter().skip(1).collect();
        earlier.reverse();
        Ok(earlier)
    }

    /// The commits from one to another that touched the directory, the first one included and the
    /// state of the last one not, oldest first; at most so many.
    pub fn commits_since(
        &self,
        since: &str,
        base: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, Error> {
        let first = self.resolve(since)?;
        let range = format!("{first}..{base}");
        let count = format!("--max-count={}", limit.saturating_add(1));
        let commits = self.log(&[&count, &range, "--", "."])?;
        let mut earlier: Vec<_> = commits.into_iter().skip(1).collect();
        earlier.push((since.to_owned(), first));
        earlier.reverse();
        Ok(earlier)
    }

    /// Whether only the newest part of the history is here.
    pub fn is_shallow(&self) -> Result<bool, Error> {
        let mut command = git(&self.directory, "rev-parse");
        let output = success("rev-parse", run(command.arg("--is-shallow-repository"))?)?;
        Ok(output.starts_with(b"true"))
    }

    /// The tags of commits before one, by the time of the tag, oldest first; at most so many. A commit
    /// counts once, however many tags it has. The pattern is git's own: `v*`.
    pub fn tags_before(
        &self,
        base: &str,
        pattern: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, Error> {
        let mut command = git(&self.directory, "for-each-ref");
        command
            .arg("--sort=creatordate")
            .arg(format!("--merged={base}"))
            .arg(TAG_FORMAT)
            .arg(format!("refs/tags/{pattern}"));
        let output = success("for-each-ref", run(&mut command)?)?;
        let mut seen = HashSet::from([base.to_owned()]);
        let mut tags = Vec::new();
        for line in utf8(&output)?.lines() {
            let (commit, name) = line.split_once(' ').unwrap_or_default();
            if seen.insert(commit.to_owned()) && tags.len() < limit {
                // A tag may be of a tag.
                tags.push((name.to_owned(), self.resolve(commit)?));
            }
        }
        Ok(tags)
    }

    /// Commits on the main line, newest first, with the beginnings of their ids.
    fn log(&self, arguments: &[&str]) -> Result<Vec<(String, String)>, Error> {
        let mut command = git(&self.directory, "log");
        command
            .args(["--first-parent", "--format=%H"])
            .args(arguments);
        let output = success("log", run(&mut command)?)?;
        let ids = utf8(&output)?;
        let named = |id: &str| (shown(id).to_owned(), id.to_owned());
        Ok(ids.lines().map(named).collect())
    }

    /// The regular files of a commit at or below a path from the top; empty means everything.
    pub fn files_at(&self, commit: &str, path: &str) -> Result<Vec<Entry>, Error> {
        let mut command = git(&self.directory, "ls-tree");
        command.args(["-r", "-z", "--full-tree", commit, "--"]);
        let path = path.trim_end_matches('/');
        if !path.is_empty() {
            command.arg(path);
        }
        let output = success("ls-tree", run(&mut command)?)?;
        let records = bounded_records(&output)?;
        Ok(records.filter_map(entry).collect())
    }

    /// The files below the directory that git knows or would add, relative to it; what
    /// `.gitignore` hides is left out.
    pub fn working_files(&self) -> Result<Vec<WorkingFile>, Error> {
        let mut command = git(&self.directory, "ls-files");
        command.args(["-t", "-z", "--cached", "--others", "--exclude-standard"]);
        let output = run(&mut command)?;
        let message = String::from_utf8_lossy(&output.stderr);
        if message.contains("must be run in a work tree") {
            return Err(Error::NoWorkingTree(self.directory.clone()));
        }
        let output = success("ls-files", output)?;
        let mut files: Vec<WorkingFile> = bounded_records(&output)?.map(working_file).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(files)
    }

    /// The contents of objects, in the order asked; `None` for one that is larger than
    /// [`MAX_FILE_BYTES`].
    pub fn read(&self, objects: &[&str]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = git(&self.directory, "cat-file");
        command
            .arg("--batch")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().map_err(Error::Start)?;
        let result = converse(&mut child, objects);
        // The program ends when its input does; whether it did so happily no longer matters.
        let _ = child.wait();
        result.map_err(|source| Error::Talk {
            command: "cat-file",
            source,
        })
    }
}

/// The beginning of a commit id, enough to tell people which one is meant.
pub fn shown(id: &str) -> &str {
    id.get(..SHOWN_ID_CHARS).unwrap_or(id)
}

/// Clones a repository into a directory that does not exist yet.
pub fn clone(url: &str, directory: &Path) -> Result<(), Error> {
    if url.starts_with('-') {
        return Err(Error::BadUrl(url.to_owned()));
    }
    let mut command = git(Path::new("."), "clone");
    command.args(["--quiet", "--", url]).arg(directory);
    success("clone", run(&mut command)?).map(drop)
}

/// Makes a repository of a directory.
pub fn init(directory: &Path) -> Result<(), Error> {
    let mut command = git(directory, "init");
    command.args(["--quiet", "--initial-branch", "main"]);
    success("init", run(&mut command)?).map(drop)
}

/// A regular file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The object that holds its contents.
    pub object: String,
    /// The path from the top of the repository.
    pub path: String,
}

/// `<mode> <type> <object>\t<path>`; symbolic links and submodules are no files. A name that is not
/// UTF-8 is shown as far as it is: it is past, and nobody could rename it.
fn entry(record: &[u8]) -> Option<Entry> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let (head, path) = record.split_at(tab);
    let head = String::from_utf8_lossy(head);
    let mut words = head.split(' ');
    let (Some(mode), Some("blob"), Some(object)) = (words.next(), words.next(), words.next())
    else {
        return None;
    };
    mode.starts_with("100").then(|| Entry {
        object: object.to_owned(),
        path: String::from_utf8_lossy(path.get(1..).unwrap_or_default()).into_owned(),
    })
}

/// A file of the working tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingFile {
    /// The path from the directory, UTF-8 or not; a repository within the repository is one path.
    pub path: OsString,
    /// Whether a sparse checkout may leave it out.
    pub is_left_out: bool,
}

/// `<letter> <path>`
fn working_file(record: &[u8]) -> WorkingFile {
    WorkingFile {
        path: os_string(record.get(2..).unwrap_or_default()),
        is_left_out: record.starts_with(b"S "),
    }
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_owned())
}

/// Elsewhere git speaks UTF-8.
#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// What git ends with a zero byte each, unless it is too much.
fn bounded_records(output: &[u8]) -> Result<impl Iterator<Item = &[u8]>, Error> {
    let records = || {
        let records = output.split(|byte| *byte == 0);
        records.filter(|record| !record.is_empty())
    };
    if records().nth(MAX_ENTRIES).is_some() {
        return Err(Error::TooManyEntries);
    }
    Ok(records())
}

fn converse(child: &mut Child, objects: &[&str]) -> io::Result<Vec<Option<Vec<u8>>>> {
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("no pipes"));
    };
    // Questions and answers flow at the same time, else both pipes could fill up.
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| ask(input, objects));
        let answers = answers(output, objects.len());
        match asked.join() {
            Ok(Err(error)) if answers.is_ok() => Err(error),
            _ => answers,
        }
    })
}

fn ask(mut input: ChildStdin, objects: &[&str]) -> io::Result<()> {
    for object in objects {
        writeln!(input, "{object}")?;
    }
    input.flush()
}

fn answers(output: ChildStdout, count: usize) -> io::Result<Vec<Option<Vec<u8>>>> {
    let mut output = BufReader::new(output);
    (0..count).map(|_| answer(&mut output)).collect()
}

/// `<object> blob <size>\n<contents>\n`
fn answer(output: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut head = String::new();
    output.read_line(&mut head)?;
    let size = head
        .trim_end()
        .rsplit_once("blob ")
        .map(|(_, size)| size.parse::<u64>());
    let Some(Ok(size)) = size else {
        let message = format!("git has no such object: {}", head.trim_end());
        return Err(io::Error::other(message));
    };
    let mut contents = output.take(size.saturating_add(1));
    if size > MAX_FILE_BYTES {
        io::copy(&mut contents, &mut io::sink())?;
        return Ok(None);
    }
    let mut bytes = Vec::new();
    contents.read_to_end(&mut bytes)?;
    if bytes.pop() != Some(b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(bytes))
}

/// What could be an option, or hides something, is refused before git sees it.
fn check_revision(revision: &str) -> Result<(), Error> {
    let forbidden = |c: char| c.is_control() || matches!(c, ' ' | ':' | '?' | '*' | '[' | '\\');
    if revision.is_empty() || revision.starts_with('-') || revision.contains(forbidden) {
        return Err(Error::BadRevision(revision.to_owned()));
    }
    Ok(())
}

fn is_object_id(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn git(directory: &Path, subcommand: &str) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(directory).arg(OsStr::new(subcommand));
    // Paths are paths, not patterns; messages are matched above, so they must be in English.
    command
        .env("GIT_LITERAL_PATHSPECS", "1")
        .env("LC_ALL", "C")
        .env("GIT_OPTIONAL_LOCKS", "0");
    command.stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> Result<std::process::Output, Error> {
    command.output().map_err(Error::Start)
}

fn success(command: &'static str, output: std::process::Output) -> Result<Vec<u8>, Error> {
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(failed(command, &output.stderr))
    }
}

fn failed(command: &'static str, stderr: &[u8]) -> Error {
    let message = String::from_utf8_lossy(stderr).trim().to_owned();
    Error::Failed { command, message }
}

fn utf8(bytes: &[u8]) -> Result<String, Error> {
    String::from_utf8(bytes.to_owned())
        .map_err(|_| Error::BadPath(String::from_utf8_lossy(bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_cannot_become_an_option_or_a_path() {
        for bad in ["", "-n", "--output=x", "main:order.avsc", "a b", "a\nb"] {
            assert!(check_revision(bad).is_err(), "{bad:?}");
        }
        for good in [
            "main",
            "origin/main",
            "HEAD~1",
            "v1.2^{}",
            "main@{yesterday}",
        ] {
            assert!(check_revision(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn links_and_submodules_are_no_files() {
        let parse = |record: &str| entry(record.as_bytes());
        assert!(parse("120000 blob 0123\tlink").is_none());
        assert!(parse("160000 commit 0123\tmodule").is_none());
        let file = parse("100644 blob 0123\ta b\n.proto").expect("is a file");
        assert_eq!((&*file.object, &*file.path), ("0123", "a b\n.proto"));
    }

    #[test]
    fn a_tree_with_too_many_entries_is_refused() {
        let record = "x\0";
        let most = record.repeat(MAX_ENTRIES);
        let records = bounded_records(most.as_bytes()).expect("fits");
        assert_eq!(records.count(), MAX_ENTRIES);
        let more = record.repeat(MAX_ENTRIES + 1);
        let refused = bounded_records(more.as_bytes()).err();
        assert!(
            matches!(refused, Some(Error::TooManyEntries)),
            "{refused:?}"
        );
    }

    #[test]
    fn contents_too_large_are_skipped_and_the_next_ones_read() {
        let size = MAX_FILE_BYTES + 1;
        let large = "x".repeat(usize::try_from(size).expect("fits"));
        let text = format!("aa blob {size}\n{large}\nbb blob 2\nhi\n");
        let mut input = text.as_bytes();
        assert_eq!(answer(&mut input).expect("is well-formed"), None);
        assert_eq!(
            answer(&mut input).expect("is well-formed"),
            Some(b"hi".to_vec())
        );
        assert!(answer(&mut "cc missing\n".as_bytes()).is_err());
        assert!(answer(&mut "bb blob 2\nh".as_bytes()).is_err());
    }
}
