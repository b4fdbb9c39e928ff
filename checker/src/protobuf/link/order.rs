//! The order in which files are linked: imports first.
//!
//! What cannot be linked for its imports is found here: cycles, missing files, endless chains. Nothing
//! recurses.

use super::load::{Files, Loaded, Read, import_path};
use crate::model::{Problem, Span};

/// The longest chain of imports that is followed.
pub const MAX_IMPORT_CHAIN: usize = 10_000;

/// Files in order, and what is wrong with their imports.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub files: Vec<Ordered>,
    pub problems: Vec<Problem>,
}

/// A file that can be linked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ordered {
    /// Its index.
    pub file: usize,
    /// Whether all that it imports is there. Where it is not, which was reported, names may be unknown.
    pub complete: bool,
}

/// How far a file has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// On the chain, at a position.
    Open(usize),
    /// It can be linked, and everything that it imports is there or not.
    Done {
        complete: bool,
    },
}

/// A file on the chain of imports that is being followed.
struct Step {
    file: usize,
    next: usize,
    complete: bool,
    cyclic: bool,
}

/// Sorts everything that was read.
pub(super) fn sort(files: &Files) -> Order {
    let mut sorter = Sorter {
        files,
        states: vec![State::New; files.all.len()],
        chain: Vec::new(),
        order: Order::default(),
    };
    for file in 0..files.all.len() {
        sorter.visit(file);
    }
    sorter.order
}

struct Sorter<'a> {
    files: &'a Files,
    states: Vec<State>,
    chain: Vec<Step>,
    order: Order,
}

impl<'a> Sorter<'a> {
    /// Depth first.
    fn visit(&mut self, root: usize) {
        if self.states.get(root) != Some(&State::New) {
            return;
        }
        self.open(root);
        while let Some(step) = self.chain.last_mut() {
            let (file, index) = (step.file, step.next);
            step.next += 1;
            let Some(loaded) = self.files.all.get(file) else {
                return;
            };
            match import(loaded, index) {
                Some(import) => self.follow(loaded, index, import),
                None => self.close(file),
            }
        }
    }

    fn follow(&mut self, loaded: &'a Loaded, index: usize, path: &str) {
        let file = match self.files.by_path.get(path) {
            Some(Read::File(file)) => *file,
            Some(Read::Wrong) => return self.lacking(),
            Some(Read::Missing) | None => {
                let message = format!(
                    "the import `{path}` is not known; give it as a reference or add the file"
                );
                self.report(loaded, index, message);
                if let Some(problem) = self.order.problems.last_mut() {
                    problem.missing_import = Some(path.to_owned());
                }
                return self.lacking();
            }
        };
        match self.states.get(file) {
            Some(State::New) if self.chain.len() >= MAX_IMPORT_CHAIN => {
                let message = format!("a chain of imports is longer than {MAX_IMPORT_CHAIN} files");
                self.report(loaded, index, message);
                self.lacking();
            }
            Some(State::New) => self.open(file),
            Some(State::Open(start)) => self.cycle(*start, path),
            Some(State::Done { complete: false }) => self.lacking(),
            Some(State::Done { complete: true }) | None => {}
        }
    }

    fn open(&mut self, file: usize) {
        if let Some(state) = self.states.get_mut(file) {
            *state = State::Open(self.chain.len());
        }
        self.chain.push(Step {
            file,
            next: 0,
            complete: true,
            cyclic: false,
        });
    }

    fn close(&mut self, file: usize) {
        let Some(step) = self.chain.pop() else { return };
        // A circle has no first file, so none of it is linked.
        let complete = step.complete && !step.cyclic;
        if let Some(state) = self.states.get_mut(file) {
            *state = State::Done { complete };
        }
        if !step.cyclic {
            self.order.files.push(Ordered { file, complete });
        }
        if !complete {
            self.lacking();
        }
    }

    /// The file on top of the chain lacks an import.
    fn lacking(&mut self) {
        if let Some(step) = self.chain.last_mut() {
            step.complete = false;
        }
    }

    /// The file on the chain at `start` is imported again. It is told at that file.
    fn cycle(&mut self, start: usize, back: &str) {
        let steps = self.chain.get(start..).unwrap_or_default();
        let loaded = steps
            .iter()
            .filter_map(|step| self.files.all.get(step.file));
        let mut names: Vec<&str> = loaded.map(|loaded| loaded.proto.name()).collect();
        names.push(back);
        let message = format!(
            "files import each other in a circle: {}; move what they share to a file of its own",
            names.join(" -> ")
        );
        let first = steps.first().and_then(|step| {
            let loaded = self.files.all.get(step.file)?;
            Some((loaded, step.next.checked_sub(1)?))
        });
        if let Some((loaded, index)) = first {
            self.report(loaded, index, message);
        }
        for step in self.chain.iter_mut().skip(start) {
            step.cyclic = true;
        }
    }

    fn report(&mut self, loaded: &Loaded, index: usize, message: String) {
        let span = span(loaded, index);
        let message = match span {
            Some(_) => message,
            None => format!("{}: {message}", loaded.source.file()),
        };
        self.order.problems.push(Problem::new(span, message));
    }
}

fn span(loaded: &Loaded, index: usize) -> Option<Span> {
    let path = import_path(loaded.proto.dependency.len(), index);
    loaded.places.get(&path)
}

/// An import of a file; those of options only come last.
fn import(loaded: &Loaded, index: usize) -> Option<&str> {
    let proto = &loaded.proto;
    let found = proto.dependency.get(index).or_else(|| {
        let index = index.checked_sub(proto.dependency.len())?;
        proto.option_dependency.get(index)
    });
    found.map(String::as_str)
}
